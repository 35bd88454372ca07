package shape

import (
	"math"

	"edgelabel/agent/detect/rhythm"
)

// How a signal is cut and judged.
const (
	points      = 32   // bins in a window, about
	reach       = 8192 // bins that a window is compared with; half as many at the finer scale, where there are twice as many
	noPeriod    = 64   // samples in a window where nothing repeats
	meanShare   = .02  // of the usual distance, added to its spread
	roughShare  = .5   // weight of roughness
	roughFrom   = 2.   // standard deviations of roughness that are nothing
	roughMost   = 10.
	smoothShare = .05 // added to the spread of the logarithm of roughness
	rhythmOver  = 8000
)

// judge works out how unusual the shape of a signal is, one answer a bin:
//
//	samples ─┬─▶ bins of P/32 ─▶ left profile, windows of P   ─▶ smoothed ─▶ z ─┐
//	         ├─▶ bins of P/64 ─▶ left profile, windows of P/2 ─▶ smoothed ─▶ z ─┼─▶ placed at the window's middle, added
//	         └─▶ second differences ─▶ mean over P/2, and over P    ─▶ z ───────┘
//
// P is the period of the samples that it was made from. It is a plain value: nothing in it points outside.
type judge struct {
	found  rhythm.Rhythm
	scale  float64
	rows   int // seen
	from   int // row from which the statistics are learned
	scales [2]scaled
	rough  roughness
	queue  queue
}

// scaled is the profile at one scale.
type scaled struct {
	bin          int // rows
	n            int
	sum          float64
	profile      profile
	form, size   running
	formZ, sizeZ usual
}

func newScaled(rows, window, reach int) scaled {
	bin := max(1, int(math.Round(float64(rows)/points)))
	width := max(4, int(math.Round(float64(window)/float64(bin))))
	return scaled{bin: bin, profile: newProfile(width, reach), form: newRunning(width), size: newRunning(width)}
}

// newJudge learns on the signal's first samples.
func newJudge(warmup []float64) *judge {
	found := rhythm.Of(warmup[max(0, len(warmup)-rhythmOver):])
	scale := found.Spread
	if scale == 0 {
		scale = max(math.Abs(found.Mean), 1)
	}
	j := blank(found, scale, len(warmup)/2)
	for _, v := range warmup {
		j.push(v)
	}
	return j
}

// blank is a judge that has seen nothing.
func blank(found rhythm.Rhythm, scale float64, from int) *judge {
	j := &judge{found: found, scale: scale, from: from}
	period := j.period()
	j.scales = [2]scaled{newScaled(period, period, reach), newScaled(period/2, period/2, reach/2)}
	width := j.scales[0].profile.width
	j.rough = newRoughness(width)
	j.queue = newQueue(width)
	return j
}

func (j *judge) period() int {
	if j.found.Period == 0 {
		return noPeriod
	}
	return j.found.Period
}

// push takes the next value. Now and then it has an answer: how unusual the bin was that is behind rows behind the newest, by its first.
func (j *judge) push(v float64) (score float64, ok bool) {
	x := v/j.scale - j.found.Mean/j.scale
	x = max(-furthest, min(furthest, x))
	learn := j.rows >= j.from
	j.rows++
	j.rough.push(x)
	for i := range j.scales {
		s := &j.scales[i]
		if z, full := s.push(x, learn); full {
			middle := j.rows - (2*s.profile.width-1)*s.bin/2
			j.queue.put(i, middle/j.scales[0].bin, z/float64(2*len(j.scales)))
		}
	}
	if j.rows%j.scales[0].bin != 0 {
		return 0, false
	}
	at := j.rows/j.scales[0].bin - 1
	short, long := j.rough.bin(learn)
	width := j.scales[0].profile.width
	j.queue.put(2, at-width/4, roughShare*short)
	j.queue.put(3, at-width/2, roughShare*long)
	return j.queue.take(at - width - 1), true
}

// behind is how many rows before the newest one the row of an answer is.
func (j *judge) behind() int { return (j.scales[0].profile.width+2)*j.scales[0].bin - 1 }

// push answers with the sum of both z, none below nothing, when a bin is full.
func (s *scaled) push(x float64, learn bool) (z float64, full bool) {
	s.sum += x
	if s.n++; s.n < s.bin {
		return 0, false
	}
	form, size, ok := s.profile.push(s.sum / float64(s.bin))
	s.n, s.sum = 0, 0
	if !ok {
		return 0, false
	}
	z = max(0, s.formZ.z(s.form.add(form), 0, meanShare, learn)) + max(0, s.sizeZ.z(s.size.add(size), 0, meanShare, learn))
	return z, true
}

// roughness watches the size of second differences: bursts of noise, spikes, and a signal that is too smooth.
type roughness struct {
	last, before float64
	sum          float64
	n            int
	seen         int
	short, long  running
	shortZ       usual
	longZ        usual
}

func newRoughness(width int) roughness {
	return roughness{short: newRunning(width / 2), long: newRunning(width)}
}

func (r *roughness) push(x float64) {
	if r.seen >= 2 {
		d := x - 2*r.last + r.before
		r.sum += d * d
	}
	r.seen = min(r.seen+1, 2)
	r.n++
	r.before, r.last = r.last, x
}

// bin ends a bin.
func (r *roughness) bin(learn bool) (short, long float64) {
	e := r.sum / float64(max(r.n, 1))
	r.sum, r.n = 0, 0
	short = r.shortZ.z(r.short.add(e), 0, meanShare, learn)
	long = math.Abs(r.longZ.z(math.Log(r.long.add(e)+1e-12), smoothShare, 0, learn))
	return min(max(0, short-roughFrom), roughMost), min(max(0, long-roughFrom), roughMost)
}

// channels are what is added up.
const channels = 4

// queue keeps what the channels said about the newest bins until all have spoken.
type queue struct{ slots [channels][]float64 }

func newQueue(width int) queue {
	var q queue
	for i := range q.slots {
		q.slots[i] = make([]float64, width+8)
	}
	return q
}

func (q *queue) put(channel, bin int, v float64) {
	if bin >= 0 {
		slot := &q.slots[channel][bin%len(q.slots[channel])]
		*slot = max(*slot, v)
	}
}

func (q *queue) take(bin int) (sum float64) {
	if bin < 0 {
		return 0
	}
	for i := range q.slots {
		slot := &q.slots[i][bin%len(q.slots[i])]
		sum += *slot
		*slot = 0
	}
	return sum
}
