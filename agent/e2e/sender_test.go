//go:build e2e

package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const senderConfig = `gateway: {id: GW, site: plant-1, line: line-1}
data: {dir: DATA, images: 8GiB, keep_free: 1MiB}
web: {listen: "127.0.0.1:PORT", ingest: {token: e2e-ingest-token}}
cameras: [{name: push, select: all}]
sync:
  unlabeled: true
  retries: 100000
  targets: [{name: centre, url: "URL", access_key: ACCESS, secret_key: SECRET, ca: CA, linger: 100ms, batch_size: 4MiB}]
`

// sender is an agent that sends to a bucket.
type sender struct {
	t            *testing.T
	gateway      string
	config, base string
	data         string
	*process
	before []*process // those that ended

	mu    sync.Mutex
	acked map[string]string  // item → SHA-256 of its picture, as the agent acknowledged them
	own   float64            // MiB of memory, the most that was seen
	all   float64            // the same with the pages of its files
	parts map[string]float64 // of what that was made: own, and files by name
}

func newSender(t *testing.T, gateway, url, ca string) *sender {
	t.Helper()
	dir, port := t.TempDir(), freePort(t)
	s := &sender{t: t, gateway: gateway, base: fmt.Sprintf("http://127.0.0.1:%d", port), data: filepath.Join(dir, "data"), acked: map[string]string{}}
	s.config = write(t, filepath.Join(dir, "edgelabel.yaml"), strings.NewReplacer("GW", gateway, "DATA", s.data, "PORT", strconv.Itoa(port), "URL", url,
		"ACCESS", accessKey, "SECRET", secretKey, "CA", ca).Replace(senderConfig))
	return s
}

// tune changes the configuration before a run.
func (s *sender) tune(old, now string) {
	s.t.Helper()
	text, err := os.ReadFile(s.config)
	if err != nil || !strings.Contains(string(text), old) {
		s.t.Fatalf("%q is not in the configuration: %v", old, err)
	}
	write(s.t, s.config, strings.Replace(string(text), old, now, 1))
}

func (s *sender) run() {
	s.t.Helper()
	if s.process != nil {
		s.before = append(s.before, s.process)
	}
	s.process = start(s.t, "edgelabel", nil, binary(s.t), "run", "-c", s.config)
	eventually(s.t, 30*time.Second, "the agent answers", func() error {
		res, err := http.Get(s.base + "/readyz")
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("%s", res.Status)
		}
		return nil
	})
}

// crash kills the agent and starts it again.
func (s *sender) crash() {
	s.t.Helper()
	s.stop(syscall.SIGKILL)
	s.run()
}

// pictureOf makes a picture of about so many bytes that no other has the bytes of.
func pictureOf(t *testing.T, n, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, size)
	rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), byte(n >> 16)}).Read(noise)
	return append(b.Bytes(), noise...)
}

// push brings a picture, and keeps what the agent answered.
func (s *sender) push(name string, picture []byte) (item string, err error) {
	req, err := http.NewRequest(http.MethodPost, s.base+"/ingest/v1/images?camera=push&name="+name, bytes.NewReader(picture))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer e2e-ingest-token")
	req.Header.Set("Content-Type", "image/png")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return "", err
	}
	var stored struct{ Item, SHA256 string }
	if err := json.Unmarshal(body, &stored); err != nil || res.StatusCode/100 != 2 {
		return "", fmt.Errorf("%s: %s", res.Status, body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acked[stored.Item] = stored.SHA256
	return stored.Item, nil
}

// pushAll pushes pictures from..to, each until it is acknowledged. Where there are large ones, they are one in a hundred, and go in parts.
func (s *sender) pushAll(from, to, size, large int) {
	var wg sync.WaitGroup
	next := int64(from) - 1
	for range 4 {
		wg.Go(func() {
			for n := int(atomic.AddInt64(&next, 1)); n < to; n = int(atomic.AddInt64(&next, 1)) {
				bytes := size
				if large > 0 && n%100 == 50 {
					bytes = large
				}
				picture := pictureOf(s.t, n, bytes)
				for range 300 {
					if _, err := s.push(fmt.Sprintf("p%06d.png", n), picture); err == nil {
						break
					}
					time.Sleep(200 * time.Millisecond)
				}
			}
		})
	}
	wg.Wait()
}

// drained waits until nothing is left to send.
func (s *sender) drained(within time.Duration) {
	s.t.Helper()
	eventually(s.t, within, "everything is at the centre", func() error {
		all, err := metrics(s.base)
		if err != nil {
			return err
		}
		s.weigh()
		if left := all["edgelabel_unsynced_items"]; left > 0 {
			return fmt.Errorf("%.0f left, %.0f failures", left, all[`edgelabel_sync_failures_total{target="centre"}`])
		}
		return nil
	})
}

// weigh notes what memory the agent has now, and when it was never more, of what it is made.
func (s *sender) weigh() {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps", s.cmd.Process.Pid))
	if err != nil {
		return // it was just killed
	}
	parts, name := map[string]float64{}, ""
	for line := range strings.Lines(string(b)) {
		var kb float64
		if fields := strings.Fields(line); len(fields) >= 5 && strings.Contains(fields[0], "-") {
			name = "own"
			if len(fields) > 5 && strings.HasPrefix(fields[5], "/") {
				name = filepath.Base(fields[5])
			}
		} else if _, err := fmt.Sscanf(line, "Rss: %f kB", &kb); err == nil {
			parts[name] += kb / 1024
		}
	}
	sum := 0.0
	for _, mib := range parts {
		sum += mib
	}
	if sum > s.all {
		s.all, s.parts = sum, parts
	}
	s.own = max(s.own, parts["own"])
}
