package history

import (
	"cmp"
	"maps"
	"os"
	"slices"

	"edgelabel/agent/series"
)

// endsKind is what a frame of open ends begins with; the block of their samples follows.
const endsKind = 6

// ends are, by tag, the newest samples of signals that are thinned out: where a signal has got to, until a later sample tells whether the
// history needs the point. Their frames say so on disk, behind the samples that they came with. What was not decided when the process
// ended becomes part of the history at the next Open.
type ends map[string]series.Sample

// take brings the ends up to what is appended.
func (e ends) take(samples, newer []series.Sample) {
	e.decide(samples)
	for _, s := range newer {
		e[s.Tag] = s
	}
}

// decide forgets what a sample of the same time or later has made up for.
func (e ends) decide(samples []series.Sample) {
	for i := 0; len(e) > 0 && i < len(samples); i++ {
		if end, open := e[samples[i].Tag]; open && samples[i].Time() >= end.Time() {
			delete(e, end.Tag)
		}
	}
}

func (e ends) list() []series.Sample {
	return slices.SortedFunc(maps.Values(e), func(a, b series.Sample) int { return cmp.Compare(a.Tag, b.Tag) })
}

// appendEnds adds frames of ends to what the next commit writes.
func (h *History) appendEnds(list []series.Sample) {
	for len(list) > 0 {
		n := fit(list)
		h.log.Append(h.codec.Append([]byte{endsKind}, list[:n]))
		list = list[n:]
	}
}

// meet takes note of a frame of a raw segment that an earlier process wrote. What cannot be read decides nothing.
func (h *History) meet(s *segment, at int64, payload []byte) error {
	if isEnds(payload) {
		if newer, err := h.codec.Decode(nil, payload[1:], nil); err == nil {
			h.ends.take(nil, newer)
		}
		return nil
	}
	if len(h.ends) > 0 {
		if samples, err := h.codec.Decode(nil, payload, nil); err == nil {
			h.ends.decide(samples)
		}
	}
	return s.add(at, payload)
}

// adopt makes samples of the ends that nobody decided. Where there is no room for them now they go with the next commit.
func (h *History) adopt() {
	h.owed = h.ends.list()
	if len(h.owed) == 0 {
		return
	}
	h.carry = h.segments[0].num // any of them may have some
	h.note(h.commit(nil, nil))
}

// isEnds reports whether a frame holds ends, which are no part of the history.
func isEnds(payload []byte) bool { return payload[0] == endsKind }

// forget drops a raw segment in which there was nothing but ends, which a later one has.
func (h *History) forget(s *segment) error {
	h.files.Lock()
	defer h.files.Unlock()
	h.mu.Lock()
	h.segments = slices.DeleteFunc(h.segments, func(o *segment) bool { return o == s })
	h.mu.Unlock()
	return os.Remove(h.path(s))
}
