//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestFaults breaks everything around and inside the agent while messages, images and labels flow, and then counts: every
// acknowledged message, image and label is there, each once, and every hole in the OPC UA data has a gap record.
func TestFaults(t *testing.T) {
	l := startLine(t)
	l.up("plc", 30*time.Second)
	l.up("broker", 30*time.Second)
	began := time.Now()
	w := startWork(t, l, 500*time.Millisecond)

	for range 5 {
		time.Sleep(3 * time.Second)
		l.plc.ask("/drop")
	}
	l.up("plc", 40*time.Second)
	t.Log("OPC UA connections dropped five times")

	l.plc.stop(syscall.SIGKILL)
	time.Sleep(2 * time.Second)
	l.plc.start()
	l.up("plc", 60*time.Second)
	t.Log("OPC UA server killed and back")

	l.broker.stop(syscall.SIGTERM)
	time.Sleep(2 * time.Second)
	l.broker.start()
	l.up("broker", 60*time.Second)
	t.Log("broker restarted")

	l.bucket.stop(syscall.SIGTERM)
	away := time.Now()
	for range 5 {
		time.Sleep(5 * time.Second)
		l.crash()
	}
	t.Log("agent killed five times")
	time.Sleep(time.Until(away.Add(2 * time.Minute)))
	l.bucket.start()
	t.Log("bucket back after two minutes")
	l.up("plc", 60*time.Second)
	l.up("broker", 60*time.Second)

	w.stop()
	time.Sleep(5 * time.Second)
	w.count(began)
}

// work is what flows while things break.
type work struct {
	t      *testing.T
	l      *line
	client *client
	pub    *publisher
	cancel context.CancelFunc
	wg     sync.WaitGroup
	evicts bool // budgets are small: an item may be gone before its label comes

	mu      sync.Mutex
	images  []string          // names that were acknowledged with 201 or 200
	dropped []string          // names of files put into the drop folder
	labels  map[string]string // Idempotency-Key → label id, acknowledged
}

// startWork lets work flow until stop; pace is the time between two labels.
func startWork(t *testing.T, l *line, pace time.Duration) *work {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w := &work{t: t, l: l, client: signIn(t, l.url, "anna", "anna-password"), pub: newPublisher(t, l.broker, "line/count"), cancel: cancel, evicts: l.budget != plentyRoom, labels: map[string]string{}}
	pictures := boards(t)
	for _, job := range []func(context.Context){
		w.pub.run,
		func(ctx context.Context) { w.pushImages(ctx, pictures) },
		func(ctx context.Context) { w.dropImages(ctx, pictures) },
		func(ctx context.Context) { w.label(ctx, pace) },
	} {
		w.wg.Go(func() { job(ctx) })
	}
	t.Cleanup(w.stop)
	return w
}

func (w *work) stop() {
	w.cancel()
	w.wg.Wait()
}

