package ui_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/ui"
)

type answer struct {
	From, To int64
	Traces   []trace
	Gaps     []series.Gap
}

type trace struct {
	Tag, Name, Unit, Kind string
	N                     int
	T0, Step              float64
	a, b                  []float64 // t and v, or min and max
	count                 []uint32
	quality               []byte
}

// read decodes the binary answer the way a browser does.
func read(t *testing.T, data []byte) (a answer) {
	t.Helper()
	if len(data) < 8 || string(data[:4]) != "ELS1" {
		t.Fatalf("magic %q", data[:min(len(data), 4)])
	}
	n := int(binary.LittleEndian.Uint32(data[4:]))
	if (8+n)%8 != 0 {
		t.Fatalf("header ends at %d", 8+n)
	}
	if err := json.Unmarshal(data[8:8+n], &a); err != nil {
		t.Fatal(err)
	}
	rest := data[8+n:]
	take := func(bytes int) []byte {
		part := rest[:bytes]
		rest = rest[(bytes+7)/8*8:]
		return part
	}
	floats := func(n int) (out []float64) {
		for b := take(8 * n); len(b) > 0; b = b[8:] {
			out = append(out, math.Float64frombits(binary.LittleEndian.Uint64(b)))
		}
		return out
	}
	for i := range a.Traces {
		tr := &a.Traces[i]
		tr.a, tr.b = floats(tr.N), floats(tr.N)
		if tr.Kind == "buckets" {
			for b := take(4 * tr.N); len(b) > 0; b = b[4:] {
				tr.count = append(tr.count, binary.LittleEndian.Uint32(b))
			}
		}
		tr.quality = take(tr.N)
	}
	if len(rest) != 0 {
		t.Fatalf("%d bytes follow", len(rest))
	}
	return a
}

func (r *rig) series(query string) answer {
	r.t.Helper()
	w := r.want(call{by: "li", path: "/api/v1/series?" + query}, 200, "")
	if w.Header().Get("Content-Type") != "application/octet-stream" {
		r.t.Error(w.Header())
	}
	return read(r.t, w.Body.Bytes())
}

// begin is a moment that a browser's double holds.
const begin = int64(1_777_000_000_000_000_000)

// history is 1 kHz of force with one spike, and three samples of temperature.
func history() *series.Window {
	force := series.Trace{Tag: "force"}
	for i := range 10_000 {
		force.T, force.V, force.Status = append(force.T, begin+int64(i)*1e6), append(force.V, 1), append(force.Status, 0)
	}
	force.V[5001], force.Status[7000] = 99, series.StatusBad
	temp := series.Trace{
		Tag: "temp", Name: "Temperature", Unit: "°C", T: []int64{begin + 1500, begin + 2e6, begin + 3e6},
		V: []float64{20.5, math.NaN(), math.Inf(1)}, Status: []uint32{0, series.StatusUncertain, 0xC0000000},
	}
	return &series.Window{
		From: begin, To: begin + 10e9, Traces: []series.Trace{force, temp},
		Gaps: []series.Gap{{Source: "plc", From: begin + 1e9, To: begin + 2e9, Reason: series.GapSilent}, {Source: "plc", From: 1, To: 2, Reason: series.GapSilent}},
	}
}

func TestSeriesByTag(t *testing.T) {
	r := start(t, nil)
	r.store.set(func(s *store) { s.history = history() })
	a := r.series(fmt.Sprintf("tags=force,temp,none&from=%d&to=%d&n=100", begin, begin+int64(10e9)))
	if a.From != begin || a.To != begin+10e9 || len(a.Traces) != 3 || len(a.Gaps) != 1 || r.store.reads != 3 {
		t.Fatalf("%+v after %d reads", a, r.store.reads)
	}
	f := a.Traces[0]
	if f.Kind != "buckets" || f.N != 100 || f.Name != "Force" || f.Unit != "kN" || f.Step != 100 || f.T0 != 0 {
		t.Errorf("%+v", f)
	}
	if f.b[50] != 99 || f.a[50] != 1 || f.count[50] != 100 || f.quality[70] != 2 || f.quality[69] != 0 {
		t.Errorf("bucket 50: %v to %v of %d; quality %v", f.a[50], f.b[50], f.count[50], f.quality[69:71])
	}
	temp := a.Traces[1]
	if temp.Kind != "samples" || temp.Name != "Temperature" || !slices.Equal(temp.a, []float64{0.0015, 2, 3}) || !slices.Equal(temp.quality, []byte{0, 1, 2}) {
		t.Errorf("%+v", temp)
	}
	if temp.b[0] != 20.5 || !math.IsNaN(temp.b[1]) || !math.IsNaN(temp.b[2]) {
		t.Errorf("%v", temp.b)
	}
	if none := a.Traces[2]; none.Tag != "none" || none.N != 0 || none.Kind != "samples" {
		t.Errorf("%+v", none)
	}
}

func TestSamplesOrBuckets(t *testing.T) {
	r := start(t, nil)
	r.store.set(func(s *store) { s.history = history() })
	for span, kind := range map[int64]string{200: "samples", 201: "buckets"} {
		a := r.series(fmt.Sprintf("tags=force&n=100&from=%d&to=%d", begin, begin+span*1e6))
		if a.Traces[0].Kind != kind {
			t.Errorf("%d samples: %s", span, a.Traces[0].Kind)
		}
	}
}

