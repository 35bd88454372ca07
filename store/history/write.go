package history

import (
	"errors"
	"fmt"

	"edgelabel/agent/series"
	"edgelabel/store/block"
	"edgelabel/store/failpoint"
	"edgelabel/store/frame"
	"edgelabel/store/pyramid"
)

// A block holds at most so many samples, points of waves and bytes of text included at their weight.
const maxBlock = 8192

// write puts everything that waits into one commit and answers each request.
func (h *History) write(requests []request) {
	if len(requests) == 0 {
		return
	}
	samples, newer := join(requests)
	early := failpoint.Broken(failpoint.AnswerFirst)
	if early {
		tell(requests, nil)
	}
	failpoint.Hit(failpoint.SamplesTaken)
	err := h.admit(samples, newer)
	if err != nil {
		h.owed = h.ends.list() // those who are told do not know any more which of them the history needs
	}
	failpoint.Hit(failpoint.SamplesSynced)
	if !early {
		tell(requests, err)
	}
	failpoint.Hit(failpoint.SamplesTold)
}

func tell(requests []request, err error) {
	for _, r := range requests {
		r.answer(err)
	}
}

// join puts samples and ends of all requests together.
func join(requests []request) (samples, newer []series.Sample) {
	n := 0
	for _, r := range requests {
		n += len(r.samples)
	}
	samples = make([]series.Sample, 0, n)
	open := ends{}
	for _, r := range requests {
		samples = append(samples, r.samples...)
		open.take(r.samples, r.ends)
	}
	return samples, open.list()
}

func (h *History) admit(samples, newer []series.Sample) error {
	if len(samples) == 0 && len(newer) == 0 {
		return nil
	}
	if h.cfg.Admit != nil {
		if err := h.cfg.Admit(); err != nil {
			return err
		}
	}
	return h.commit(samples, newer)
}

// commit writes samples, and behind them ends.
func (h *History) commit(samples, newer []series.Sample) error {
	seg, err := h.writable()
	if err != nil {
		return err
	}
	samples = append(h.owed, samples...)
	if h.carry > 0 {
		h.appendEnds(h.ends.list())
	}
	spans, err := h.appendBlocks(samples)
	if err != nil {
		return errors.Join(err, h.log.Cut(h.log.Durable()))
	}
	h.appendEnds(newer)
	if err := h.log.Commit(); err != nil {
		return err
	}
	h.ends.take(samples, newer)
	h.owed = nil
	h.noteLocking(seg, spans, samples)
	return h.roll(seg)
}

func (h *History) appendBlocks(samples []series.Sample) (spans []span, err error) {
	for len(samples) > 0 {
		n := fit(samples)
		payload := h.codec.Append(nil, samples[:n])
		if len(payload) > frame.MaxPayload {
			return nil, fmt.Errorf("samples of %s: %d bytes in one block", samples[0].Tag, len(payload))
		}
		head, err := block.ReadHeader(payload)
		if err != nil {
			return nil, err
		}
		spans = append(spans, span{h.log.Append(payload), head.First, head.Last, head.Samples})
		samples = samples[n:]
	}
	return spans, nil
}

// fit is how many of the samples go into the next block.
func fit(samples []series.Sample) int {
	sum := 0
	for i := range samples {
		if sum += weight(&samples[i]); sum > maxBlock && i > 0 {
			return i
		}
	}
	return len(samples)
}

// weight is what a sample takes of a block's room, and of memory.
func weight(x *series.Sample) int { return 1 + len(x.Wave) + len(x.Text)/8 }

func (h *History) noteLocking(seg *segment, spans []span, samples []series.Sample) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, b := range spans {
		seg.note(b)
	}
	if h.carry > 0 {
		h.carry = 0
		h.hint()
	}
	seg.bytes = h.log.Durable()
	h.commits++
	h.samples += uint64(len(samples))
	h.remember(samples)
	h.growLocked(seg, samples)
}

// writable returns the segment to write to and makes a new one after Open and after a roll.
func (h *History) writable() (*segment, error) {
	if h.log != nil { // only the writer sets it
		return h.newest, nil
	}
	seg := &segment{num: h.last + 1, cells: make(map[string]*pyramid.Growing)}
	log, err := frame.Create(h.path(seg), rawHeader)
	if err != nil {
		return nil, err
	}
	failpoint.Hit(failpoint.SegmentMade)
	h.last = seg.num
	h.mu.Lock()
	defer h.mu.Unlock()
	h.log, h.newest = log, seg
	h.segments = append(h.segments, seg)
	return seg, nil
}

// roll ends the segment when it is full. The samples are on disk already: an error of closing says nothing about them, and the file is
// read again by name.
func (h *History) roll(seg *segment) error {
	if seg.bytes < h.cfg.Segment {
		return nil
	}
	log := h.log
	h.mu.Lock()
	h.log, h.newest = nil, nil
	if len(h.ends) > 0 {
		h.carry = seg.num
	}
	h.mu.Unlock()
	h.hint()
	if err := log.Close(); err != nil {
		return errors.Join(errors.New("close segment"), err)
	}
	return nil
}
