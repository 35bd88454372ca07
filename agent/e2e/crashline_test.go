//go:build e2e

package e2e_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// crashLine is an agent that is killed over and over while numbered messages, pictures and labels flow into it:
//
//	messages ─▶ mosquitto ─▶ agent ─▶ folder as centre
//	pictures ─▶ HTTP, folder ─┘ ▲
//	labels ─────────────────────┘
//
// What the agent acknowledged is kept here and held against what is there in the end.
type crashLine struct {
	t       *testing.T
	program string // built with the tag failpoints
	dir     string
	data    string
	centre  string
	config  string
	url     string
	broken  string // promise that the program is told to break
	log     *os.File
	broker  *broker
	began   time.Time

	cmd  *exec.Cmd
	died chan error

	stopFlow context.CancelFunc
	flow     sync.WaitGroup
	pub      *publisher
	client   *client

	mu      sync.Mutex
	pushed  map[string]stored // by file name: answered with 201 or 200
	dropped map[string]stored // by file name: put into the folder
	labels  map[string]string // label id → its item: answered with 201
	seen    map[string]string // sha256 → item, as the page lists them
}

type stored struct{ SHA256, Item string }

const crashConfig = `gateway: {id: gw-crash, site: plant-1, line: line-1}
data: {dir: DATA, images: 16MiB, windows: 16MiB, keep_free: 1MiB, index: 64MiB}
web: {listen: "127.0.0.1:PORT", ingest: {token: e2e-ingest-token}}
assets:
  - {id: rig, before: 500ms, after: 200ms, max_duration: 3s}
tags:
  - {id: mqtt.count, rules: []}
  - {id: mqtt.level, asset: rig, rules: [{limit: {h: 90, deadband: 10}, refractory: 2s}]}
mqtt:
  - name: broker
    url: ssl://127.0.0.1:BROKER
    user: agent
    password: s3cret
    tls: {ca: CA}
    topics:
      - {filter: line/count, payload: json, tag: mqtt.count, value: v, time: t}
      - {filter: line/level, payload: json, tag: mqtt.level, value: v, time: t}
cameras:
  - {name: board, asset: rig, before: 300ms, after: 200ms, folder: {dir: DIR/drop, settle: 50ms, poll: 300ms}}
  - {name: push}
sync: {targets: [{name: centre, url: "file:CENTRE", linger: 100ms}]}
`

// newCrashLine prepares an agent whose data lie in the folder. Nothing runs yet but the broker.
func newCrashLine(t *testing.T, data string) *crashLine {
	t.Helper()
	l := &crashLine{
		t: t, dir: t.TempDir(), data: data, broker: startBroker(t), began: time.Now(), program: failpointBinary(t),
		pushed: map[string]stored{}, dropped: map[string]stored{}, labels: map[string]string{}, seen: map[string]string{},
	}
	if data == "" {
		l.data = filepath.Join(l.dir, "data")
	}
	l.centre = filepath.Join(l.dir, "centre")
	for _, folder := range []string{l.centre, filepath.Join(l.dir, "drop")} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	port := freePort(t)
	l.url = fmt.Sprintf("http://127.0.0.1:%d", port)
	text := strings.NewReplacer("DATA", l.data, "DIR", l.dir, "CENTRE", l.centre, "PORT", fmt.Sprint(port), "BROKER", fmt.Sprint(l.broker.port), "CA", l.broker.cert)
	l.config = write(t, filepath.Join(l.dir, "edgelabel.yaml"), text.Replace(crashConfig))
	password := write(t, filepath.Join(l.dir, "password"), "anna-password\n")
	if out, err := command(t, nil, l.program, "user", "add", "anna", "-d", l.data, "--password-file", password); err != nil {
		t.Fatalf("user add: %v\n%s", err, out)
	}
	var err error
	if l.log, err = os.Create(filepath.Join(l.dir, "agent.log")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		l.stop()
		b, _ := os.ReadFile(l.log.Name())
		if t.Failed() {
			t.Logf("--- agent ---\n%s", tail(string(b), 40))
		}
		l.log.Close()
	})
	return l
}

