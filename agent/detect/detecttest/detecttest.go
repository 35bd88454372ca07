// Package detecttest holds every detector to the contract of detect.Detector.
package detecttest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"edgelabel/agent/detect"
	"edgelabel/agent/series"
)

const second = int64(1e9)

// Fixture is what the suite needs to know about a detector.
type Fixture struct {
	New func(t *testing.T) detect.Detector // a fresh one, for the tag "x"

	// Signal is a row of values, one a second, with a fault that opens at least one candidate and closes it again.
	Signal []float64

	Long int // samples after which memory must no longer grow; 0 is 20,000. Five times as many follow
}

// Run runs the suite.
func Run(t *testing.T, f Fixture) {
	t.Run("opens and closes", func(t *testing.T) { testLife(t, f) })
	t.Run("same input, same answer", func(t *testing.T) {
		if a, b := watch(f.New(t), f.samples(), 0, nil), watch(f.New(t), f.samples(), 0, nil); a != b {
			t.Errorf("first %s\nthen  %s", a, b)
		}
	})
	t.Run("ticks change nothing", func(t *testing.T) {
		plain := watch(f.New(t), f.samples(), 0, nil)
		for _, n := range []int{1, 3, 10} {
			if ticked := watch(f.New(t), f.samples(), n, nil); ticked != plain {
				t.Errorf("with %d ticks between samples: %s\nwithout: %s", n, ticked, plain)
			}
		}
	})
	t.Run("unusable samples change nothing", func(t *testing.T) { testUnusable(t, f) })
	t.Run("any input", func(t *testing.T) { testAnything(t, f) })
	t.Run("restored, it goes on as if nothing had been", func(t *testing.T) { testKept(t, f) })
	t.Run("memory is bounded", func(t *testing.T) { testMemory(t, f) })
}

func (f Fixture) samples() []series.Sample {
	all := make([]series.Sample, len(f.Signal))
	for i, v := range f.Signal {
		all[i] = series.Sample{Tag: "x", Source: int64(i+1) * second, Receive: int64(i+1) * second, Value: v}
	}
	return all
}

// watch returns all events as JSON. Between two samples time ticks so often. before is pushed before each sample.
func watch(d detect.Detector, samples []series.Sample, ticks int, before func(s series.Sample) []series.Sample) string {
	var events []detect.Event
	last := int64(0)
	for _, s := range samples {
		for i := range ticks {
			events = append(events, d.Tick(last+(s.Time()-last)*int64(i+1)/int64(ticks+1))...)
		}
		if before != nil {
			for _, extra := range before(s) {
				events = append(events, d.Push(extra)...)
			}
		}
		events = append(events, d.Push(s)...)
		last = s.Time()
	}
	b, err := json.Marshal(events)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func testLife(t *testing.T, f Fixture) {
	d := f.New(t)
	open := map[string]detect.Event{}
	closed := 0
	for i, s := range f.samples() {
		for _, ev := range d.Push(s) {
			key := ev.Key()
			before, isOpen := open[key]
			if isOpen != (ev.Closed || ev.Changed) {
				t.Fatalf("row %d: %+v while open is %v", i, ev, isOpen)
			}
			if problem := wrong(ev, before); problem != "" {
				t.Errorf("row %d: %s: %+v", i, problem, ev)
			}
			open[key] = ev
			if ev.Closed {
				delete(open, key)
				closed++
			}
		}
		if score := d.Score(); !(score >= 0 && score <= 1) {
			t.Errorf("row %d: score %v", i, score)
		}
	}
	if closed == 0 || len(open) != 0 {
		t.Errorf("%d candidates closed and %d stay open", closed, len(open))
	}
}

// wrong says what is wrong with an event. before is the opening of a candidate that closes.
func wrong(ev, before detect.Event) string {
	c := ev.Candidate
	switch {
	case c.Rule == "" || c.Detector == "" || len(c.Tags) != 1 || c.Tags[0] != "x":
		return "does not say who found it where"
	case c.Explain.EN == "" || c.Explain.ZH == "":
		return "does not explain itself"
	case !(c.Score >= 0 && c.Score <= 1) || math.IsNaN(c.Value) || math.IsInf(c.Value, 0):
		return "score or value is out of range"
	case c.Severity < 1 || c.Severity > 1000:
		return "severity is out of range"
	case ev.At < c.From:
		return "known before it began"
	case !ev.Closed && c.To != 0:
		return "opens with an end"
	case ev.Closed && (c.To < c.From || ev.At < c.To || c.From != before.Candidate.From):
		return "ends before it began"
	case ev.Changed && (ev.Closed || c.From != before.Candidate.From || c.Severity < before.Candidate.Severity):
		return "becomes another one"
	}
	return ""
}

func testUnusable(t *testing.T, f Fixture) {
	plain := watch(f.New(t), f.samples(), 0, nil)
	noisy := watch(f.New(t), f.samples(), 0, func(s series.Sample) []series.Sample {
		var extra []series.Sample
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			x := s
			x.Value = v
			extra = append(extra, x)
		}
		bad := s
		bad.Status, bad.Value = series.StatusBad|0x00050000, s.Value*1000+1000
		return append(extra, bad)
	})
	if noisy != plain {
		t.Errorf("with: %s\nwithout: %s", noisy, plain)
	}
}

