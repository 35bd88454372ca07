//go:build e2e

package e2e_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// startOverwriter is rclone's S3, which overwrites whatever the condition says.
func startOverwriter(t *testing.T) *bucket {
	t.Helper()
	program := filepath.Join(peers(), "bin", "rclone")
	need(t, "rclone", exists(program))
	dir := t.TempDir()
	cert, key := certificate(t, dir)
	b := &bucket{t: t, port: freePort(t), cert: cert, dir: filepath.Join(dir, "data")}
	if err := os.MkdirAll(filepath.Join(b.dir, "labels"), 0o700); err != nil {
		t.Fatal(err)
	}
	b.args = []string{program, "serve", "s3", "--config", "", "--addr", fmt.Sprintf("127.0.0.1:%d", b.port), "--cert", cert, "--key", key,
		"--auth-key", accessKey + "," + secretKey, b.dir}
	b.start()
	return b
}

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

const centreConfig = `gateway: {id: GW, site: plant-1, line: line-1}
data: {dir: DATA, images: 8GiB, keep_free: 1MiB}
web: {listen: "127.0.0.1:PORT", ingest: {token: e2e-ingest-token}}
cameras: [{name: push, select: all}]
sync:
  unlabeled: true
  retries: 100000
  targets: [{name: centre, url: "URL", access_key: ACCESS, secret_key: SECRET, ca: CA, linger: LINGER, batch_size: 4MiB}]
`

// sender is an agent that sends to a bucket.
type sender struct {
	t            *testing.T
	config, base string
	data         string
	*process
}

func newSender(t *testing.T, gateway, url, ca, linger string) *sender {
	t.Helper()
	dir, port := t.TempDir(), freePort(t)
	s := &sender{t: t, base: fmt.Sprintf("http://127.0.0.1:%d", port), data: filepath.Join(dir, "data")}
	s.config = write(t, filepath.Join(dir, "edgelabel.yaml"), strings.NewReplacer("GW", gateway, "DATA", s.data, "PORT", strconv.Itoa(port), "URL", url,
		"ACCESS", accessKey, "SECRET", secretKey, "CA", ca, "LINGER", linger).Replace(centreConfig))
	return s
}

func (s *sender) run() {
	s.t.Helper()
	s.process = start(s.t, "edgelabel", nil, binary(s.t), "run", "-c", s.config)
	s.ready()
}

func (s *sender) ready() {
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

func (s *sender) push(name string, picture []byte) error {
	req, err := http.NewRequest(http.MethodPost, s.base+"/ingest/v1/images?camera=push&name="+name, bytes.NewReader(picture))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer e2e-ingest-token")
	req.Header.Set("Content-Type", "image/png")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		b, _ := io.ReadAll(res.Body)
		return fmt.Errorf("%s: %s", res.Status, b)
	}
	return nil
}

// pushAll pushes pictures from..to, each until it is acknowledged. Most are small and one in a hundred goes in parts.
func (s *sender) pushAll(from, to, size int) {
	var wg sync.WaitGroup
	next := int64(from) - 1
	for range 4 {
		wg.Go(func() {
			for n := int(atomic.AddInt64(&next, 1)); n < to; n = int(atomic.AddInt64(&next, 1)) {
				bytes := size
				if n%100 == 50 {
					bytes = 17 << 20
				}
				picture := pictureOf(s.t, n, bytes)
				for try := 0; s.push(fmt.Sprintf("p%06d.png", n), picture) != nil && try < 300; try++ {
					time.Sleep(200 * time.Millisecond)
				}
			}
		})
	}
	wg.Wait()
}

func (s *sender) pending() (left int, status string, err error) {
	all, err := metrics(s.base)
	if err != nil {
		return 0, "", err
	}
	return int(all["edgelabel_unsynced_items"]), fmt.Sprint(all["edgelabel_sync_failures_total{target=\"centre\"}"], " failures"), nil
}

