package novelty_test

import (
	"testing"

	"edgelabel/agent/detect"
	"edgelabel/agent/series"
)

var _ detect.Pupil = build(200)

// stretchOf makes samples of values, one a second from a point on.
func stretchOf(values []float64, from int) []series.Sample {
	var out []series.Sample
	for i, v := range values {
		out = append(out, series.Sample{Tag: "x", Source: int64(from+i) * 1e9, Value: v})
	}
	return out
}

// opens counts the candidates of a stretch.
func opens(d detect.Detector, stretch []series.Sample) (n int) {
	for _, s := range stretch {
		for _, ev := range d.Push(s) {
			if !ev.Closed && !ev.Changed {
				n++
			}
		}
	}
	return n
}

// TestWhatIsTaughtIsKnown holds that a product change is less news after a person said that it is normal (some is left: bins and noise fall
// differently the next time), and that what nobody spoke of still is.
func TestWhatIsTaughtIsKnown(t *testing.T) {
	all := stretchOf(cycles(6000, 0, 0, 0), 0)
	shift := func(from, to int, by float64) {
		for i := from; i < to; i++ {
			all[i].Value += by
		}
	}
	shift(3000, 3080, 150)
	shift(4500, 4580, 150)
	shift(5500, 5580, -150)
	known := func(lesson []series.Sample) (again, other float64) {
		d := build(400)
		if n := opens(d, all[:3000]); n > 0 {
			t.Fatalf("%d candidates where nothing is wrong", n)
		}
		d.Teach(lesson)
		opens(d, all[3200:4400]) // it never sees the change itself
		return novel(d, all[4400:4700]), novel(d, all[5400:5700])
	}
	ignorant, _ := known(nil)
	taught, other := known(all[2960:3120])
	if taught > .8*ignorant || other < ignorant {
		t.Errorf("novelty %.1f without the lesson, %.1f with it, %.1f of something else", ignorant, taught, other)
	}
}

// novel adds up how new a stretch is.
func novel(d detect.Detector, stretch []series.Sample) (sum float64) {
	for _, s := range stretch {
		d.Push(s)
		sum += d.Score()
	}
	return sum
}

func TestTeachingDisturbsNothing(t *testing.T) {
	all := stretchOf(cycles(4000, 0, 0, 0), 0)
	d := build(400)
	d.Teach(all[:100]) // while it learns: nothing
	opens(d, all[:2000])
	d.Teach(nil)
	d.Teach([]series.Sample{{Tag: "x", Status: series.StatusBad}})
	d.Teach(all[1000:1200])
	if n := opens(d, all[2000:]); n > 0 {
		t.Errorf("%d candidates after a lesson in what is known", n)
	}
}