func testAnything(t *testing.T, f Fixture) {
	rnd := rand.New(rand.NewPCG(7, 7))
	d := f.New(t)
	values := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1, 1e-300}
	at := int64(0)
	for i := range 5000 {
		at += int64(rnd.IntN(3)) * second // the same moment may come again
		s := series.Sample{Tag: "x", Source: at, Receive: at, Value: values[rnd.IntN(len(values))], Status: uint32(rnd.IntN(4)) << 30}
		for _, ev := range append(d.Push(s), d.Tick(at)...) {
			if _, err := json.Marshal(ev.Candidate); err != nil {
				t.Fatalf("row %d: %v", i, err)
			}
		}
		if score := d.Score(); !(score >= 0 && score <= 1) {
			t.Fatalf("row %d: score %v", i, score)
		}
		if l, ok := d.(detect.Learner); ok && i%7 == 0 {
			l.Learn(s)
		}
	}
}

// most is the memory that a detector of one signal may take, in bytes.
const most = 1 << 20

func testMemory(t *testing.T, f Fixture) {
	d := f.New(t)
	rnd := rand.New(rand.NewPCG(3, 3))
	push := func(from, to int) {
		for i := from; i < to; i++ {
			d.Push(series.Sample{Tag: "x", Source: int64(i+1) * second, Value: rnd.NormFloat64() * float64(1+i%1000)})
		}
	}
	long := cmp.Or(f.Long, 20_000)
	push(0, long)
	before := heap()
	push(long, 6*long)
	if grown := int64(heap()) - int64(before); grown > most {
		t.Errorf("%d bytes more after %d samples", grown, 5*long)
	}
	runtime.KeepAlive(d)
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Tells holds a detector to the story of a row of values, see Story.
func Tells(t *testing.T, d detect.Detector, values []float64, story []string) {
	t.Helper()
	if got := Story(d, values); !slices.Equal(got, story) {
		t.Errorf("got  %q\nwant %q", got, story)
	}
}

// Story tells the events of a row of values, one a second from second 1 on, in one line each: "open 10-: sentence".
func Story(d detect.Detector, values []float64) []string {
	var story []string
	tell := func(events []detect.Event) {
		for _, ev := range events {
			c := ev.Candidate
			switch {
			case ev.Closed:
				story = append(story, fmt.Sprintf("close %g-%g: %s", float64(c.From)/1e9, float64(c.To)/1e9, c.Explain.EN))
			case ev.Changed:
				story = append(story, fmt.Sprintf("raise %g to %s %d: %s", float64(c.From)/1e9, c.Limit, c.Severity, c.Explain.EN))
			default:
				story = append(story, fmt.Sprintf("open %g: %s", float64(c.From)/1e9, c.Explain.EN))
			}
		}
	}
	for i, v := range values {
		at := int64(i+1) * second
		if math.IsNaN(v) {
			tell(d.Tick(at))
			continue
		}
		tell(d.Push(series.Sample{Tag: "x", Source: at, Receive: at, Value: v}))
	}
	return story
}