func TestSettledItemIsReadFromItsBlob(t *testing.T) {
	r := start(t, nil)
	w := history()
	b, err := series.EncodeWindow(w)
	if err != nil {
		t.Fatal(err)
	}
	sha := r.store.blob(b)
	ref := label.WindowRef{From: w.From, To: w.To, Tags: []string{"force", "temp"}, SHA256: sha}
	r.item(label.Item{ID: "i", Window: &ref})
	for range 3 {
		if a := r.series("item=i"); len(a.Traces) != 2 || a.From != w.From || a.To != w.To || a.Traces[0].N != 1600 {
			t.Errorf("%d traces from %d to %d", len(a.Traces), a.From, a.To)
		}
	}
	if r.store.opened != 1 || r.store.reads != 0 {
		t.Errorf("%d blobs opened, %d reads of the history", r.store.opened, r.store.reads)
	}
	a := r.series(fmt.Sprintf("item=i&from=%d&to=%d", begin+int64(5e9), begin+int64(60e9)))
	if a.From != begin+5e9 || a.To != w.To || a.Traces[1].N != 0 || len(a.Gaps) != 0 {
		t.Errorf("clamped to %d … %d: %+v", a.From, a.To, a.Gaps)
	}
	if exact := r.series(fmt.Sprintf("item=i&from=%d&to=%d", begin+int64(5e9), begin+int64(5.01e9))).Traces[0]; exact.Kind != "samples" || exact.b[1] != 99 || exact.a[1] != 1 {
		t.Errorf("%+v", exact)
	}
}

func TestPartialItemIsReadFromTheHistory(t *testing.T) {
	r := start(t, nil)
	r.store.set(func(s *store) { s.history = history() })
	r.item(label.Item{ID: "i", IsPartial: true, Window: &label.WindowRef{From: begin, To: begin + 1e9, Tags: []string{"temp"}}})
	if a := r.series("item=i"); len(a.Traces) != 1 || a.Traces[0].N != 3 {
		t.Errorf("%+v", a)
	}
}

func TestBadSeriesRequests(t *testing.T) {
	r := start(t, nil)
	r.item(label.Item{ID: "image"})
	r.item(label.Item{ID: "i", Window: &label.WindowRef{From: begin, To: begin + 1e9, Tags: []string{"temp"}}})
	r.item(label.Item{ID: "damaged", Window: &label.WindowRef{From: 1, To: 2, SHA256: r.store.blob([]byte("ELW1 and no more"))}})
	r.item(label.Item{ID: "evicted", Window: &label.WindowRef{From: 1, To: 2, SHA256: fmt.Sprintf("%064d", 0)}})
	for query, want := range map[string]struct {
		status int
		code   string
	}{
		"": {400, "invalid"}, "item=i&tags=a": {400, "invalid"}, "tags=&from=1&to=2": {400, "invalid"}, "tags=a,a&from=1&to=2": {400, "invalid"},
		"tags=a": {400, "invalid"}, "tags=a&from=2&to=1": {400, "invalid"}, "tags=a&from=0&to=9223372036854775807": {400, "invalid"},
		"tags=a&from=x&to=1": {400, "invalid"}, "tags=a&from=-5&to=1": {400, "invalid"}, "tags=a&from=NaN&to=1": {400, "invalid"},
		"item=i&n=0": {400, "invalid"}, "item=i&n=8193": {400, "invalid"}, "item=i&from=1&to=2": {400, "invalid"},
		"item=none": {404, "not_found"}, "item=image": {404, "not_found"}, "item=evicted": {404, "not_found"}, "item=damaged": {500, "internal"},
	} {
		r.want(call{by: "li", path: "/api/v1/series?" + query}, want.status, want.code)
	}
}

// reducing is a store that reads long ranges bucket by bucket.
type reducing struct{ *store }

func (r reducing) Reduce(ctx context.Context, tags []string, from, to int64, n int) ([]series.Reduced, []series.Gap, error) {
	w, err := r.Window(ctx, tags, from, to)
	var out []series.Reduced
	for _, tag := range tags {
		red := series.NewReducer(from, to, n)
		for _, t := range w.Traces {
			for i := range t.T {
				if t.Tag == tag {
					red.Add(t.T[i], t.V[i], t.Status[i])
				}
			}
		}
		one := red.Result()
		one.Tag = tag
		out = append(out, one)
	}
	return out, w.Gaps, err
}

func TestLongRangesNeedAStoreThatReduces(t *testing.T) {
	day := int64(24 * time.Hour)
	week := fmt.Sprintf("tags=force,temp,none&from=%d&to=%d&n=100", begin-6*day, begin+day)
	plain := start(t, nil)
	plain.want(call{by: "li", path: "/api/v1/series?" + week}, 400, "invalid")
	r := start(t, func(c *ui.Config) { c.Media = reducing{c.Media.(*store)} })
	r.store.set(func(s *store) { s.history = history() })
	a := r.series(week)
	if len(a.Traces) != 3 || a.Traces[0].Kind != "buckets" || a.Traces[0].Name != "Force" || a.Traces[1].Kind != "samples" || a.Traces[1].N != 3 || a.Traces[2].N != 0 {
		t.Fatalf("%+v", a)
	}
	if !slices.Contains(a.Traces[0].b, 99) {
		t.Errorf("the spike is lost: %v", a.Traces[0].b)
	}
	r.want(call{by: "li", path: fmt.Sprintf("/api/v1/series?tags=force&from=%d&to=%d", begin-40*day, begin)}, 400, "invalid")
	r.store.set(func(s *store) { s.fail = errors.New("disk") })
	r.want(call{by: "li", path: "/api/v1/series?" + week}, 500, "internal")
}
