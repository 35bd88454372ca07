package store_test

import (
	"math"
	"runtime"
	"testing"

	"edgelabel/agent/series"
	"edgelabel/store"
)

// days writes hours of two signals at 1 Hz in messages of an hour, with one spike, and returns the end of it.
func days(t testing.TB, x *opened, hours int) int64 {
	t.Helper()
	for h := range hours {
		batch := make([]series.Sample, 0, 7200)
		for k := range 3600 {
			at := t0 + int64(h*3600+k)*second
			v := math.Sin(float64(h*3600+k) / 500)
			if h == hours/2 && k == 7 {
				v = 99
			}
			batch = append(batch, series.Sample{Tag: "force", Source: at, Receive: at, Value: v}, series.Sample{Tag: "temp", Source: at, Receive: at, Value: 40})
		}
		appendAll(t, x.Store, batch...)
	}
	return t0 + int64(hours*3600)*second
}

func TestReduceSaysWhatTheWindowSays(t *testing.T) {
	x := open(t, t.TempDir(), store.Options{Segment: 64 << 10, Tags: []series.Tag{{ID: "force", Name: "Force", Unit: "kN", Source: "plc"}}})
	end := days(t, x, 3)
	appendAll(t, x.Store, series.Sample{Tag: "rare", Source: t0 + 5, Receive: t0, Value: 2}, series.Sample{Tag: "rare", Source: t0 + 3, Receive: t0, Value: 1}, series.Sample{Tag: "rare", Source: t0 + 5, Receive: t0, Value: 2})
	check(t, x.AddGap(t.Context(), series.Gap{Source: "plc", From: t0 + second, To: t0 + 2*second, Reason: series.GapSilent}))
	for _, c := range []struct {
		from, to int64
		n        int
	}{{t0, end, 100}, {t0 + 17*second, end - 40*second, 33}, {t0, t0 + 100*second, 60}, {end, end + second, 10}} {
		got, gaps, err := x.Reduce(t.Context(), []string{"rare", "force"}, c.from, c.to, c.n)
		check(t, err)
		w := must(x.Window(t.Context(), []string{"rare", "force"}, c.from, c.to))(t)
		if len(got) != 2 || got[1].Name != "Force" || got[1].Unit != "kN" || got[0].Tag != "rare" || len(gaps) != len(w.Gaps) {
			t.Fatalf("%+v: %d signals, %d gaps, want %d", c, len(got), len(gaps), len(w.Gaps))
		}
		for i, tr := range w.Traces {
			same(t, got[i], tr, c.from, c.to, c.n)
		}
	}
}

func same(t *testing.T, got series.Reduced, want series.Trace, from, to int64, n int) {
	t.Helper()
	if len(want.T) <= 2*n {
		if got.Buckets != nil || len(got.T) != len(want.T) {
			t.Fatalf("%s: %d samples, want %d", want.Tag, len(got.T), len(want.T))
		}
		for i := range want.T {
			if got.T[i] != want.T[i] || got.V[i] != want.V[i] || got.Status[i] != want.Status[i] {
				t.Fatalf("%s: sample %d differs", want.Tag, i)
			}
		}
		return
	}
	b := got.Buckets
	if b == nil || b.From > from || b.From+b.Step*int64(len(b.Min)) < to || len(b.Min) < n || len(b.Min) > 2*n+2 {
		t.Fatalf("%s: %+v", want.Tag, got)
	}
	cells := make([]series.Cell, len(b.Min))
	for i := range cells {
		cells[i] = series.NoCell()
	}
	for k, at := range want.T {
		cells[(at-b.From)/b.Step].Add(want.V[k], want.Status[k])
	}
	for i, c := range cells {
		if at := b.From + int64(i)*b.Step; at < from || at+b.Step > to {
			continue // holds samples of before or after the range, too
		}
		if math.Float64bits(b.Min[i]) != math.Float64bits(c.Min) || math.Float64bits(b.Max[i]) != math.Float64bits(c.Max) || b.Count[i] != c.Count || b.Worst[i] != c.Worst {
			t.Fatalf("%s: bucket %d: %v…%v of %d, want %+v", want.Tag, i, b.Min[i], b.Max[i], b.Count[i], c)
		}
	}
}

// BenchmarkReduceDay reads a day of two signals at 1 Hz for a screen, beside loading all of its samples.
func BenchmarkReduceDay(b *testing.B) {
	x := open(b, b.TempDir(), store.Options{Segment: 256 << 10})
	end := days(b, x, 24)
	tags := []string{"force", "temp"}
	for name, read := range map[string]func() error{
		"buckets": func() error { _, _, err := x.Reduce(b.Context(), tags, t0, end, 1600); return err },
		"samples": func() error { _, err := x.Window(b.Context(), tags, t0, end); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				check(b, read())
			}
			b.ReportMetric(2*24*3600*float64(b.N)/b.Elapsed().Seconds(), "samples/s")
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.HeapSys)/1e6, "MB-heap")
		})
	}
}
