//go:build e2e

package e2e_test

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

const historyConfig = `gateway: {id: gw-history}
data: {dir: %s, keep_free: 16MiB}
web: {listen: "127.0.0.1:%d"}
tags: [{id: recorded, rules: []}, {id: plain, rules: []}]
opcua:
  - name: plc
    endpoint: opc.tcp://127.0.0.1:%d/line1
    security: {mode: SignAndEncrypt}
    publish: 250ms
    sampling: 10ms
    heartbeat: 3s
    nodes: [{tag: recorded, node: "ns=1;s=V000"}, {tag: plain, node: "ns=1;s=V002"}]
`

// TestBackfill cuts and hangs the server and kills the agent: of a counter that the server records nothing may be missing afterwards, and
// each hole of one that it does not record has its gap.
func TestBackfill(t *testing.T) {
	plc := startPLC(t)
	dir, port := t.TempDir(), freePort(t)
	data := filepath.Join(dir, "data")
	l := &line{t: t, dir: dir, plc: plc, run: binary(t), url: fmt.Sprintf("http://127.0.0.1:%d", port),
		config: write(t, filepath.Join(dir, "edgelabel.yaml"), fmt.Sprintf(historyConfig, data, port, plc.port))}
	password := write(t, filepath.Join(dir, "password"), "anna-password\n")
	if out, err := command(t, nil, binary(t), "user", "add", "anna", "-d", data, "--password-file", password); err != nil {
		t.Fatalf("user add: %v\n%s", err, out)
	}
	began := time.Now()
	l.start()
	l.up("plc", 30*time.Second)
	broken := 0
	person := signIn(t, l.url, "anna", "anna-password")
	settle := func() {
		broken++
		eventually(t, 40*time.Second, "a gap of the counter without history", func() error {
			if _, gaps := l.samples(person, "plain", began, time.Now()); len(gaps) < broken {
				return fmt.Errorf("%d gaps after %d holes", len(gaps), broken)
			}
			return nil
		})
	}
	for range 2 {
		time.Sleep(2 * time.Second)
		plc.ask("/drop")
		settle()
	}
	plc.ask("/pause?ms=4000")
	settle()
	for range 2 {
		time.Sleep(2 * time.Second)
		l.stop(syscall.SIGKILL)
		time.Sleep(2 * time.Second)
		l.start()
		person = signIn(t, l.url, "anna", "anna-password")
		settle()
	}
	until := time.Now().Add(-2 * time.Second)
	stored, gaps := l.samples(person, "recorded", began, until)
	jumps := 0
	for i := 1; i < len(stored.v); i++ {
		if step := stored.v[i] - stored.v[i-1]; step != 1 {
			jumps++
			t.Errorf("%g at %v is followed by %g at %v", stored.v[i-1], time.Unix(0, stored.t[i-1]), stored.v[i], time.Unix(0, stored.t[i]))
		}
	}
	for _, g := range gaps {
		t.Errorf("gap of the counter with history: %+v", g)
	}
	if len(stored.v) < 100 {
		t.Errorf("only %d samples", len(stored.v))
	}
	t.Logf("%d samples over %v, %d holes made, %d left", len(stored.v), until.Sub(began).Round(time.Second), broken, jumps)
}
