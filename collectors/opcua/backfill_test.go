package opcua_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/opcua"
)

// filling is config with history.
func (p *plant) filling(t *testing.T) opcua.Config {
	c := p.config()
	c.Backfill, c.StateDir = true, t.TempDir()
	return c
}

// away cuts the network, lets values be made that only history has, and joins again with one more that is live.
func (p *plant) away(t *testing.T, r *running, missed ...func()) {
	t.Helper()
	p.Stop(t)
	r.waitFor(t, "the cut is noticed", func() bool { return r.status.Snapshot().State == collectors.Waiting })
	for _, f := range missed {
		f()
	}
	p.Start(t)
}

func counted(from, to int, begin time.Time) (out []*ua.DataValue) {
	for n := from; n < to; n++ {
		out = append(out, dataValue(float64(n), ua.StatusOK, begin.Add(time.Duration(n-from)*100*time.Microsecond)))
	}
	return out
}

// values lists a tag's numbers by time.
func values(r *running, tag string) (out []float64) {
	all := r.sink.Tag(tag)
	slices.SortStableFunc(all, func(a, b series.Sample) int { return int(a.Time() - b.Time()) })
	for _, s := range all {
		out = append(out, s.Value)
	}
	return out
}

func isCount(v []float64, n int) bool {
	for i := range v {
		if v[i] != float64(i) {
			return false
		}
	}
	return len(v) == n
}

func TestHoleIsReadBackFromHistory(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	first := dataValue(0.0, ua.StatusOK, time.Now())
	add := p.record(t, "force", first)
	add(first)
	p.Start(t)
	r := run(t, p.filling(t))
	r.waitFor(t, "data", func() bool { return p.Has(r.sink, 0) })
	p.away(t, r, func() {
		add(counted(1, 2500, time.Now())...) // more than two pages
		last := dataValue(2500.0, ua.StatusOK, time.Now().Add(time.Second))
		add(last)
		p.set("force", last)
	})
	r.waitFor(t, "every value", func() bool { return len(r.sink.Tag("force")) >= 2501 })
	r.stop()
	if got := values(r, "force"); !isCount(got, 2501) || len(r.sink.Gaps()) > 0 {
		t.Errorf("%d values, want 2501 in order, once; gaps %+v", len(got), r.sink.Gaps())
	}
}

func TestWhatHistoryLacksIsAGapOfTheTag(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	begin := time.Now()
	whole, part := p.record(t, "force", dataValue(0.0, ua.StatusOK, begin)), p.record(t, "part", dataValue(0.0, ua.StatusOK, begin))
	p.set("plain", dataValue(0.0, ua.StatusOK, begin))
	whole(dataValue(0.0, ua.StatusOK, begin))
	c := p.filling(t)
	c.Nodes = append(c.Nodes, p.node("part", series.Number), p.node("plain", series.Number))
	p.Start(t)
	r := run(t, c)
	r.waitFor(t, "data", func() bool { return len(r.sink.Tag("plain")) == 1 && len(r.sink.Tag("part")) == 1 })
	var from, to time.Time
	p.away(t, r, func() {
		from, to = time.Now(), time.Now().Add(time.Second)
		for name, add := range map[string]func(...*ua.DataValue){"force": whole, "part": part} {
			add(dataValue(1.0, ua.StatusOK, from), dataValue(2.0, ua.StatusOK, to))
			p.set(name, dataValue(2.0, ua.StatusOK, to))
		}
	})
	r.waitFor(t, "gaps", func() bool { return len(r.sink.Gaps()) >= 2 })
	r.stop()
	gaps := r.sink.Gaps()
	slices.SortFunc(gaps, func(a, b series.Gap) int { return len(a.Tag) - len(b.Tag) })
	if len(gaps) != 2 || gaps[0].Tag != "part" || gaps[1].Tag != "plain" {
		t.Fatalf("gaps %+v", gaps)
	}
	if g := gaps[0]; g.From/100 != begin.UnixNano()/100 || g.To/100 != from.UnixNano()/100 || !contains(g.Detail, "history begins later") {
		t.Errorf("gap %+v, want from %d to %d", g, begin.UnixNano(), from.UnixNano())
	}
	if g := gaps[1]; !contains(g.Detail, "no history") || g.Reason != series.GapDisconnected || g.Source != "press" {
		t.Errorf("gap %+v", g)
	}
	if len(r.sink.Tag("force")) != 3 || len(r.sink.Tag("part")) != 3 || len(r.sink.Tag("plain")) != 1 {
		t.Errorf("samples %v %v %v", values(r, "force"), values(r, "part"), values(r, "plain"))
	}
}

