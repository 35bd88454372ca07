package multivariate_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/detecttest"
	"edgelabel/agent/detect/multivariate"
	"edgelabel/agent/series"
)

var asset = series.Tag{ID: "press1", Name: "Press 1"}

func tags(n int) []series.Tag {
	all := make([]series.Tag, n)
	for i := range all {
		all[i] = series.Tag{ID: fmt.Sprint("t", i), Name: fmt.Sprint("Signal ", i), Kind: series.Number}
	}
	return all
}

func build(n, learn int) *multivariate.Detector {
	return multivariate.New(asset, tags(n), detect.Rule{Kind: detect.Multivariate, Warmup: learn}.Complete(asset))
}

// rows of n signals that follow two common causes.
func rows(count, n int) [][]float64 { return seeded(2, count, n) }

func seeded(seed uint64, count, n int) [][]float64 {
	rnd := rand.New(rand.NewPCG(1, seed))
	all := make([][]float64, count)
	for i := range all {
		a, b := rnd.NormFloat64(), rnd.NormFloat64()
		for j := range n {
			all[i] = append(all[i], 10*float64(j)+a*float64(1+j%3)+b*float64(j%2)+.2*rnd.NormFloat64())
		}
	}
	return all
}

func watch(t *testing.T, d detect.Panel, rows [][]float64) []detect.Event {
	t.Helper()
	var all []detect.Event
	for i, row := range rows {
		for _, ev := range d.Row(int64(i+1)*1e9, row) {
			c := ev.Candidate
			if c.Rule != "press1.multivariate" || len(c.Tags) == 0 || c.Explain.ZH == "" || !(c.Score >= .5 && c.Score <= 1) || ev.At < c.From {
				t.Errorf("row %d: %+v", i, ev)
			}
			ev.Candidate.Tags = slices.Clone(c.Tags)
			all = append(all, ev)
		}
		if s := d.Score(); !(s >= 0 && s <= 1) {
			t.Fatalf("row %d: score %v", i, s)
		}
	}
	return all
}

func TestFlagsWhatDoesNotGoTogether(t *testing.T) {
	all := rows(1500, 8)
	for _, row := range all[1000:1100] {
		row[3] -= 2 // within its own range, against the others
	}
	events := watch(t, build(8, 300), all)
	if len(events) != 2 || events[0].Closed || !events[1].Closed {
		t.Fatalf("events: %+v", events)
	}
	first, last := events[0].Candidate, events[1].Candidate
	if first.From < 1000e9 || first.From > 1020e9 || last.To < 1100e9 || last.To > 1140e9 {
		t.Errorf("from %g to %g s, want about 1001 to 1101", float64(first.From)/1e9, float64(last.To)/1e9)
	}
	if first.Tags[0] != "t3" || !slices.Equal(first.Tags, last.Tags) {
		t.Errorf("blamed %v, then %v", first.Tags, last.Tags)
	}
	if !strings.HasPrefix(first.Explain.EN, "The signals of Press 1 do not go together as usual; most of it comes from Signal 3") ||
		!strings.Contains(last.Explain.ZH, "主要来自：Signal 3") {
		t.Errorf("%+v", last.Explain)
	}
}

// TestNormalRowsAreQuiet holds that less than one in a hundred normal rows is flagged.
func TestNormalRowsAreQuiet(t *testing.T) {
	const seeds = 8
	flagged := int64(0)
	for seed := range uint64(seeds) {
		for _, ev := range watch(t, build(8, 300), seeded(seed, 5000, 8)) {
			if ev.Closed {
				flagged += ev.Candidate.To - ev.Candidate.From
			}
		}
	}
	t.Logf("%d of %d rows flagged", flagged/1e9, seeds*4700)
	if flagged > seeds*47e9 {
		t.Errorf("%d of %d rows flagged", flagged/1e9, seeds*4700)
	}
}

// TestFollowsDrift holds that a fault still stands out after a slow drift has taken the asset six standard deviations away.
func TestFollowsDrift(t *testing.T) {
	all := rows(6000, 8)
	for i, row := range all {
		for j := range row {
			row[j] += float64(1+j%3) * float64(i) / 1000 // the common cause
		}
		if i >= 4000 && i < 4100 {
			row[3] -= 3
		}
	}
	during, apart := 0, int64(0)
	for _, ev := range watch(t, build(8, 300), all) {
		c := ev.Candidate
		switch onset := c.From / 1e9; {
		case onset >= 4000 && onset < 4100 && !ev.Closed:
			during++
		case (onset < 4000 || onset >= 4100) && ev.Closed:
			apart += (c.To - c.From) / 1e9
		}
	}
	if during != 1 || apart > 900 {
		t.Errorf("%d candidates during the fault, want 1; %d rows flagged apart from it", during, apart)
	}
}

