package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"edgelabel/agent/series"
	"edgelabel/store/failpoint"
	"edgelabel/store/frame"
)

// seal turns raw segments that are no longer written to into sealed ones until ctx ends. A segment that cannot be sealed stays as it is
// and is tried again with the next one.
func (h *History) seal(ctx context.Context) {
	if h.unknown > summaryEvery {
		h.note(h.saveSummary())
	}
	for sealed := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-h.rolled:
		}
		for _, s := range h.unsealed() {
			if ctx.Err() != nil {
				return
			}
			if err := h.sealOne(s); err != nil && !errors.Is(err, os.ErrNotExist) {
				h.note(fmt.Errorf("seal %s: %w", s.name(), err))
			}
			if sealed++; sealed%summaryEvery == 0 {
				h.note(h.saveSummary())
			}
		}
	}
}

func (h *History) unsealed() []*segment {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []*segment
	for _, s := range h.segments {
		if !s.sealed && s != h.newest && (h.carry == 0 || s.num < h.carry) {
			list = append(list, s)
		}
	}
	return list
}

func (h *History) sealOne(s *segment) error {
	image, done, damaged, err := h.sealed(s)
	if err != nil {
		return err
	}
	if done.blocks == 0 && !damaged {
		return h.forget(s)
	}
	if err := frame.WriteFile(h.path(done), bytes.NewReader(image)); err != nil {
		return err
	}
	failpoint.Hit(failpoint.SegmentSealed)
	h.files.Lock()
	defer h.files.Unlock()
	raw := h.path(s)
	h.mu.Lock()
	at := slices.Index(h.segments, s)
	if at >= 0 {
		h.segments[at] = done
	}
	h.mu.Unlock()
	if at < 0 { // dropped meanwhile
		return os.Remove(h.path(done))
	}
	if damaged {
		_, err = frame.Quarantine(raw, h.cfg.Quarantine)
		return err
	}
	return os.Remove(raw)
}

// sealed is the whole sealed file of what can be read of a segment: of one signal after the other blocks and levels, then their index,
// then where the index is.
func (h *History) sealed(s *segment) (image []byte, done *segment, damaged bool, err error) {
	plan, err := h.survey(s)
	if err != nil {
		return nil, nil, false, err
	}
	w := newSealing(h, s.bytes)
	var samples []series.Sample
	for _, part := range plan.parts() {
		if samples, err = h.stretch(s, part, samples); err != nil {
			return nil, nil, false, err
		}
		w.add(samples)
	}
	image, done = w.finish()
	done.num, done.sealed, done.bytes = s.num, true, int64(len(image))
	return image, done, plan.damaged, nil
}

// loadSealed reads a sealed segment's index. A segment whose index is damaged is read block by block and written anew.
func (h *History) loadSealed(s *segment) (frame.Damage, error) {
	d := frame.Damage{File: s.name()}
	f, err := os.Open(h.path(s))
	if err != nil {
		return d, err
	}
	defer f.Close() // read only
	info, err := f.Stat()
	if err != nil {
		return d, err
	}
	s.bytes = info.Size()
	ix, _, err := readIndex(f, s.bytes, nil)
	for _, e := range ix {
		for _, b := range e.blocks {
			s.note(b)
		}
	}
	s.spans = nil
	if err == nil {
		return d, nil
	}
	return h.salvage(s, d)
}

// salvage writes a sealed segment again from the blocks that can be read; the damaged file goes to the quarantine.
func (h *History) salvage(s *segment, d frame.Damage) (frame.Damage, error) {
	image, done, _, err := h.sealed(s)
	if err != nil {
		return d, err
	}
	if d.Kept, err = frame.Quarantine(h.path(s), h.cfg.Quarantine); err != nil {
		return d, err
	}
	d.Lost, d.Whole = max(s.bytes, 1), done.blocks == 0
	if d.Whole {
		return d, nil
	}
	*s = *done
	return d, frame.WriteFile(h.path(s), bytes.NewReader(image))
}
