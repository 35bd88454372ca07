package history

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"edgelabel/agent/series"
	"edgelabel/store/block"
	"edgelabel/store/failpoint"
	"edgelabel/store/pyramid"
)

// segment is one file. Of a raw one it knows every block; a sealed one has that in its own index.
type segment struct {
	num         uint64
	sealed      bool
	bytes       int64
	first, last int64 // UTC ns, event times; meaningless while there is no block
	blocks      int
	spans       []span // raw only
	doubtful    bool   // its index could not be read: the next start looks at it

	cells map[string]*pyramid.Growing // by tag, of one that this process writes; guarded by History.mu, nil where nobody kept them
}

// span is one block of a segment.
type span struct {
	at          int64 // offset of the frame
	first, last int64 // UTC ns, event times
	samples     int   // 0 where the segment does not say
}

// touches reports whether a sample of the block can lie in the half-open range.
func (b span) touches(from, to int64) bool { return b.first < to && b.last >= from }

func (s *segment) name() string { return SegmentName(s.num, s.sealed) }

// SegmentName is the name of a segment's file.
func SegmentName(number uint64, sealed bool) string {
	if sealed {
		return fmt.Sprintf("%016d.seg", number)
	}
	return fmt.Sprintf("%016d.raw", number)
}

// SegmentNumber is the number in a name that SegmentName made.
func SegmentNumber(name string) (number uint64, ok bool) {
	stem, ext, _ := strings.Cut(name, ".")
	number, err := strconv.ParseUint(stem, 10, 64)
	return number, err == nil && (ext == "seg" || ext == "raw")
}

func (h *History) path(s *segment) string { return filepath.Join(h.cfg.Dir, s.name()) }

// add takes note of a block of a file. It leaves alone what is no block: reading it later reports the damage.
func (s *segment) add(at int64, payload []byte) error {
	head, err := block.ReadHeader(payload)
	if err != nil {
		head = block.Header{First: math.MinInt64, Last: math.MaxInt64 - 1}
	}
	s.note(span{at, head.First, head.Last, head.Samples})
	return nil
}

func (s *segment) note(b span) {
	if s.blocks == 0 {
		s.first, s.last = b.first, b.last
	}
	s.first, s.last = min(s.first, b.first), max(s.last, b.last)
	s.blocks++
	s.spans = append(s.spans, b)
}

// doubt has the segment looked at by the next start.
func (h *History) doubt(num uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.segments {
		if s.num == num {
			s.doubtful = true
		}
	}
}

// growLocked takes samples into the cells of the segment. h.mu must be held.
func (h *History) growLocked(s *segment, samples []series.Sample) {
	for i := range samples {
		x := &samples[i]
		g := s.cells[x.Tag]
		if g == nil {
			g = pyramid.NewGrowing(h.rate(x.Tag))
			s.cells[x.Tag] = g
		}
		g.Add(x)
	}
}

// Segment describes one file of samples.
type Segment struct {
	Number   uint64 // grows with each
	Name     string
	From, To int64 // UTC ns, event times
	Bytes    int64
	Sealed   bool
}

func (s *segment) describe() Segment {
	return Segment{Number: s.num, Name: s.name(), From: s.first, To: s.last, Bytes: s.bytes, Sealed: s.sealed}
}

// Segments lists those that hold samples, the oldest first.
func (h *History) Segments() []Segment {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]Segment, 0, len(h.segments))
	for _, s := range h.segments {
		if s.blocks > 0 {
			list = append(list, s.describe())
		}
	}
	return list
}

// Oldest returns the oldest segment that may be dropped: any but the one that is written to.
func (h *History) Oldest() (Segment, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.segments) == 0 || h.segments[0] == h.newest {
		return Segment{}, false
	}
	return h.segments[0].describe(), true
}

// Drop removes the segment from disk.
func (h *History) Drop(d Segment) error {
	h.files.Lock()
	defer h.files.Unlock()
	h.mu.Lock()
	var gone *segment
	if len(h.segments) > 0 && h.segments[0].num == d.Number {
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
