package history

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"edgelabel/agent/series"
	"edgelabel/store/block"
	"edgelabel/store/failpoint"
	"edgelabel/store/frame"
)

// seal turns raw segments that are no longer written to into sealed ones until ctx ends. A segment that cannot be sealed stays as it is
// and is tried again with the next one.
func (h *History) seal(ctx context.Context) {
	for {
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
		}
	}
}

func (h *History) unsealed() []*segment {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []*segment
	for _, s := range h.segments {
		if !s.sealed && s != h.newest {
			list = append(list, s)
		}
	}
	return list
}

func (h *History) sealOne(s *segment) error {
	samples, damaged, err := h.readRaw(s)
	if err != nil {
		return err
	}
	image, done := h.sealedImage(samples)
	done.num, done.sealed, done.bytes = s.num, true, int64(len(image))
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

// readRaw reads all samples of a raw segment, ordered by tag and time, each once.
func (h *History) readRaw(s *segment) (samples []series.Sample, damaged bool, err error) {
	f, err := os.Open(h.path(s))
	if err != nil {
		return nil, false, err
	}
	defer f.Close() // read only
	found, err := frame.Scan(f, frame.FileHeader, s.bytes, func(_ int64, payload []byte) error {
		var err error
		if samples, err = h.codec.Decode(samples, payload, nil); errors.Is(err, block.ErrDamaged) {
			damaged, err = true, nil
		}
		return err
	})
	slices.SortStableFunc(samples, func(a, b series.Sample) int {
		if c := strings.Compare(a.Tag, b.Tag); c != 0 || a.Time() == b.Time() {
			return c
		}
		if a.Time() < b.Time() {
			return -1
		}
		return 1
	})
	return samples, damaged || len(found.Damaged) > 0, err
}

// sealedImage is the whole sealed file: blocks of one tag each, then their index, then where the index is.
func (h *History) sealedImage(samples []series.Sample) ([]byte, *segment) {
	out, s := []byte(sealedHeader), &segment{}
	var ix index
	for len(samples) > 0 {
		n := 1
		for n < len(samples) && samples[n].Tag == samples[0].Tag {
			n++
		}
		for rest := tidy(samples[:n:n]); len(rest) > 0; {
			k := fit(rest)
			payload := h.codec.Append(nil, rest[:k])
			head := block.Header{First: rest[0].Time(), Last: rest[k-1].Time()}
			ix = append(ix, entry{rest[0].Tag, span{int64(len(out)), head.First, head.Last}})
			s.note(int64(len(out)), head)
			out = frame.Append(out, payload)
			rest = rest[k:]
		}
		samples = samples[n:]
	}
	at := len(out)
	out = frame.Append(out, ix.encode())
	out = binary.LittleEndian.AppendUint64(out, uint64(at))
	s.spans = nil
	return append(out, trailer...), s
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
	ix, err := readIndex(f, s.bytes)
	for _, e := range ix {
		s.note(e.at, block.Header{First: e.first, Last: e.last})
	}
	s.spans = nil
	if err == nil {
		return d, nil
	}
	return h.salvage(s, d)
}

// salvage writes a sealed segment again from the blocks that can be read; the damaged file goes to the quarantine.
func (h *History) salvage(s *segment, d frame.Damage) (frame.Damage, error) {
	samples, _, err := h.readRaw(s)
	if err != nil {
		return d, err
	}
	if d.Kept, err = frame.Quarantine(h.path(s), h.cfg.Quarantine); err != nil {
		return d, err
	}
	d.Lost, d.Whole = max(s.bytes, 1), len(samples) == 0
	if d.Whole {
		return d, nil
	}
	image, done := h.sealedImage(samples)
	done.num, done.sealed, done.bytes = s.num, true, int64(len(image))
	*s = *done
	return d, frame.WriteFile(h.path(s), bytes.NewReader(image))
}
