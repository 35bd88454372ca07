package history

import (
	"context"
	"io"
	"math"
	"sort"
	"time"

	"edgelabel/agent/series"
	"edgelabel/store/frame"
	"edgelabel/store/pyramid"
)

// LongestWave is how far before a range a block of points may begin that reaches into it.
const LongestWave = time.Minute

// Reduce gives each tag's reducer what is on disk of its Range: cells of the pyramid where they are fine enough for it, else the samples,
// in no particular order and as often as they were delivered. One block is in memory at a time, and writers wait for one segment at
// most. Blocks that cannot be read come back as gaps.
func (h *History) Reduce(ctx context.Context, into map[string]*series.Reducer) ([]series.Gap, error) {
	r := h.reducing(into)
	for _, s := range h.snapshot() {
		if !r.touches(&s) {
			continue
		}
		if err := r.current(ctx, s.num); err != nil {
			return nil, err
		}
	}
	return r.gaps, nil
}

// reducing is a reading whose samples go to reducers.
type reducing struct {
	*reading
	into map[string]*series.Reducer
}

func (h *History) reducing(into map[string]*series.Reducer) *reducing {
	from, to, lead := int64(math.MaxInt64), int64(math.MinInt64), int64(0)
	var tags []string
	for tag, r := range into {
		first, last := r.Range()
		from, to = min(from, first), max(to, last)
		if h.rate(tag) > 0 {
			lead = int64(LongestWave)
		}
		tags = append(tags, tag)
	}
	r := &reducing{into: into}
	r.reading = h.reading(tags, from-lead, to, r.reduce)
	return r
}

func (r *reducing) reduce(payload []byte, want map[string]bool) error {
	return r.h.codec.Traces(payload, want, func(t *series.Trace) {
		into := r.into[t.Tag]
		for i, at := range t.T {
			into.Add(at, t.V[i], t.Status[i])
		}
	}, func(samples []series.Sample) {
		for i := range samples {
			x := &samples[i]
			pyramid.Points(x, r.h.rate(x.Tag), r.into[x.Tag].Add)
		}
	})
}

// current reads the segment with the number as it is now: it may have been sealed, or dropped, since the reading began.
func (r *reducing) current(ctx context.Context, num uint64) error {
	r.h.files.RLock()
	defer r.h.files.RUnlock()
	s, ok := r.h.segment(num)
	if !ok || !r.touches(&s) {
		return nil
	}
	f, err := r.open(&s)
	if f == nil {
		return err
	}
	defer f.Close() // read only
	if s.sealed {
		return r.sealed(ctx, f, &s)
	}
	return r.raw(ctx, f, &s)
}

// segment returns the segment with the number as it is now.
func (h *History) segment(num uint64) (segment, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := sort.Search(len(h.segments), func(i int) bool { return h.segments[i].num >= num })
	if i == len(h.segments) || h.segments[i].num != num {
		return segment{}, false
	}
	return *h.segments[i], true
}

func (r *reducing) sealed(ctx context.Context, f io.ReaderAt, s *segment) error {
	for _, e := range r.index(f, s) {
		into := r.into[e.tag]
		if into.Expect(e.within(into.Range())) && r.cells(f, s, e.levels, into, e.tag) {
			continue
		}
		if err := r.spans(ctx, f, s, e.blocks); err != nil {
			return err
		}
	}
	return nil
}

// within is how many samples lie in the half-open range for sure.
func (e entry) within(from, to int64) (n int) {
	for _, b := range e.blocks {
		if b.first >= from && b.last < to {
			n += b.samples
		}
	}
	return n
}

// cells takes the coarsest level that fits. It reports whether there was one: what is damaged or was made for another rate costs time only.
func (r *reducing) cells(f io.ReaderAt, s *segment, levels []levelAt, into *series.Reducer, tag string) bool {
	at := int64(-1)
	for _, l := range levels {
		if l.shift <= into.Shift() {
			at = l.at
		}
	}
	if at < 0 {
		return false
	}
	payload, err := frame.ReadAt(f, at, s.bytes)
	if err != nil {
		return false
	}
	l, err := pyramid.Decode(r.h.codec, payload)
	if err != nil || l.Rate != r.h.rate(tag) {
		return false
	}
	take(into, l)
	return true
}

func take(into *series.Reducer, l pyramid.Level) {
	for _, c := range l.Between(into.Range()) {
		into.AddCell(c.Number<<l.Shift, c.Cell)
	}
}

// raw takes the cells that grew with the segment, and reads the blocks for those tags that need more.
func (r *reducing) raw(ctx context.Context, f io.ReaderAt, s *segment) error {
	rest := *r.reading
	rest.tags = make(map[string]bool)
	for tag, into := range r.into {
		if !r.h.grown(s, tag, into) {
			rest.tags[tag] = true
		}
	}
	if len(rest.tags) == 0 {
		return nil
	}
	err := rest.spans(ctx, f, s, s.spans)
	r.gaps = rest.gaps
	return err
}

// grown gives the reducer what grew of the tag, and reports whether that was enough.
func (h *History) grown(s *segment, tag string, into *series.Reducer) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	g, ok := s.cells[tag]
	if !ok {
		return s.cells != nil // nothing of this tag, or nobody kept cells
	}
	l, n := g.Level(), 0
	for _, c := range l.Between(into.Range()) {
		n += int(c.Count)
	}
	if !into.Expect(n) || l.Shift > into.Shift() {
		return false
	}
	take(into, l)
	return true
}
