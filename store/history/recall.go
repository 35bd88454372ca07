package history

import (
	"errors"
	"os"
	"slices"

	"edgelabel/agent/series"
	"edgelabel/store/frame"
)

// How many segments back Open looks for the newest sample of each tag at most: without a summary, and with one.
const (
	recallSegments = 4
	recallBehind   = 2 * summaryEvery
)

// recall reads the newest samples of an earlier run, so that Latest knows where that run ended: those of the summary, and what was written
// since. What cannot be read is left out: reading it later reports the damage.
func (h *History) recall(v *summary) error {
	n := len(h.segments)
	if n == 0 || v.num > h.segments[n-1].num+1 {
		v = &summary{} // of what is no longer there
	}
	h.remember(v.onDisk(h.segments))
	for i, s := range slices.Backward(h.segments) {
		if v.covers(s) || n-i > recallBehind || v.num == 0 && n-i > recallSegments {
			break
		}
		if s.blocks == 0 {
			continue
		}
		if err := h.recallSegment(s, v); err != nil && !errors.Is(err, errIndex) {
			return err
		}
	}
	return nil
}

func (h *History) recallSegment(s *segment, v *summary) error {
	f, err := os.Open(h.path(s))
	if err != nil {
		return err
	}
	defer f.Close() // read only
	var spans []span
	if !s.sealed {
		spans = v.behind(s)
	} else {
		ix, _, err := readIndex(f, s.bytes, nil)
		if err != nil {
			return err
		}
		for _, e := range ix {
			newest := e.blocks[len(e.blocks)-1] // they are in the order of time
			if last, ok := h.latest[e.tag]; !ok || newest.last > last.Time() {
				spans = append(spans, newest)
			}
		}
	}
	var buf []series.Sample
	for _, b := range spans {
		payload, err := frame.ReadAt(f, b.at, s.bytes)
		if err != nil {
			continue
		}
		if buf, err = h.codec.Decode(buf[:0], payload, nil); err == nil {
			h.remember(buf)
		}
	}
	return nil
}

// remember keeps the newest sample of each tag. h.mu must be held once the history runs.
func (h *History) remember(samples []series.Sample) {
	for _, s := range samples {
		if last, ok := h.latest[s.Tag]; !ok || s.Time() >= last.Time() {
			h.latest[s.Tag] = s
		}
	}
}
