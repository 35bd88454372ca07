//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"edgelabel/agent/label"
	"edgelabel/store"

	"github.com/oklog/ulid/v2"
)

// What the gateway of the promise has to do, and in how much memory.
const (
	memoryAssets = 10
	memoryTags   = 100 // of each
	memoryItems  = 100_000
	memoryLimit  = 100.0 // MiB
)

const memoryConfig = `gateway: {id: gw-memory, site: s, line: l}
data: {dir: DATA, keep_free: 16MiB}
web: {listen: "127.0.0.1:PORT", ingest: {token: e2e-ingest-token}}
assets:
ASSETStags:
TAGSmqtt:
  - name: broker
    url: tcp://127.0.0.1:BROKER
    topics:
TOPICScameras:
  - {name: push}
sync: {targets: [{name: centre, url: "file:CENTRE"}]}
`

// TestMemory lets a thousand signals at 10 Hz, with what the agent looks for in each by default, and two pictures of 200 KB a second into an
// agent that has a hundred thousand items, for EDGELABEL_MEMORY minutes, while somebody reads the queue.
func TestMemory(t *testing.T) {
	minutes := number(t, "EDGELABEL_MEMORY", 0)
	if minutes == 0 {
		t.Skip("long: make memory")
	}
	b := openBroker(t)
	l := newMemoryLine(t, b.port)
	began := time.Now()
	seed(t, l.data, memoryItems)
	t.Logf("%d items made in %s", memoryItems, time.Since(began).Round(time.Second))
	l.start()
	l.up("broker", 30*time.Second)
	idle, start := l.rss(t), usage(t, l.process)
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", l.cmd.Process.Pid), []byte("5"), 0); err != nil { // forgets the peak
		t.Fatal(err)
	}
	c := signIn(t, l.url, "anna", "anna-password")
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(minutes)*time.Minute)
	defer cancel()
	before := usage(t, l.process)
	var flow sync.WaitGroup
	for n := range memoryAssets {
		flow.Go(func() { measure(t, ctx, b.port, n) })
	}
	flow.Go(func() { l.shoot(ctx) })
	var most [2]float64
	flow.Go(func() {
		for ; ctx.Err() == nil; pause(ctx, time.Second) {
			own, files := residence(t, l.process)
			most[0], most[1] = max(most[0], own), max(most[1], files)
		}
	})
	flow.Go(func() {
		for ctx.Err() == nil {
			var page struct{ Items []struct{ ID string } }
			if err := c.get("/api/v1/items?state=open&order=newest&limit=50", &page); err != nil {
				t.Errorf("queue: %v", err)
			}
			pause(ctx, time.Second)
		}
	})
	flow.Wait()
	all := l.metrics()
	samples, pictures := sum(all, "edgelabel_samples_total", "broker"), sum(all, "edgelabel_images_total", "")
	after := usage(t, l.process)
	t.Logf("%.0f samples and %.0f pictures in %d min: RSS %.0f MiB at first (%.0f while it opened the index), %.0f MiB in the end, %s", samples, pictures, minutes, idle, start.peak, l.rss(t), after.since(before, 60*float64(minutes)))
	t.Logf("at most %.0f MiB of its own and %.0f MiB of mapped files", most[0], most[1])
	if want := 0.95 * memoryAssets * memoryTags * 10 * 60 * float64(minutes); samples < want {
		t.Errorf("%.0f samples, want %.0f", samples, want)
	}
	if peak := max(start.peak, after.peak); peak > memoryLimit {
		t.Errorf("peak of %.0f MiB, want %.0f", peak, memoryLimit)
	}
}

