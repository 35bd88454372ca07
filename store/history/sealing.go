package history

import (
	"cmp"
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"os"
	"slices"
	"strings"

	"edgelabel/agent/series"
	"edgelabel/store/block"
	"edgelabel/store/frame"
	"edgelabel/store/pyramid"
)

// sortedAtOnce is how many samples are in memory while a segment is sealed, about.
const sortedAtOnce = 1 << 15

// survey is what is known of a segment's samples before they are sorted.
type survey struct {
	tags    map[string]*extent
	damaged bool
}

// extent is how much there is of one signal, and when.
type extent struct {
	weight int
	counts *pyramid.Growing // of samples
}

// part is what is sorted at once: some signals, or a stretch of one.
type part struct {
	tags     map[string]bool
	from, to int64
	samples  int // how many, about
}

func (h *History) survey(s *segment) (*survey, error) {
	v := &survey{tags: make(map[string]*extent)}
	var buf []series.Sample
	found, err := h.scan(s, func(payload []byte) (err error) {
		if buf, err = h.codec.Decode(buf[:0], payload, nil); errors.Is(err, block.ErrDamaged) {
			v.damaged, err = true, nil
		}
		for i := range buf {
			v.add(&buf[i])
		}
		return err
	})
	v.damaged = v.damaged || len(found.Damaged) > 0
	return v, err
}

func (v *survey) add(x *series.Sample) {
	e := v.tags[x.Tag]
	if e == nil {
		e = &extent{counts: pyramid.NewGrowing(0)}
		v.tags[x.Tag] = e
	}
	e.weight += weight(x)
	e.counts.Add(&series.Sample{Source: x.Source, Receive: x.Receive})
}

// scan calls do for each block of the segment's file.
func (h *History) scan(s *segment, do func(payload []byte) error) (frame.Found, error) {
	f, err := os.Open(h.path(s))
	if err != nil {
		return frame.Found{}, err
	}
	defer f.Close() // read only
	return frame.Scan(f, frame.FileHeader, s.bytes, func(_ int64, payload []byte) error {
		if isEnds(payload) || s.sealed && (payload[0] == pyramid.Kind || payload[0] == indexKind) {
			return nil
		}
		return do(payload)
	})
}

// parts puts signals together in the order of their names, and takes one that is too much apart by time.
func (v *survey) parts() []part {
	var list []part
	full := sortedAtOnce
	for _, tag := range slices.Sorted(maps.Keys(v.tags)) {
		e := v.tags[tag]
		if e.weight > sortedAtOnce {
			list = append(list, e.stretches(tag)...)
			full = sortedAtOnce
			continue
		}
		if full+e.weight > sortedAtOnce {
			list = append(list, part{tags: make(map[string]bool), from: math.MinInt64, to: math.MaxInt64})
			full = 0
		}
		full += e.weight
		last := &list[len(list)-1]
		last.tags[tag] = true
		last.samples += e.counts.Samples()
	}
	return list
}

func (e *extent) stretches(tag string) []part {
	tags := map[string]bool{tag: true}
	list := []part{{tags: tags, from: math.MinInt64, to: math.MaxInt64}}
	counts := e.counts.Level()
	each, full := float64(e.weight)/float64(e.counts.Samples()), 0.0
	for _, c := range counts.Cells {
		w := each * float64(c.Count)
		if full > 0 && full+w > sortedAtOnce {
			at := c.Number << counts.Shift
			list[len(list)-1].to = at
			list = append(list, part{tags: tags, from: at, to: math.MaxInt64})
			full = 0
		}
		full += w
		list[len(list)-1].samples += int(c.Count)
	}
	return list
}

// stretch reads the samples of a part, in the order of tag and time, into the memory of those of another part.
func (h *History) stretch(s *segment, p part, samples []series.Sample) ([]series.Sample, error) {
	samples = slices.Grow(samples[:0], p.samples+maxBlock) // what grows bit by bit leaves five times as much behind
	_, err := h.scan(s, func(payload []byte) error {
		if head, err := block.ReadHeader(payload); err != nil || head.Last < p.from || head.First > p.to {
			return nil // of another part; the survey has noted what is damaged
		}
		n := len(samples)
		all, err := h.codec.Decode(samples, payload, p.tags)
		if errors.Is(err, block.ErrDamaged) {
			return nil
		}
		samples = all[:n]
		for _, x := range all[n:] {
			if at := x.Time(); at >= p.from && (at < p.to || p.to == math.MaxInt64) {
				samples = append(samples, x)
			}
		}
		return err
	})
	slices.SortStableFunc(samples, func(a, b series.Sample) int {
		if c := strings.Compare(a.Tag, b.Tag); c != 0 {
			return c
		}
		return cmp.Compare(a.Time(), b.Time())
	})
	return samples, err
}

// sealing is a sealed segment that is being put together.
type sealing struct {
	h     *History
	image []byte
	ix    index
	seg   *segment
	cells *pyramid.Growing // of the last signal in ix
}

// newSealing makes room for half of the raw segment's bytes, which is more than most take.
func newSealing(h *History, raw int64) *sealing {
	return &sealing{h: h, image: append(make([]byte, 0, raw/2), sealedHeader...), seg: &segment{}}
}

// add takes samples in the order of tag and time; those of one tag may come in several calls, one stretch of time after the other.
func (w *sealing) add(samples []series.Sample) {
	for len(samples) > 0 {
		n := 1
		for n < len(samples) && samples[n].Tag == samples[0].Tag {
			n++
		}
		w.signal(samples[0].Tag, tidy(samples[:n:n]))
		samples = samples[n:]
	}
}

func (w *sealing) signal(tag string, samples []series.Sample) {
	if n := len(w.ix); n == 0 || w.ix[n-1].tag != tag {
		w.end()
		w.ix = append(w.ix, entry{tag: tag})
		w.cells = pyramid.NewGrowing(w.h.rate(tag))
	}
	e := &w.ix[len(w.ix)-1]
	for i := range samples {
		w.cells.Add(&samples[i])
		if x := &samples[i]; x.Source != 0 { // noise below the millisecond would take more room than all the rest
			x.Receive -= x.Receive % 1e6
		}
	}
	for len(samples) > 0 {
		k := fit(samples)
		b := span{int64(len(w.image)), samples[0].Time(), samples[k-1].Time(), k}
		e.blocks = append(e.blocks, b)
		w.seg.note(b)
		w.image = frame.Append(w.image, w.h.codec.Append(nil, samples[:k]))
		samples = samples[k:]
	}
}

// end writes the levels of the last signal.
func (w *sealing) end() {
	if w.cells == nil {
		return
	}
	e := &w.ix[len(w.ix)-1]
	for _, l := range w.cells.Levels() {
		e.levels = append(e.levels, levelAt{int64(len(w.image)), l.Shift})
		w.image = frame.Append(w.image, pyramid.Append(nil, w.h.codec, l))
	}
}

func (w *sealing) finish() ([]byte, *segment) {
	w.end()
	at := len(w.image)
	w.image = frame.Append(w.image, w.ix.encode())
	w.image = binary.LittleEndian.AppendUint64(w.image, uint64(at))
	w.seg.spans = nil
	return append(w.image, trailer2...), w.seg
}
