//go:build e2e

package e2e_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	fastNodes = 1000
	fastSpot  = 40 // of them are compared value by value
	backIn    = 10 * time.Second
)

const fastConfig = `gateway: {id: gw-fast}
data: {dir: %s, keep_free: 16MiB}
web: {listen: "127.0.0.1:%d"}
tags:
%sopcua:
  - name: plc
    endpoint: opc.tcp://127.0.0.1:%d/line1
    security: {policy: Basic256Sha256, mode: SignAndEncrypt}
    publish: 500ms
    sampling: 50ms
    heartbeat: 5s
    nodes: [{tag: "{name}", path: "Line1/V*"}]
`

// TestFastPLC reads 1000 items at 10 Hz over an encrypted connection for EDGELABEL_PLANT (a duration), beside Telegraf where that is
// installed, and then cuts, hangs and kills the server: nothing may be lost without a record, and it is read again within ten seconds.
func TestFastPLC(t *testing.T) {
	span, err := time.ParseDuration(os.Getenv("EDGELABEL_PLANT"))
	if err != nil {
		t.Skip("long: make plant")
	}
	plc := startPLC(t, "--vars", fmt.Sprint(fastNodes), "--reject-unknown")
	pki := plc.args[slices.Index(plc.args, "--pki")+1]

	other := newTelegraf(t, plc, pki)
	dir, port := t.TempDir(), freePort(t)
	data := filepath.Join(dir, "data")
	var tags strings.Builder
	for i := range fastNodes {
		fmt.Fprintf(&tags, "  - {id: V%03d, rules: []}\n", i)
	}
	l := &line{t: t, dir: dir, plc: plc, run: binary(t), url: fmt.Sprintf("http://127.0.0.1:%d", port),
		config: write(t, filepath.Join(dir, "edgelabel.yaml"), fmt.Sprintf(fastConfig, data, port, tags.String(), plc.port))}
	password := write(t, filepath.Join(dir, "password"), "anna-password\n")
	if out, err := command(t, nil, binary(t), "user", "add", "anna", "-d", data, "--password-file", password); err != nil {
		t.Fatalf("user add: %v\n%s", err, out)
	}
	l.start()
	l.back("its certificate was trusted", plc.trust(pki), 0)
	beside := other.start(t)

	began := time.Now().Add(2 * time.Second)
	time.Sleep(2 * time.Second)
	mine, theirs, server, ticks := usage(t, l.process), usage(t, beside), usage(t, plc.process), plc.ticks()
	time.Sleep(span)
	seconds := time.Since(began).Seconds()
	t.Logf("%.0f s of %d items at %.2f Hz (the server's own count; 10 are wanted of it): edgelabel %s; node-opcua %s", seconds, fastNodes,
		(plc.ticks()-ticks)/seconds, usage(t, l.process).since(mine, seconds), usage(t, plc.process).since(server, seconds))
	if beside != nil {
		a, b := usage(t, l.process), usage(t, beside)
		t.Logf("telegraf %s; edgelabel to telegraf: CPU %.2f, peak memory %.2f", b.since(theirs, seconds), (a.cpu-mine.cpu)/(b.cpu-theirs.cpu), a.peak/b.peak)
		beside.stop(syscall.SIGTERM)
	}
	l.complete(began, time.Now().Add(-3*time.Second), 0)
	l.disturb()
	l.complete(began, time.Now().Add(-3*time.Second), 10*time.Minute)
	all := l.metrics()
	t.Logf("read back from history %.0f samples; gap records %.0f", sum(all, "edgelabel_backfilled_total", ""), sum(all, "edgelabel_gaps_total", ""))
}

// disturb cuts, hangs and kills the server.
func (l *line) disturb() {
	worst := map[string]time.Duration{}
	note := func(what string, since time.Time, attempts float64) {
		worst[what] = max(worst[what], l.back(what, since, attempts))
		time.Sleep(2 * time.Second)
	}
	for range 20 {
		attempts := l.attempts()
		l.plc.ask("/drop")
		note("it was cut off", time.Now(), attempts)
	}
	for range 3 {
		attempts := l.attempts()
		l.plc.ask("/pause?ms=20000")
		note("it had hung for 20 s", time.Now(), attempts)
	}
	for range 5 {
		attempts := l.attempts()
		l.plc.stop(syscall.SIGKILL)
		l.plc.start()
		note("it was killed", time.Now(), attempts)
	}
	l.t.Logf("longest until it was read again: %v", worst)
}