// failpointBinary builds the program with the points at which it can be killed.
func failpointBinary(t *testing.T) string {
	t.Helper()
	if given := os.Getenv("EDGELABEL_FAILPOINT_BINARY"); given != "" {
		return given
	}
	out := filepath.Join(t.TempDir(), "edgelabel")
	if text, err := command(t, []string{"CGO_ENABLED=0"}, "go", "build", "-tags", "failpoints", "-o", out, root("agent", "cmd", "edgelabel")); err != nil {
		t.Fatalf("build: %v\n%s", err, text)
	}
	return out
}

// start runs the agent until it dies; point may name the failpoint that kills it.
func (l *crashLine) start(point string) {
	l.t.Helper()
	l.cmd = exec.Command(l.program, "run", "-c", l.config)
	l.cmd.Env = append(os.Environ(), "EDGELABEL_FAILPOINT="+point, "EDGELABEL_BROKEN="+l.broken)
	l.cmd.Stdout, l.cmd.Stderr = l.log, l.log
	l.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := l.cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	l.died = make(chan error, 1)
	go func(cmd *exec.Cmd, died chan<- error) { died <- cmd.Wait() }(l.cmd, l.died)
}

// dies waits until the agent has died, kills it when it has not within the time, and says whether that was needed. An agent that ends
// by itself is a failure: it must always come back.
func (l *crashLine) dies(within time.Duration) (killed bool) {
	l.t.Helper()
	select {
	case <-l.died:
	case <-time.After(within):
		killed = true
		_ = l.cmd.Process.Kill() // it may die at this moment by itself
		<-l.died
	}
	if l.cmd.ProcessState.Exited() {
		b, _ := os.ReadFile(l.log.Name())
		l.t.Fatalf("the agent gave up: %v\n%s", l.cmd.ProcessState, tail(string(b), 20))
	}
	return killed
}

// ready waits until the page answers.
func (l *crashLine) ready() {
	l.t.Helper()
	eventually(l.t, 30*time.Second, "the page answers", func() error {
		select {
		case err := <-l.died:
			l.t.Fatalf("the agent ended: %v", err)
		default:
		}
		_, err := metrics(l.url)
		return err
	})
}

func (l *crashLine) stop() {
	if l.stopFlow != nil {
		l.stopFlow()
		l.flow.Wait()
	}
	if l.cmd == nil || l.cmd.ProcessState != nil {
		return
	}
	_ = l.cmd.Process.Signal(syscall.SIGTERM) // it may be gone already
	select {
	case <-l.died:
	case <-time.After(20 * time.Second):
		_ = l.cmd.Process.Kill()
	}
}

// startFlow signs in and lets everything flow until stop.
func (l *crashLine) startFlow() {
	l.t.Helper()
	l.client = signIn(l.t, l.url, "anna", "anna-password")
	l.pub = newPublisher(l.t, l.broker, "line/count")
	l.pub.every = 20 * time.Millisecond
	level := newPublisher(l.t, l.broker, "line/level")
	ctx, cancel := context.WithCancel(context.Background())
	l.stopFlow = cancel
	for _, job := range []func(context.Context){l.pub.run, func(ctx context.Context) { swing(ctx, level) }, l.push, l.drop, l.label, l.look} {
		l.flow.Go(func() { job(ctx) })
	}
}

// swing sends a signal that passes its limit once in ten seconds.
func swing(ctx context.Context, level *publisher) {
	for n := 0; ctx.Err() == nil; n++ {
		level.send(fmt.Appendf(nil, `{"v": %d, "t": %d}`, n%100, time.Now().UnixMilli()))
		pause(ctx, 100*time.Millisecond)
	}
}

