package history

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"edgelabel/agent/series"
	"edgelabel/store/frame"
)

// The summary spares Open to read all segments. It is a hint: what it does not fit is read, and without it everything is.
const (
	summaryName   = "summary"
	summaryHeader = "ELSERIE1"
	summaryKind   = 5  // what its first frame begins with
	summaryEvery  = 16 // sealed segments: so many are read after an unclean stop
)

// summary is what is known of the sealed segments, and the newest sample of each tag among all that had been written up to a place.
type summary struct {
	num      uint64 // of the segment that was written to and
	at       int64  // how far
	segments map[uint64]*segment
	latest   []series.Sample
}

// covers reports whether all samples of the segment are among those whose newest the summary has.
func (v *summary) covers(s *segment) bool {
	return s.num < v.num || s.num == v.num && !s.sealed && s.bytes <= v.at
}

// behind are the blocks of a raw segment that the summary does not cover.
func (v *summary) behind(s *segment) []span {
	if s.num != v.num {
		return s.spans
	}
	i := sort.Search(len(s.spans), func(i int) bool { return s.spans[i].at >= v.at })
	return s.spans[i:]
}

// onDisk is the newest samples but for those of tags of which all was dropped.
func (v *summary) onDisk(segments []*segment) []series.Sample {
	first := int64(math.MaxInt64)
	for _, s := range segments {
		if s.blocks > 0 {
			first = min(first, s.first)
		}
	}
	return slices.DeleteFunc(v.latest, func(s series.Sample) bool { return s.Time() < first })
}

// saveSummary replaces the file.
func (h *History) saveSummary() error {
	image := h.summarize()
	return frame.WriteFile(filepath.Join(h.cfg.Dir, summaryName), bytes.NewReader(image))
}

func (h *History) summarize() []byte {
	h.mu.Lock()
	head, latest := h.headLocked(), make([]series.Sample, 0, len(h.latest))
	for _, s := range h.latest {
		latest = append(latest, s)
	}
	h.mu.Unlock()
	image := frame.Append([]byte(summaryHeader), head)
	for len(latest) > 0 {
		n := fit(latest)
		image = frame.Append(image, h.codec.Append(nil, latest[:n]))
		latest = latest[n:]
	}
	return image
}

// headLocked is the first frame: the place, then of each sealed segment number, length, times and blocks, numbers and times as distances.
func (h *History) headLocked() []byte {
	var num uint64
	var at int64
	if n := len(h.segments); n > 0 {
		num, at = h.segments[n-1].num, h.segments[n-1].bytes
	}
	if h.newest == nil {
		num, at = h.last+1, 0 // all of the last one, also when it has another length after sealing
	}
	b := binary.AppendUvarint([]byte{summaryKind}, num)
	b = binary.AppendUvarint(b, uint64(at))
	before := &segment{}
	for _, s := range h.segments {
		if !s.sealed || s.doubtful || s.blocks == 0 {
			continue
		}
		b = binary.AppendUvarint(b, s.num-before.num)
		b = binary.AppendUvarint(b, uint64(s.bytes))
		b = binary.AppendVarint(b, s.first-before.first)
		b = binary.AppendUvarint(b, uint64(s.last-s.first))
		b = binary.AppendUvarint(b, uint64(s.blocks))
		before = s
	}
	return b
}

// loadSummary returns an empty one where there is none that can be believed.
func (h *History) loadSummary() (*summary, error) {
	b, err := os.ReadFile(filepath.Join(h.cfg.Dir, summaryName))
	if errors.Is(err, fs.ErrNotExist) {
		return &summary{}, nil
	}
	if err != nil {
		return nil, err
	}
	v := &summary{}
	if !bytes.HasPrefix(b, []byte(summaryHeader)) {
		return v, nil
	}
	for b = b[len(summaryHeader):]; len(b) > 0; {
		payload, n, err := frame.Decode(b)
		if err == nil {
			err = v.add(h, payload)
		}
		if err != nil {
			return &summary{}, nil // reading the segments tells as much
		}
		b = b[n:]
	}
	return v, nil
}

func (v *summary) add(h *History, payload []byte) (err error) {
	if v.segments == nil {
		return v.head(payload)
	}
	v.latest, err = h.codec.Decode(v.latest, payload, nil)
	return err
}

func (v *summary) head(payload []byte) error {
	f := &fields{b: payload}
	if kind := f.take(1); len(kind) == 0 || kind[0] != summaryKind {
		return errIndex
	}
	v.segments = make(map[uint64]*segment)
	v.num, v.at = f.uint(), int64(f.uint())
	s := segment{sealed: true}
	for len(f.b) > 0 {
		s.num += f.uint()
		s.bytes = int64(f.uint())
		s.first += f.int()
		s.last = s.first + int64(f.uint())
		s.blocks = int(f.uint())
		known := s
		v.segments[s.num] = &known
	}
	if f.bad {
		return errIndex
	}
	return nil
}

// known is what the summary says of the sealed segment, nil where the file is of another length.
func (v *summary) known(num uint64, e fs.DirEntry) *segment {
	s := v.segments[num]
	if s == nil {
		return nil
	}
	if info, err := e.Info(); err != nil || info.Size() != s.bytes {
		return nil
	}
	return s
}