func (l *line) attempts() float64 {
	return sum(l.metrics(), "edgelabel_source_attempts_total", `"plc"`)
}

// back waits until new samples come on a connection after so many attempts, and tells how long that took.
func (l *line) back(what string, since time.Time, attempts float64) time.Duration {
	l.t.Helper()
	from := -1.0
	eventually(l.t, 3*backIn, "samples after "+what, func() error {
		all := l.metrics()
		samples := sum(all, "edgelabel_samples_total", `"plc"`)
		if sum(all, "edgelabel_source_up", `"plc"`) != 1 || sum(all, "edgelabel_source_attempts_total", `"plc"`) <= attempts {
			return fmt.Errorf("not up")
		}
		if from < 0 {
			from = samples
		}
		if samples == from {
			return fmt.Errorf("up, but no sample came")
		}
		return nil
	})
	took := time.Since(since)
	if took > backIn {
		l.t.Errorf("%v until samples came after %s", took.Round(time.Millisecond), what)
	}
	return took.Round(time.Millisecond)
}

// jumps are the places where counters of the server do not go on by one.
type jumps struct {
	seen     int      // samples
	recorded int      // with a gap record
	lost     []string // without
}

func (l *line) jumps(person *client, from, to time.Time) (all jumps) {
	for i := range fastSpot {
		tag := fmt.Sprintf("V%03d", i*(fastNodes/fastSpot)/2*2)
		stored, gaps := l.samples(person, tag, from, to)
		all.seen += len(stored.v)
		for k := 1; k < len(stored.v); k++ {
			switch {
			case stored.v[k] == stored.v[k-1]+1:
			case slices.ContainsFunc(gaps, func(g gap) bool { return g.From <= stored.t[k] && stored.t[k-1] <= g.To }):
				all.recorded++
			default:
				all.lost = append(all.lost, fmt.Sprintf("%s: %g at %v is followed by %g at %v", tag, stored.v[k-1], time.Unix(0, stored.t[k-1]), stored.v[k], time.Unix(0, stored.t[k])))
			}
		}
	}
	return all
}

// complete checks that nothing is missing, undisturbed, and afterwards that each hole is read back from history or recorded, for which
// there is time: every hole is looked for in the history of each of a thousand nodes.
func (l *line) complete(from, to time.Time, within time.Duration) {
	l.t.Helper()
	person := signIn(l.t, l.url, "anna", "anna-password")
	all := l.jumps(person, from, to)
	for end := time.Now().Add(within); len(all.lost) > 0 && time.Now().Before(end); time.Sleep(5 * time.Second) {
		all = l.jumps(person, from, to)
	}
	if within == 0 && all.recorded > 0 {
		l.t.Errorf("%d holes undisturbed", all.recorded)
	}
	for _, lost := range all.lost[:min(len(all.lost), 10)] {
		l.t.Error(lost)
	}
	least := 5 // a second, of 10; a server that hangs and dies has fewer
	if within > 0 {
		least = 2
	}
	if all.seen < fastSpot*int(to.Sub(from).Seconds())*least {
		l.t.Errorf("only %d samples of %d counters in %v", all.seen, fastSpot, to.Sub(from).Round(time.Second))
	}
	l.t.Logf("%d counters, %d samples in %v: %d jumps with a record, %d without", fastSpot, all.seen, to.Sub(from).Round(time.Second), all.recorded, len(all.lost))
}

// ticks is how often the server has written all its variables.
func (p *plc) ticks() float64 {
	p.t.Helper()
	var stats struct{ Tick float64 }
	if err := json.Unmarshal([]byte(p.ask("/stats")), &stats); err != nil {
		p.t.Fatal(err)
	}
	return stats.Tick
}

// trust does on the server what its operator does for a client that was refused, and returns since when the server knows it. The server is
// started anew: node-opcua's own watch of the folder never notices one certificate in four.
func (p *plc) trust(pki string) time.Time {
	p.t.Helper()
	eventually(p.t, 40*time.Second, "the server refuses a certificate", func() error {
		files, err := filepath.Glob(filepath.Join(pki, "rejected", "*.pem"))
		if err == nil && len(files) == 0 {
			err = errors.New("none")
		}
		for _, f := range files {
			err = errors.Join(err, os.Rename(f, filepath.Join(pki, "trusted", "certs", filepath.Base(f))))
		}
		return err
	})
	p.stop(syscall.SIGTERM)
	p.start()
	return time.Now()
}