// noise is a picture of about 100 KB that no other number has.
func noise(n uint64) []byte {
	m := image.NewGray(image.Rect(0, 0, 320, 320))
	r := rand.New(rand.NewPCG(n, 1))
	for i := range m.Pix {
		m.Pix[i] = byte(r.Uint32())
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&out, m); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (l *crashLine) push(ctx context.Context) {
	for n := uint64(1); ctx.Err() == nil; n++ {
		name, picture := fmt.Sprintf("push-%06d.png", n), noise(n)
		for ctx.Err() == nil {
			if s, err := l.pushOne(name, picture); err == nil {
				l.mu.Lock()
				l.pushed[name] = s
				l.mu.Unlock()
				break
			}
			pause(ctx, 100*time.Millisecond)
		}
		pause(ctx, 100*time.Millisecond)
	}
}

func (l *crashLine) pushOne(name string, picture []byte) (s stored, err error) {
	q := url.Values{"camera": {"push"}, "name": {name}, "part": {name}}
	req, err := http.NewRequest(http.MethodPost, l.url+"/ingest/v1/images?"+q.Encode(), bytes.NewReader(picture))
	if err != nil {
		return s, err
	}
	req.Header.Set("Authorization", "Bearer e2e-ingest-token")
	res, err := (&http.Client{Timeout: 10 * time.Second}).Do(req)
	if err != nil {
		return s, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode/100 != 2 {
		err = errors.New(res.Status)
	}
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(b, &s)
}

func (l *crashLine) drop(ctx context.Context) {
	for n := uint64(1); ctx.Err() == nil; n++ {
		name, picture := fmt.Sprintf("drop-%06d.png", n), noise(n+1<<40)
		if err := os.WriteFile(filepath.Join(l.dir, "drop", name), picture, 0o600); err != nil {
			l.t.Errorf("drop: %v", err)
			return
		}
		l.mu.Lock()
		l.dropped[name] = stored{SHA256: sumOf(picture)}
		l.mu.Unlock()
		pause(ctx, 500*time.Millisecond)
	}
}

// label judges the oldest open item five times a second.
func (l *crashLine) label(ctx context.Context) {
	for n := 0; ctx.Err() == nil; pause(ctx, 200*time.Millisecond) {
		var page struct{ Items []struct{ ID string } }
		if l.client.get("/api/v1/items?state=open&order=oldest&limit=1", &page) != nil || len(page.Items) == 0 {
			continue
		}
		n++
		key := fmt.Sprintf("crash-label-%06d", n)
		draft := map[string]any{"verdict": "ok", "parent": 0, "taxonomy": 1, "input": "api", "comment": key}
		var made struct{ ID string }
		for ctx.Err() == nil {
			err := l.client.send(http.MethodPost, "/api/v1/items/"+page.Items[0].ID+"/labels", draft, http.Header{"Idempotency-Key": {key}}, &made)
			if err == nil {
				l.mu.Lock()
				l.labels[made.ID] = page.Items[0].ID
				l.mu.Unlock()
				break
			}
			if strings.Contains(err.Error(), ": 4") { // evicted meanwhile, or judged in a request that got no answer
				break
			}
			pause(ctx, 100*time.Millisecond)
		}
	}
}

// look keeps in mind which item shows which picture: when the item is evicted later, only its id is in the record.
func (l *crashLine) look(ctx context.Context) {
	for ctx.Err() == nil {
		items, err := l.items("/api/v1/items?camera=board&order=newest&limit=100", false)
		if err == nil {
			l.mu.Lock()
			for _, it := range items {
				for _, im := range it.Images {
					l.seen[im.SHA256] = it.ID
				}
			}
			l.mu.Unlock()
		}
		pause(ctx, 200*time.Millisecond)
	}
}

type listed struct {
	ID     string
	Images []struct{ SHA256, Name string }
}

// items reads a listing, all its pages if asked.
func (l *crashLine) items(path string, all bool) (list []listed, err error) {
	for cursor := ""; ; {
		var page struct {
			Items []listed
			Next  string
		}
		if err := l.client.get(path+"&cursor="+url.QueryEscape(cursor), &page); err != nil {
			return nil, err
		}
		list = append(list, page.Items...)
		if cursor = page.Next; cursor == "" || !all {
			return list, nil
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
