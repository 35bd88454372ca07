package history_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"edgelabel/agent/series"
	"edgelabel/store/history"
)

// stream makes samples of three signals: one that wanders with spikes, late ones and pauses, one that is slow, and one of waves.
func stream(rnd *rand.Rand, n int) (list []series.Sample) {
	at, v := int64(1_700_000_000_000_000_000), 20.0
	for k := range n {
		at += 1e7 + rnd.Int64N(1e6)
		if rnd.IntN(2000) == 0 {
			at += 600e9
		}
		v += float64(rnd.IntN(21)-10) / 10
		x := series.Sample{Tag: "fast", Source: at, Receive: at, Value: v}
		switch rnd.IntN(200) {
		case 0:
			x.Source -= rnd.Int64N(100e9) // late
		case 1:
			x.Value *= 50
		case 2:
			x.Status, x.Value = series.StatusBad, math.NaN()
		}
		list = append(list, x)
		if k%100 == 0 {
			list = append(list, series.Sample{Tag: "slow", Receive: at, Value: float64(k)}, series.Sample{Tag: "slow", Receive: at, Text: "jam"})
			list = append(list, series.Sample{Tag: "wave", Source: at, Wave: []float64{v, -v, v / 2, 7}})
		}
	}
	return list
}

const waveRate = 1000

// flat is every number of the tag with its moment, the way the brute force sees it.
func flat(samples []series.Sample, tag string) (tr series.Trace) {
	for _, x := range samples {
		if x.Tag != tag || x.Text != "" {
			continue
		}
		values := x.Wave
		if values == nil {
			values = []float64{x.Value}
		}
		for k, v := range values {
			tr.T, tr.V, tr.Status = append(tr.T, x.Time()+int64(k)*1e9/waveRate), append(tr.V, v), append(tr.Status, x.Status)
		}
	}
	return tr
}

// TestBucketsAreWhatTheSamplesComeTo is the promise of the pyramid: at each zoom, over any range, sealed or not, every bucket has the
// least and the greatest of its samples, their number and their worst quality.
func TestBucketsAreWhatTheSamplesComeTo(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	samples := stream(rnd, 15_000)
	dir := t.TempDir()
	cfg := history.Config{Segment: 30_000, Rate: func(tag string) float64 { return map[string]float64{"wave": waveRate}[tag] }}
	h, _ := openWith(t, dir, cfg)
	for part := range slices.Chunk(samples, 700) {
		h.add(slices.Clone(part)...)
	}
	expectBuckets(t, h, rnd, samples, "while it is written")
	h.stop()
	h, _ = openWith(t, dir, cfg)
	if n := len(h.sealed(dir)); n < 3 {
		t.Fatalf("%d segments", n)
	}
	expectBuckets(t, h, rnd, samples, "sealed")
}

func expectBuckets(t *testing.T, h *running, rnd *rand.Rand, samples []series.Sample, when string) {
	t.Helper()
	first, last := samples[0].Time(), samples[len(samples)-1].Receive
	for round := range 30 {
		from, n := first+rnd.Int64N(last-first), 1+rnd.IntN(300)
		to := min(from+1+rnd.Int64N(1<<uint(20+rnd.IntN(22))), last)
		if round == 0 {
			from, to = first-100e9, last+1
		}
		into := map[string]*series.Reducer{}
		for _, tag := range []string{"fast", "slow", "wave", "none"} {
			into[tag] = series.NewReducer(from, to, n)
		}
		if gaps, err := h.Reduce(t.Context(), into); err != nil || len(gaps) > 0 {
			t.Fatal(gaps, err)
		}
		for tag, r := range into {
			what := fmt.Sprintf("%s, round %d: %s in %d over %d", when, round, tag, n, to-from)
			expectReduced(t, what, r.Result(), flat(samples, tag), from, to, n)
		}
	}
}

func expectReduced(t *testing.T, what string, got series.Reduced, all series.Trace, from, to int64, n int) {
	t.Helper()
	inside := 0
	for _, at := range all.T {
		if at >= from && at < to {
			inside++
		}
	}
	b := got.Buckets
	if b == nil {
		if inside > 2*n || len(got.T) != inside {
			t.Fatalf("%s: %d samples, want %d", what, len(got.T), inside)
		}
		return
	}
	cells := make([]series.Cell, len(b.Min))
	for i := range cells {
		cells[i] = series.NoCell()
	}
	for k, at := range all.T {
		if i := (at - b.From) / b.Step; at >= b.From && i < int64(len(cells)) {
			cells[i].Add(all.V[k], all.Status[k])
		}
	}
	for i, c := range cells {
		if math.Float64bits(c.Min) != math.Float64bits(b.Min[i]) || math.Float64bits(c.Max) != math.Float64bits(b.Max[i]) || c.Count != b.Count[i] || c.Worst != b.Worst[i] {
			t.Fatalf("%s: bucket %d: %v to %v of %d, want %+v", what, i, b.Min[i], b.Max[i], b.Count[i], c)
		}
	}
}

// TestHugeSignalIsSealedInStretches seals more samples of one signal than are sorted at once, half of them late.
func TestHugeSignalIsSealedInStretches(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, 64<<20)
	const n = 140_000
	for _, odd := range []int{0, 1} {
		for k := 0; k < n; k += 10_000 {
			var part []series.Sample
			for i := k + odd; i < k+10_000; i += 2 {
				part = append(part, series.Sample{Tag: "a", Source: int64(i+1) * 1e6, Receive: 1, Value: float64(i % 1000)})
			}
			h.add(part...)
		}
	}
	h.stop()
	h, _ = open(t, dir, 64<<20)
	h.sealed(dir)
	got, gaps, err := h.Read(t.Context(), []string{"a"}, 0, 1<<62)
	if err != nil || len(gaps) > 0 || len(got["a"]) != n {
		t.Fatalf("%d samples, %v, %v", len(got["a"]), gaps, err)
	}
	for i, x := range got["a"] {
		if x.Source != int64(i+1)*1e6 || x.Value != float64(i%1000) {
			t.Fatalf("sample %d: %+v", i, x)
		}
	}
	if _, faults, err := history.Check(filepath.Join(dir, "series")); err != nil || len(faults) > 0 {
		t.Errorf("%v %v", faults, err)
	}
}
