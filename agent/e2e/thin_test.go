//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"sort"
	"sync"
	"syscall"
	"testing"
	"time"
)

// allowedError is what a thinned history may be off by.
const allowedError = 0.5

const thinConfig = `gateway: {id: gw-thin}
data: {dir: %s, keep_free: 16MiB}
web: {listen: "127.0.0.1:%d"}
tags: [{id: ramp, rules: [], history: {swing: %g, every: 10m}}]
mqtt:
  - name: broker
    url: ssl://127.0.0.1:%d
    user: agent
    password: s3cret
    tls: {ca: %s}
    topics: [{filter: line/ramp, payload: json, tag: ramp, value: v, time: t}]
`

// TestThinnedHistoryOutlivesKills sends ramps at QoS 1, kills the agent at the end of each, and looks whether the history says of the time
// of every message what that said: the last one of a ramp is needed for that, and was only held back when the agent was killed.
func TestThinnedHistoryOutlivesKills(t *testing.T) {
	b := startBroker(t)
	dir, port := t.TempDir(), freePort(t)
	data := filepath.Join(dir, "data")
	l := &line{t: t, dir: dir, run: binary(t), url: fmt.Sprintf("http://127.0.0.1:%d", port),
		config: write(t, filepath.Join(dir, "edgelabel.yaml"), fmt.Sprintf(thinConfig, data, port, allowedError, b.port, b.cert))}
	password := write(t, filepath.Join(dir, "password"), "anna-password\n")
	if out, err := command(t, nil, l.run, "user", "add", "anna", "-d", data, "--password-file", password); err != nil {
		t.Fatalf("user add: %v\n%s", err, out)
	}
	l.start()
	l.up("broker", 30*time.Second)
	p, began := newPublisher(t, b, "line/ramp"), time.Now()
	for range 4 {
		l.ramp(p)
		l.stop(syscall.SIGKILL)
		time.Sleep(time.Second) // the line to the next ramp is not the ramp's
		l.start()
		l.up("broker", 30*time.Second)
	}
	l.ramp(p)
	stored, _ := l.samples(signIn(t, l.url, "anna", "anna-password"), "ramp", began, time.Now())
	worst := 0.0
	for k, at := range p.at[:len(p.at)-1] { // what is held back now is in memory and on disk, and not yet in the history
		if at <= stored.t[len(stored.t)-1] {
			worst = math.Max(worst, math.Abs(onLine(stored, at)-p.acked[k]))
		}
	}
	if !(worst <= allowedError*(1+1e-9)) {
		t.Errorf("the history is off by %g, %g are allowed", worst, allowedError)
	}
	if len(stored.t) > len(p.at)/3 {
		t.Errorf("%d of %d samples are stored: nothing was thinned out", len(stored.t), len(p.at))
	}
	t.Logf("%d messages, %d samples stored, off by %.3g at most", len(p.at), len(stored.t), worst)
}

// ramp sends for three seconds and waits until the agent has everything.
func (l *line) ramp(p *publisher) {
	ctx, cancel := context.WithTimeout(l.t.Context(), 3*time.Second)
	defer cancel()
	before := sum(l.metrics(), "edgelabel_samples_total", `"broker"`)
	sent := len(p.sent())
	var publishing sync.WaitGroup
	publishing.Go(func() { p.run(ctx) })
	publishing.Wait()
	eventually(l.t, 20*time.Second, "the ramp arrives", func() error {
		if got, want := sum(l.metrics(), "edgelabel_samples_total", `"broker"`)-before, float64(len(p.sent())-sent); got < want {
			return fmt.Errorf("%g of %g", got, want)
		}
		return nil
	})
}

// onLine reads a history at a moment, on the straight line between its samples.
func onLine(stored trace, at int64) float64 {
	i := sort.Search(len(stored.t), func(i int) bool { return stored.t[i] > at })
	if i == 0 {
		return math.NaN()
	}
	if stored.t[i-1] == at || i == len(stored.t) {
		return stored.v[i-1]
	}
	share := float64(at-stored.t[i-1]) / float64(stored.t[i]-stored.t[i-1])
	return stored.v[i-1] + share*(stored.v[i]-stored.v[i-1])
}
