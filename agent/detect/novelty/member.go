package novelty

// How a member learns and judges. Shares are of a match, which is 0 to 1.
const (
	firstVigilance = .8
	highestUpper   = .97
	raise          = .19 // share of the way to the lowest match that the lower vigilance goes up
	leastDrop      = .01
	dropFrom       = .05
	dropUpTo       = .37
	calm           = 1.5 // windows
	breakAlarm     = .9  // of the last alarm's match: new enough to be told during the calm after it
	breakChange    = .7
)

// member is one novelty detector: it knows the windows that it has seen and scores those that are like none of them. Its two vigilances
// follow the signal, so that a quiet one is judged more strictly than a restless one.
type member struct {
	width  int // values in a window
	scale  scale
	art    art
	window []float32 // oldest first
	x      []float32 // the input at hand
	steps  int       // judged
	period int       // steps in a warm-up

	lower, upper float64 // vigilances
	recent       []float64
	sum          float64 // of all matches

	alarms    int
	alarmSum  float64 // of the matches of alarms
	lastAlarm float64
	alarmAt   int // step
	masked    mask
	since     int // step from which the calm counts
}

type mask uint8

const (
	open mask = iota
	afterAlarm
	afterChange
)

func newMember(width int, slack float64, warmup []float64) member {
	features := 2 * width
	m := member{width: width, period: max(len(warmup), 2), art: newART(features, width-1), x: make([]float32, 2*features)}
	m.recent = make([]float64, 0, m.period)
	m.scale = newScale(warmup, slack)
	m.begin(warmup)
	return m
}

// begin finds the first vigilance with a scratch network, and then learns the warm-up. What it would have flagged there was normal: it
// tells how unlike the rest a normal window can be.
func (m *member) begin(warmup []float64) {
	scratch := *m
	scratch.recent = nil
	scratch.lower, scratch.upper = firstVigilance, firstVigilance
	sum, n := 0.0, 0
	for i, v := range warmup {
		if !scratch.see(v) {
			continue
		}
		match, _, _ := scratch.learn()
		if 2*i >= len(warmup) {
			sum += match
			n++
		}
	}
	m.lower, m.upper = firstVigilance, firstVigilance
	if n > 0 {
		m.lower = sum / float64(n)
		m.upper = m.lower
	}
	for _, v := range warmup {
		m.step(v, false)
	}
}

// see takes a value into the window and reports whether the window is full; then x is the input.
func (m *member) see(v float64) bool {
	m.widen(v)
	if len(m.window) == m.width {
		copy(m.window, m.window[1:])
		m.window = m.window[:m.width-1]
	}
	m.window = append(m.window, m.scale.value(v))
	if len(m.window) < m.width {
		return false
	}
	copy(m.x, m.window)
	haar(m.x[m.width:2*m.width], m.window)
	for i, half := 0, 2*m.width; i < half; i++ {
		m.x[half+i] = 1 - m.x[i]
	}
	return true
}

// widen takes a value into the range, and what is known with it.
func (m *member) widen(v float64) {
	if move := m.scale.include(v); move != nil {
		m.art.rescale(m.width, move)
		for i := range m.window {
			m.window[i] = move(m.window[i])
		}
	}
}

// learn matches the input and lets the network learn it. known is false for a new kind of window.
func (m *member) learn() (match, e float64, known bool) {
	upper := float32(m.upper)
	if m.art.len() == 0 {
		m.art.add(m.x, m.steps)
		return 1, 1, true
	}
	best, near := m.art.best(m.x, upper)
	match, e = float64(min(best, 1)), float64(min(near, 1))
	if best >= upper {
		m.art.resonate(m.x, upper, m.steps)
	} else {
		m.art.add(m.x, m.steps)
	}
	return match, e, match >= m.lower
}

// step judges a value: 0 is known, more is new. Where it is taught, nothing is new.
func (m *member) step(v float64, taught bool) float64 {
	if !m.see(v) {
		return 0
	}
	match, e, known := m.learn()
	m.note(match)
	quiet := int(calm * float64(m.width))
	score := 0.0
	if !known && !taught {
		score = m.judge(match, e)
	}
	if m.masked != open && !known && score == 0 {
		m.since = m.steps
	}
	switch {
	case score > 0:
		m.alarms++
		m.alarmSum += match
		m.lastAlarm, m.alarmAt = match, m.steps
		m.masked, m.since = afterAlarm, m.steps
	case m.steps%(max(m.period/2, 1)) == 0, m.alarms > 0 && m.steps == m.alarmAt+quiet:
		m.adapt()
		m.masked, m.since = afterChange, m.steps
	case m.masked != open && m.steps-m.since >= quiet:
		m.masked = open
	}
	return score
}

func (m *member) note(match float64) {
	if len(m.recent) < m.period {
		m.recent = append(m.recent, match)
	} else {
		m.recent[m.steps%m.period] = match
	}
	m.sum += match
	m.steps++
}

// judge scores a match below the lower vigilance. Soon after an alarm or a change of the vigilances only what is newer still counts.
func (m *member) judge(match, e float64) float64 {
	limit := 1.0
	if m.masked == afterAlarm {
		limit = breakAlarm
	} else if m.masked == afterChange {
		limit = breakChange
	}
	if m.masked != open && (m.alarms == 0 || match >= limit*m.lastAlarm) {
		return 0
	}
	rest := max(1-match, tiny)
	return min(1, .35*(m.upper-match)/rest+.65*(m.lower-match)/rest+1.5*(1-e))
}

// adapt lets the vigilances follow the signal.
func (m *member) adapt() {
	m.upper = min(highestUpper, m.sum/float64(m.steps))
	if lowest := m.lowest(m.period / 2); m.lower <= lowest {
		m.lower += raise * (lowest - m.lower)
	} else {
		lower := m.lower - m.drop()
		if m.alarms > 0 {
			lower = max(lower, m.alarmSum/float64(m.alarms))
		}
		m.lower = min(m.lower, lower)
	}
	m.lower = min(m.lower, m.upper)
}

// lowest is the lowest of the newest n matches.
func (m *member) lowest(n int) float64 {
	low := 1.0
	for i := 1; i <= min(n, len(m.recent)); i++ {
		low = min(low, m.recent[(m.steps-i)%m.period])
	}
	return low
}

// drop is by how much a signal that keeps on bringing new windows makes its judge more tolerant.
func (m *member) drop() float64 {
	if m.steps < 2*m.period {
		return leastDrop
	}
	sum, n := 0.0, 0
	for _, match := range m.recent {
		if short := m.upper - match; short > dropFrom {
			sum += min(dropUpTo, short)
			n++
		}
	}
	if n == 0 {
		return leastDrop
	}
	return max(leastDrop, sum/float64(n)/2)
}

// haar writes the transform of the window, scaled to 0..1 first: its shape without its size. The mean and the differences are 0..1.
func haar(out, window []float32) {
	lo, hi := window[0], window[0]
	for _, v := range window {
		lo, hi = min(lo, v), max(hi, v)
	}
	for i, v := range window {
		out[i] = .5
		if hi > lo {
			out[i] = (v - lo) / (hi - lo)
		}
	}
	var means, parts [maxWidth]float32
	for n := len(window); n > 1; n /= 2 {
		for i := range n / 2 {
			a, b := out[2*i], out[2*i+1]
			means[i], parts[i] = (a+b)/2, (a-b)/2+.5
		}
		copy(out, means[:n/2])
		copy(out[n/2:n], parts[:n/2])
	}
}