func TestLastingChangeBecomesNormal(t *testing.T) {
	all := rows(3000, 4)
	for _, row := range all[500:] {
		row[1] += 50
	}
	events := watch(t, build(4, 300), all)
	if len(events) != 2 || events[1].At > 1500e9 {
		t.Errorf("events: %+v", events)
	}
}

// TestLearnsWhatItIsTold holds that taught rows are the warm-up, and that ticks and missing values change nothing.
func TestLearnsWhatItIsTold(t *testing.T) {
	all := rows(900, 4)
	for _, row := range all[600:620] {
		row[2] += 30
	}
	pushed, taught := build(4, 300), build(4, 300)
	nan := []float64{math.NaN(), math.Inf(1)}
	for i, row := range all {
		at := int64(i+1) * 1e9
		want, err := json.Marshal(pushed.Row(at, row))
		if err != nil {
			t.Fatal(err)
		}
		if i < 300 {
			taught.Learn(row)
			continue
		}
		if events := taught.Tick(at - 5e8); len(events) > 0 {
			t.Errorf("row %d: a tick made %+v", i, events)
		}
		got, err := json.Marshal(taught.Row(at, row))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Fatalf("row %d: %s, want %s", i, got, want)
		}
	}
	if events := taught.Row(901e9, nan); len(events) > 0 || taught.Score() > .5 {
		t.Errorf("no values: %+v, score %v", events, taught.Score())
	}
}

func TestConstantAndSilentSignals(t *testing.T) {
	all := rows(800, 3)
	for _, row := range all {
		row[0], row[1] = 7, math.NaN()
	}
	if events := watch(t, build(3, 300), all[:600]); len(events) > 0 {
		t.Errorf("events: %+v", events)
	}
	for _, row := range all[500:] {
		row[0] = 9
	}
	if events := watch(t, build(3, 300), all); len(events) == 0 || events[0].Candidate.Tags[0] != "t0" {
		t.Errorf("a constant that moves: %+v", events)
	}
}

// TestRestoredGoesOn holds that a detector that was stopped anywhere answers as one that was not.
func TestRestoredGoesOn(t *testing.T) {
	all := rows(1500, 5)
	for _, row := range all[600:1200] {
		row[2] += 4
	}
	plain := build(5, 200)
	var want []string
	for i, row := range all {
		want = append(want, fmt.Sprint(plain.Row(int64(i+1)*1e9, row), plain.Score()))
	}
	for _, cut := range []int{1, 100, 199, 200, 400, 620, 900, 1190, 1210, 1400} {
		d := build(5, 200)
		for i, row := range all {
			if i == cut {
				state := detect.Kept(d)
				if d = build(5, 200); detect.Restore(state, d) != nil {
					t.Fatalf("restore at row %d: %v", cut, detect.Restore(state, build(5, 200)))
				}
			}
			if got := fmt.Sprint(d.Row(int64(i+1)*1e9, row), d.Score()); got != want[i] {
				t.Fatalf("restarted at %d, row %d: %s, want %s", cut, i, got, want[i])
			}
		}
	}
	if err := detect.Restore(detect.Kept(plain), build(6, 200)); err == nil {
		t.Error("the state of five signals was taken for that of six")
	}
}

// FuzzRow holds that no table of numbers breaks scores or sentences.
func FuzzRow(f *testing.F) {
	seed := func(values ...float64) {
		var b []byte
		for _, v := range values {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
		f.Add(b)
	}
	seed(0, 0, 0, 0, 0, 0)
	seed(math.MaxFloat64, -math.MaxFloat64, math.NaN(), math.Inf(1), 1e-320, 1, 2, 3, -1e200)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1024 {
			return
		}
		d := build(3, detect.LeastLearn)
		var row []float64
		at := int64(0)
		for range 6 {
			for i := 0; i+8 <= len(b); i += 8 {
				if row = append(row, math.Float64frombits(binary.LittleEndian.Uint64(b[i:]))); len(row) < 3 {
					continue
				}
				at += 1e9
				events := d.Row(at, row)
				if s := d.Score(); !(s >= 0 && s <= 1) {
					t.Fatalf("score %v after %v", s, row)
				}
				if _, err := json.Marshal(events); err != nil {
					t.Fatal(err)
				}
				row = row[:0]
			}
		}
	})
}

func BenchmarkRow52(b *testing.B) {
	all := rows(2000, 52)
	d := build(52, 500)
	for _, row := range all[:500] {
		d.Learn(row)
	}
	b.ReportAllocs()
	done := detecttest.CPU(b)
	for i := range b.N {
		d.Row(int64(i+1)*1e9, all[500+i%1500])
	}
	b.ReportMetric(float64(b.N)/done().Seconds()/1e3, "krows/s")
}