func TestSourceWithoutHistoryHasOneGap(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c := p.filling(t)
	for _, name := range []string{"force", "a", "b"} {
		p.set(name, dataValue(0.0, ua.StatusOK, time.Now()))
		c.Nodes = append(c.Nodes, p.node(name, series.Number))
	}
	c.Nodes = c.Nodes[1:]
	p.Start(t)
	r := run(t, c)
	r.waitFor(t, "data", func() bool { return len(r.sink.Tag("b")) == 1 })
	p.away(t, r)
	r.waitFor(t, "a gap", func() bool { return len(r.sink.Gaps()) > 0 })
	r.stop()
	if g := r.sink.Gaps(); len(g) != 1 || g[0].Tag != "" || g[0].Reason != series.GapDisconnected {
		t.Errorf("gaps %+v", g)
	}
}

func TestHoleIsReadBackAfterARestart(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	first := dataValue(0.0, ua.StatusOK, time.Now())
	add := p.record(t, "force", first)
	add(first)
	p.refuse("force", ua.StatusBadTooManyOperations)
	c := p.filling(t)
	p.Start(t)
	r := run(t, c)
	r.waitFor(t, "data", func() bool { return p.Has(r.sink, 0) })
	p.away(t, r, func() {
		add(counted(1, 5, time.Now())...)
		last := dataValue(5.0, ua.StatusOK, time.Now().Add(time.Second))
		add(last)
		p.set("force", last)
	})
	r.waitFor(t, "live data", func() bool { return p.Has(r.sink, 5) })
	r.waitUp(t)
	r.stop()
	if len(r.sink.Gaps()) > 0 || len(r.sink.Tag("force")) != 2 {
		t.Fatalf("before the restart: gaps %+v, values %v", r.sink.Gaps(), values(r, "force"))
	}
	p.refuse("force", ua.StatusOK)
	again := run(t, c)
	again.waitFor(t, "the rest", func() bool { return len(again.sink.Tag("force")) >= 5 })
	again.stop()
	if got := values(again, "force"); !slices.Equal(got, []float64{1, 2, 3, 4, 5}) || len(again.sink.Gaps()) > 0 {
		t.Errorf("values %v, gaps %+v", got, again.sink.Gaps())
	}
}

func TestReadingBackNeverHoldsUpLiveData(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	first := dataValue(0.0, ua.StatusOK, time.Now())
	add := p.record(t, "force", first)
	add(first)
	c := p.filling(t)
	c.BackfillRate, c.BackfillTime = 1000, 1500*time.Millisecond
	p.Start(t)
	r := run(t, c)
	r.waitFor(t, "data", func() bool { return p.Has(r.sink, 0) })
	p.away(t, r, func() {
		add(counted(1, 9000, time.Now())...)
		last := dataValue(9000.0, ua.StatusOK, time.Now().Add(time.Second))
		add(last)
		p.set("force", last)
	})
	r.waitFor(t, "reading back", func() bool { return len(r.sink.Tag("force")) >= 1000 })
	p.Send(t, 9001)
	r.waitFor(t, "live data first", func() bool { return p.Has(r.sink, 9001) })
	r.waitFor(t, "the rest is given up", func() bool { return len(r.sink.Gaps()) > 0 })
	r.stop()
	g := r.sink.Gaps()[0]
	if len(r.sink.Tag("force")) > 6000 || g.Tag != "force" || !contains(g.Detail, "took longer than") || g.From == first.SourceTimestamp.UnixNano() {
		t.Errorf("%d values, gap %+v", len(r.sink.Tag("force")), g)
	}
}

func TestDamagedStateIsSetAside(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	c := p.filling(t)
	path := filepath.Join(c.StateDir, "press.holes.json")
	writeFile(t, path, []byte("[{"))
	p.Start(t)
	r := run(t, c)
	r.waitUp(t)
	r.stop()
	if _, err := os.Stat(path + ".bad"); err != nil || !contains(r.status.Snapshot().Problems["history"], "set aside") {
		t.Errorf("%v, problems %v", err, r.status.Snapshot().Problems)
	}
}
