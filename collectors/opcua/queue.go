package opcua

import (
	"slices"
	"sync"

	"edgelabel/agent/series"
)

const (
	maxBatch       = 2000 // samples handed to the sink at once
	maxPendingGaps = 1000 // beyond it a new gap is merged with one that waits
)

// queue stands between the network and the sink, so that a slow disk never stops the reading. It is bounded by points; when full it drops
// the oldest samples and remembers a gap in their place. All methods may be called from any goroutine and none blocks.
type queue struct {
	source string
	limit  int
	wake   chan struct{} // has one element when there may be something to take

	mu       sync.Mutex
	samples  []series.Sample
	points   int
	gaps     []series.Gap
	out      int64 // time of the newest sample that was taken
	dropping bool  // the oldest samples were dropped since the last take
	from, to int64 // of that gap
	dropped  int
}

func newQueue(source string, limit int) *queue {
	return &queue{source: source, limit: limit, wake: make(chan struct{}, 1)}
}

// put appends samples and drops the oldest ones that no longer fit.
func (q *queue) put(samples ...series.Sample) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, s := range samples {
		q.points += weight(s)
	}
	q.samples = append(q.samples, samples...)
	q.trimLocked()
	q.signal()
}

// addGap appends a gap record, which is never dropped.
func (q *queue) addGap(g series.Gap) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.addGapLocked(g)
	q.signal()
}

func (q *queue) addGapLocked(g series.Gap) {
	if len(q.gaps) >= maxPendingGaps {
		same := func(o series.Gap) bool { return o.Tag == g.Tag && o.Reason == g.Reason }
		if i := slices.IndexFunc(q.gaps, same); i >= 0 {
			q.gaps[i].From, q.gaps[i].To = min(q.gaps[i].From, g.From), max(q.gaps[i].To, g.To)
			return
		}
	}
	q.gaps = append(q.gaps, g)
}

// take removes what waits: gaps first, then at most maxBatch samples. The caller owns the slices.
func (q *queue) take() ([]series.Gap, []series.Sample) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closeGapLocked()
	gaps := q.gaps
	q.gaps = nil
	n := min(len(q.samples), maxBatch)
	batch := slices.Clone(q.samples[:n])
	q.samples = slices.Delete(q.samples, 0, n)
	for _, s := range batch {
		q.points -= weight(s)
		q.out = max(q.out, s.Time())
	}
	if len(q.samples) > 0 {
		q.signal()
	}
	return gaps, batch
}

// giveBack returns what was taken and could not be delivered to the front.
func (q *queue) giveBack(gaps []series.Gap, batch []series.Sample) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.gaps = append(slices.Clone(gaps), q.gaps...)
	q.samples = append(slices.Clone(batch), q.samples...)
	for _, s := range batch {
		q.points += weight(s)
	}
	q.trimLocked()
	q.signal()
}

// len counts the samples and gaps that wait.
func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.samples) + len(q.gaps)
}

func (q *queue) trimLocked() {
	n := 0
	for ; q.points > q.limit && n < len(q.samples)-1; n++ {
		if !q.dropping {
			q.dropping, q.from, q.to, q.dropped = true, q.out, 0, 0
			if q.from == 0 {
				q.from = q.samples[n].Time()
			}
		}
		q.points -= weight(q.samples[n])
		q.to = max(q.to, q.samples[n].Time())
		q.dropped++
	}
	q.samples = slices.Delete(q.samples, 0, n)
}

// closeGapLocked turns dropped samples into a gap that ends where the samples begin again.
func (q *queue) closeGapLocked() {
	if !q.dropping {
		return
	}
	q.dropping = false
	q.addGapLocked(series.Gap{Source: q.source, From: q.from, To: max(q.from, q.to, q.samples[0].Time()), Reason: series.GapOverflow,
		Detail: overflowDetail(q.dropped)})
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func weight(s series.Sample) int { return max(1, len(s.Wave)) }