// verified runs the built program's own verify against the bucket itself.
func verified(t *testing.T, b *bucket) (out string, items, manifests int) {
	t.Helper()
	out, err := command(t, []string{"EDGELABEL_S3_ACCESS_KEY=" + accessKey, "EDGELABEL_S3_SECRET_KEY=" + secretKey}, binary(t), "verify", "-ca", b.cert, b.url())
	if err != nil {
		t.Fatalf("verify: %v\n%s", err, tail(out, 20))
	}
	m := regexp.MustCompile(`(\d+) manifests in .*; (\d+) items`).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("verify says\n%s", out)
	}
	manifests, _ = strconv.Atoi(m[1])
	items, _ = strconv.Atoi(m[2])
	return out, items, manifests
}

// TestCentreBehindABadLine sends pictures over a line that does everything wrong, cuts it, kills the agent, and counts.
func TestCentreBehindABadLine(t *testing.T) {
	items, cuts, kills := number(t, "EDGELABEL_CENTRE_ITEMS", 80), number(t, "EDGELABEL_CENTRE_CUTS", 3), number(t, "EDGELABEL_CENTRE_KILLS", 1)
	for name, open := range map[string]func(*testing.T) *bucket{"VersityGW": startBucket, "rclone": startOverwriter} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			line := startBadLine(t, b, 25)
			s := newSender(t, "gw-bad", line.url(), b.cert, "100ms")
			s.run()
			var wg sync.WaitGroup
			wg.Go(func() { s.pushAll(0, items, 40<<10) })
			began := time.Now()
			within := time.Duration(30+items/5) * time.Second
			every := max(items/(cuts+kills), 1)
			for done, last := 0, 0; done < cuts+kills && time.Since(began) < within; {
				objects := int(line.n.Load()) / 3
				if objects-last < every/2 && time.Since(began) < within/2 {
					time.Sleep(20 * time.Millisecond)
					continue
				}
				last = objects
				if done++; done%(cuts/max(kills, 1)+1) == 0 {
					s.stop(syscall.SIGKILL)
					s.run()
				} else {
					line.cut()
				}
			}
			wg.Wait()
			eventually(t, within, "everything is at the centre", func() error {
				left, status, err := s.pending()
				if err == nil && left > 0 {
					err = fmt.Errorf("%d left, %s", left, status)
				}
				return err
			})
			resident := s.rss(t)
			out, got, manifests := verified(t, b)
			if got != items {
				t.Errorf("%d items at the centre, %d were acknowledged\n%s", got, items, tail(out, 8))
			}
			t.Logf("%v, %d items, %d manifests, rss %.0f MiB, troubles %v", time.Since(began).Round(time.Second), got, manifests, resident, line.met)
			t.Log(tail(out, 2))
		})
	}
}

// TestTwoGatewaysOfOneName starts a second gateway under the name of the first: it is stopped and says so, on both kinds of stores.
func TestTwoGatewaysOfOneName(t *testing.T) {
	for name, open := range map[string]func(*testing.T) *bucket{"VersityGW": startBucket, "rclone": startOverwriter} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			line := startBadLine(t, b, 0)
			for i, sends := range []bool{true, false} {
				s := newSender(t, "gw-twin", line.url(), b.cert, "100ms")
				s.run()
				s.pushAll(10*i, 10*i+3, 1000)
				if sends {
					eventually(t, 20*time.Second, "the first one sends", func() error {
						left, _, err := s.pending()
						if err == nil && left > 0 {
							err = fmt.Errorf("%d left", left)
						}
						return err
					})
				} else {
					s.expect(t, `(sync stopped: give this gateway a new id or epoch)`, 20*time.Second)
				}
				s.stop(syscall.SIGTERM)
			}
			if _, items, _ := verified(t, b); items != 3 {
				t.Errorf("%d items at the centre, want those of the first", items)
			}
		})
	}
}
