package history

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	"edgelabel/store/block"
	"edgelabel/store/failpoint"
)

// segment is one file. Of a raw one it knows every block; a sealed one has that in its own index.
type segment struct {
	num         uint64
	sealed      bool
	bytes       int64
	first, last int64 // UTC ns, event times; meaningless while there is no block
	blocks      int
	spans       []span // raw only
}

// span is one block of a raw segment.
type span struct {
	at          int64 // offset of the frame
	first, last int64
}

func (s *segment) name() string {
	if s.sealed {
		return fmt.Sprintf("%016d.seg", s.num)
	}
	return fmt.Sprintf("%016d.raw", s.num)
}

func (h *History) path(s *segment) string { return filepath.Join(h.cfg.Dir, s.name()) }

// add takes note of a block. It leaves alone what is no block: reading it later reports the damage.
func (s *segment) add(at int64, payload []byte) error {
	head, err := block.ReadHeader(payload)
	if err != nil {
		head = block.Header{First: math.MinInt64, Last: math.MaxInt64 - 1}
	}
	s.note(at, head)
	return nil
}

func (s *segment) note(at int64, head block.Header) {
	if s.blocks == 0 {
		s.first, s.last = head.First, head.Last
	}
	s.first, s.last = min(s.first, head.First), max(s.last, head.Last)
	s.blocks++
	s.spans = append(s.spans, span{at, head.First, head.Last})
}

// Segment describes the oldest data on disk.
type Segment struct {
	Name     string
	From, To int64 // UTC ns, event times
	Bytes    int64
	num      uint64
}

// Oldest returns the oldest segment that may be dropped: any but the one that is written to.
func (h *History) Oldest() (Segment, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.segments) == 0 || h.segments[0] == h.newest {
		return Segment{}, false
	}
	s := h.segments[0]
	return Segment{Name: s.name(), From: s.first, To: s.last, Bytes: s.bytes, num: s.num}, true
}

// Drop removes the segment from disk.
func (h *History) Drop(d Segment) error {
	h.files.Lock()
	defer h.files.Unlock()
	h.mu.Lock()
	var gone *segment
	if len(h.segments) > 0 && h.segments[0].num == d.num {
		gone, h.segments = h.segments[0], h.segments[1:]
	}
	h.mu.Unlock()
	if gone == nil {
		return nil
	}
	err := os.Remove(h.path(gone))
	failpoint.Hit(failpoint.SegmentGone)
	return err
}