func newMemoryLine(t *testing.T, port int) *line {
	t.Helper()
	dir, web := t.TempDir(), freePort(t)
	var assets, tags, topics strings.Builder
	for a := range memoryAssets {
		fmt.Fprintf(&assets, "  - {id: m%d, before: 10s, after: 3s}\n", a)
		fmt.Fprintf(&topics, "      - filter: m/%d\n        payload: json\n        time: t\n        time_format: unix_ms\n        fields:\n", a)
		for n := range memoryTags {
			fmt.Fprintf(&tags, "  - {id: m%d.v%d, asset: m%d}\n", a, n, a)
			fmt.Fprintf(&topics, "          - {path: v%d, tag: m%d.v%d}\n", n, a, n)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "centre"), 0o700); err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, dir: dir, data: filepath.Join(dir, "data"), run: binary(t), url: fmt.Sprintf("http://127.0.0.1:%d", web)}
	l.config = write(t, filepath.Join(dir, "edgelabel.yaml"), strings.NewReplacer("DATA", l.data, "PORT", fmt.Sprint(web), "BROKER", fmt.Sprint(port),
		"CENTRE", filepath.Join(dir, "centre"), "ASSETS", assets.String(), "TAGS", tags.String(), "TOPICS", topics.String()).Replace(memoryConfig))
	password := write(t, filepath.Join(dir, "password"), "anna-password\n")
	for _, args := range [][]string{{"user", "add", "anna", "-d", l.data, "--password-file", password}, {"check", "-c", l.config}} {
		if out, err := command(t, nil, l.run, args...); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	return l
}

// seed makes items as an agent would, many at once so that they share commits.
func seed(t *testing.T, dir string, n int) {
	t.Helper()
	s, err := store.Open(dir, store.Options{Targets: []string{"centre"}, Taxonomy: label.Taxonomy{Classes: []label.Class{{ID: "dent", Name: label.Text{ZH: "凹坑", EN: "dent"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var run, made sync.WaitGroup
	run.Go(func() {
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	slots := make(chan struct{}, 2000)
	for i := range n {
		slots <- struct{}{}
		made.Go(func() {
			defer func() { <-slots }()
			at := time.Now().Add(time.Duration(i-n) * time.Second)
			it := label.Item{ID: ulid.MustNew(ulid.Timestamp(at), ulid.DefaultEntropy()).String(), Kind: label.KindImage, Created: at.UnixNano(), At: at.UnixNano(),
				Place: label.Place{Asset: "m0"}, Part: label.Part{PartID: fmt.Sprint(i)}, Score: rand.Float64()}
			if err := s.CreateItem(ctx, it); err != nil {
				t.Error(err)
			}
		})
	}
	made.Wait()
	cancel()
	run.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// measure sends all signals of an asset ten times a second, as one message.
func measure(t *testing.T, ctx context.Context, port, asset int) {
	s := dialSender(port, fmt.Sprintf("meter-%d", asset))
	defer s.close()
	values := make([]float64, memoryTags)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil && s.err == nil {
		var text strings.Builder
		fmt.Fprintf(&text, `{"t":%d`, time.Now().UnixMilli())
		for n := range values {
			values[n] = 0.9*values[n] + rand.NormFloat64()
			fmt.Fprintf(&text, `,"v%d":%.2f`, n, 20+values[n])
		}
		text.WriteString("}")
		s.send(fmt.Sprintf("m/%d", asset), []byte(text.String()), 10)
		<-tick.C
	}
	if s.err != nil {
		t.Errorf("meter %d: %v", asset, s.err)
	}
}

// shoot pushes two pictures of 200 KB a second.
func (l *line) shoot(ctx context.Context) {
	for n := uint64(0); ctx.Err() == nil; n++ {
		picture := append(noise(n), make([]byte, 100<<10)...)
		if err := l.push(fmt.Sprintf("shot-%d.png", n), picture); err != nil && ctx.Err() == nil {
			l.t.Errorf("picture: %v", err)
		}
		pause(ctx, 500*time.Millisecond)
	}
}

// residence is what the memory of a program consists of, in MiB: its own, and pages of files that it has mapped, its text and the index.
func residence(t *testing.T, p *process) (own, files float64) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Error(err)
		return 0, 0
	}
	for row := range strings.Lines(string(b)) {
		var kb float64
		if n, _ := fmt.Sscanf(row, "RssAnon: %f kB", &kb); n == 1 {
			own = kb / 1024
		} else if n, _ := fmt.Sscanf(row, "RssFile: %f kB", &kb); n == 1 {
			files = kb / 1024
		}
	}
	return own, files
}