func boards(t *testing.T) [][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(shared(), "data", "images", "deeppcb", "img", "*_test.jpg"))
	if err != nil || len(files) < 20 {
		t.Fatalf("boards: %d files, %v", len(files), err)
	}
	var all [][]byte
	for _, f := range files[:20] {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

// unique makes a picture that no other has the bytes of: data after the end marker changes nothing on it.
func unique(picture []byte, n int) []byte {
	return append(slices.Clone(picture), fmt.Sprintf("#%d", n)...)
}

func (w *work) pushImages(ctx context.Context, pictures [][]byte) {
	for n := 0; ctx.Err() == nil; n++ {
		name := fmt.Sprintf("push-%04d.jpg", n)
		for ctx.Err() == nil {
			if w.l.push(name, unique(pictures[n%len(pictures)], n)) == nil {
				w.mu.Lock()
				w.images = append(w.images, name)
				w.mu.Unlock()
				break
			}
			time.Sleep(300 * time.Millisecond)
		}
		time.Sleep(time.Second)
	}
}

func (w *work) dropImages(ctx context.Context, pictures [][]byte) {
	for n := 0; ctx.Err() == nil; n++ {
		name := fmt.Sprintf("drop-%04d_ok.jpg", n)
		path := filepath.Join(w.l.dir, "drop", name)
		if err := os.WriteFile(path, unique(pictures[n%len(pictures)], 100_000+n), 0o600); err != nil {
			w.t.Errorf("drop: %v", err)
			return
		}
		w.mu.Lock()
		w.dropped = append(w.dropped, name)
		w.mu.Unlock()
		time.Sleep(1500 * time.Millisecond)
	}
}

// label judges an open item now and then and keeps what the gateway acknowledged.
func (w *work) label(ctx context.Context, pace time.Duration) {
	for n := 0; ctx.Err() == nil; pause(ctx, pace) {
		var page struct{ Items []struct{ ID string } }
		if w.client.get("/api/v1/items?state=open&limit=1", &page) != nil || len(page.Items) == 0 {
			continue
		}
		key := fmt.Sprintf("e2e-label-%04d", n)
		n++
		draft := map[string]any{"verdict": "ok", "parent": 0, "taxonomy": 1, "input": "api", "comment": key}
		var made struct{ ID string }
		for ctx.Err() == nil {
			err := w.client.send(http.MethodPost, "/api/v1/items/"+page.Items[0].ID+"/labels", draft, http.Header{"Idempotency-Key": {key}}, &made)
			if err == nil {
				w.mu.Lock()
				w.labels[key] = made.ID
				w.mu.Unlock()
				break
			}
			if strings.Contains(err.Error(), " 404 ") && w.evicts {
				break
			}
			if strings.Contains(err.Error(), " 4") {
				w.t.Errorf("label %s: %v", key, err)
				break
			}
			time.Sleep(300 * time.Millisecond)
		}
	}
}

// count holds what was promised against what is there.
func (w *work) count(began time.Time) {
	t, l := w.t, w.l
	until := time.Now()
	w.countMessages(began, until)
	w.countHoles("plc.count", began, until)
	if w.countHoles("plc.bare", began, until) == 0 {
		t.Error("a counter without history has no hole: the test broke nothing")
	}

	w.settled()
	names := map[string]int{}
	items := w.items()
	for _, it := range items {
		for _, im := range it.Images {
			names[im.Name]++
		}
	}
	for _, name := range slices.Concat(w.images, w.dropped) {
		if names[name] != 1 {
			t.Errorf("image %s is there %d times", name, names[name])
		}
	}
	t.Logf("%d images pushed, %d dropped, each there once; %d items", len(w.images), len(w.dropped), len(items))

	eventually(t, 2*time.Minute, "everything is at the centre", func() error {
		if n := sum(l.metrics(), "edgelabel_unsynced_items", ""); n != 0 {
			return fmt.Errorf("%g items wait", n)
		}
		return nil
	})
	out, err := l.verify()
	if err != nil {
		t.Fatalf("verify: %v\n%s", err, out)
	}
	t.Log(strings.TrimSpace(out))
	w.countLabels()
}

type seen struct {
	ID        string
	IsPartial bool
	Images    []struct{ Name string }
}

// items reads the whole list, page by page.
func (w *work) items() (all []seen) {
	w.t.Helper()
	for cursor := ""; ; {
		var page struct {
			Items []seen
			Next  string
		}
		if err := w.client.get("/api/v1/items?limit=500&cursor="+cursor, &page); err != nil {
			w.t.Fatal(err)
		}
		all = append(all, page.Items...)
		if cursor = page.Next; cursor == "" {
			return all
		}
	}
}

// settled waits until no item is being recorded any more: it leaves for the centre only then, after its label.
func (w *work) settled() {
	w.t.Helper()
	eventually(w.t, time.Minute, "every item has settled", func() error {
		if n := slices.IndexFunc(w.items(), func(it seen) bool { return it.IsPartial }); n >= 0 {
			return fmt.Errorf("item %d is still recorded", n)
		}
		return nil
	})
}

func (w *work) countMessages(from, to time.Time) {
	stored, _ := w.l.samples(w.client, "mqtt.count", from.Add(-time.Minute), to)
	times := map[float64]int{}
	for _, v := range stored.v {
		times[v]++
	}
	sent := w.pub.sent()
	lost, doubled := 0, 0
	for _, n := range sent {
		switch times[n] {
		case 0:
			lost++
		case 1:
		default:
			doubled++
		}
	}
	if lost > 0 || doubled > 0 {
		w.t.Errorf("messages: %d acknowledged, %d lost, %d doubled", len(sent), lost, doubled)
	}
	w.t.Logf("%d MQTT messages acknowledged by the broker, each stored once", len(sent))
}

// countHoles walks a counter of the OPC UA server: wherever it jumps there must be a gap record over the place. What the server's history
// has filled is no hole any more.
func (w *work) countHoles(tag string, from, to time.Time) (holes int) {
	stored, gaps := w.l.samples(w.client, tag, from, to)
	open := 0
	for i := 1; i < len(stored.v); i++ {
		if step := stored.v[i] - stored.v[i-1]; step == 1 {
			continue
		}
		holes++
		covered := slices.ContainsFunc(gaps, func(g gap) bool { return g.From <= stored.t[i] && g.To >= stored.t[i-1] })
		if !covered {
			open++
			w.t.Errorf("%s: hole from %g to %g at %s without a gap record", tag, stored.v[i-1], stored.v[i], time.Unix(0, stored.t[i]).Format("15:04:05.000"))
		}
	}
	if len(stored.v) < 1000 {
		w.t.Errorf("%s: only %d samples", tag, len(stored.v))
	}
	reasons := map[string]int{}
	for _, g := range gaps {
		reasons[g.Reason]++
	}
	w.t.Logf("%s: %d OPC UA samples, %d holes, %d of them without a gap record; gaps %v", tag, len(stored.v), holes, open, reasons)
	return holes
}

// countLabels exports the bucket and looks for each acknowledged label there.
func (w *work) countLabels() {
	t, l := w.t, w.l
	out := filepath.Join(l.dir, "csv")
	env := []string{"EDGELABEL_S3_ACCESS_KEY=" + accessKey, "EDGELABEL_S3_SECRET_KEY=" + secretKey}
	if text, err := command(t, env, binary(t), "export", "--format", "csv", "--ca", l.bucket.cert, "--from", l.bucket.url(), "--out", out); err != nil {
		t.Fatalf("export: %v\n%s", err, text)
	}
	var all strings.Builder
	files, err := filepath.Glob(filepath.Join(out, "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	missing := 0
	for _, key := range slices.Sorted(maps.Keys(w.labels)) {
		if !strings.Contains(all.String(), key) {
			missing++
			t.Errorf("label %s (%s) is not in the export of the bucket", key, w.labels[key])
		}
	}
	if len(w.labels) < 50 {
		t.Errorf("only %d labels were made", len(w.labels))
	}
	t.Logf("%d labels acknowledged, %d missing at the centre", len(w.labels), missing)
}
