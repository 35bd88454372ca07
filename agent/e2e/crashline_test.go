//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
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
//	pictures ─▶ HTTP, FTP, folder ┘ ▲
//	labels ─────────────────────────┘
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
	ftp     int    // port
	broken  string // promise that the program is told to break
	sizes   string // that the program is told to have
	log     *os.File
	broker  *broker
	began   time.Time

	cmd  *exec.Cmd
	died chan error

	stopFlow context.CancelFunc
	flow     sync.WaitGroup

	stopLooking context.CancelFunc
	looking     sync.WaitGroup

	pub    *publisher
	client *client

	mu       sync.Mutex
	pushed   map[string]stored // by file name: answered with 201 or 200
	dropped  map[string]stored // by file name: put into the folder
	uploaded map[string]stored // by file name: answered with 226
	labels   map[string]string // label id → its item: answered with 201
	seen     map[string]string // sha256 → item, as the page lists them
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
  - {name: gate, ftp: {user: gate, password: gate-password}}
ftp: {listen: "127.0.0.1:FTP"}
sync: {targets: [{name: centre, url: "file:CENTRE", linger: 100ms}]}
`

// newCrashLine prepares an agent whose data lie in the folder. Nothing runs yet but the broker.
func newCrashLine(t *testing.T, data string) *crashLine {
	t.Helper()
	need(t, "curl", installed("curl"))
	l := &crashLine{
		t: t, dir: t.TempDir(), data: data, broker: startBroker(t), began: time.Now(), program: failpointBinary(t),
		pushed: map[string]stored{}, dropped: map[string]stored{}, uploaded: map[string]stored{}, labels: map[string]string{}, seen: map[string]string{},
		sizes: commonSizes,
	}
	if data == "" {
		l.data = filepath.Join(l.dir, "data")
	}
	l.centre = filepath.Join(l.dir, "centre")
	for _, folder := range []string{l.centre, filepath.Join(l.dir, "drop"), filepath.Join(l.dir, "upload")} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	port := freePort(t)
	l.ftp = freePort(t)
	l.url = fmt.Sprintf("http://127.0.0.1:%d", port)
	text := strings.NewReplacer("DATA", l.data, "DIR", l.dir, "CENTRE", l.centre, "PORT", fmt.Sprint(port), "FTP", fmt.Sprint(l.ftp), "BROKER", fmt.Sprint(l.broker.port), "CA", l.broker.cert)
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
	l.cmd.Env = append(os.Environ(), "EDGELABEL_FAILPOINT="+point, "EDGELABEL_BROKEN="+l.broken, "EDGELABEL_SIZES="+l.sizes)
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
	eventually(l.t, 2*time.Minute, "the page answers", func() error {
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
		l.stopLooking()
		l.flow.Wait()
		l.looking.Wait()
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
