package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"edgelabel/agent/series"
	"edgelabel/store/block"
	"edgelabel/store/frame"
)

// Read returns the samples of the tags from the half-open range that are on disk, each tag's in the order of their event time and each
// sample once. Blocks that cannot be read come back as gaps. It reads only what the blocks' times and tags call for.
func (h *History) Read(ctx context.Context, tags []string, from, to int64) (map[string][]series.Sample, []series.Gap, error) {
	h.files.RLock()
	defer h.files.RUnlock()
	samples := make(map[string][]series.Sample, len(tags))
	var buf []series.Sample
	r := h.reading(tags, from, to, func(payload []byte, want map[string]bool) (err error) {
		buf, err = h.codec.Decode(buf[:0], payload, want)
		for _, x := range buf {
			if at := x.Time(); at >= from && at < to {
				samples[x.Tag] = append(samples[x.Tag], x)
			}
		}
		return err
	})
	for _, s := range h.snapshot() {
		if err := r.segment(ctx, &s); err != nil {
			return nil, nil, err
		}
	}
	for tag, list := range samples {
		samples[tag] = tidy(list)
	}
	return samples, r.gaps, nil
}

func (h *History) snapshot() []segment {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]segment, len(h.segments))
	for i, s := range h.segments {
		list[i] = *s
	}
	return list
}

type reading struct {
	h        *History
	tags     map[string]bool
	from, to int64
	unpack   unpack
	gaps     []series.Gap
}

// unpack takes the samples of the tags that are wanted from a block.
type unpack func(payload []byte, want map[string]bool) error

func (h *History) reading(tags []string, from, to int64, do unpack) *reading {
	r := &reading{h: h, tags: make(map[string]bool, len(tags)), from: from, to: to, unpack: do}
	for _, tag := range tags {
		r.tags[tag] = true
	}
	return r
}

func (r *reading) touches(s *segment) bool { return s.blocks > 0 && s.first < r.to && s.last >= r.from }

func (r *reading) segment(ctx context.Context, s *segment) error {
	if !r.touches(s) {
		return nil
	}
	if err := r.blocks(ctx, s); err != nil {
		return fmt.Errorf("segment %s: %w", s.name(), err)
	}
	return nil
}

func (r *reading) blocks(ctx context.Context, s *segment) error {
	f, err := r.open(s)
	if f == nil {
		return err
	}
	defer f.Close() // read only
	if !s.sealed {
		return r.spans(ctx, f, s, s.spans)
	}
	ix := r.index(f, s)
	for _, e := range ix {
		if err := r.spans(ctx, f, s, e.blocks); err != nil {
			return err
		}
	}
	return nil
}

// open returns nil for a segment that is gone, which is a gap.
func (r *reading) open(s *segment) (*os.File, error) {
	f, err := os.Open(r.h.path(s))
	if errors.Is(err, fs.ErrNotExist) {
		r.lost(s.first, s.last, "segment "+s.name()+" is gone")
		return nil, nil
	}
	return f, err
}

// index is that of the tags that are read; one that is damaged is a gap.
func (r *reading) index(f io.ReaderAt, s *segment) index {
	ix, _, err := readIndex(f, s.bytes, r.tags)
	if err != nil {
		r.lost(s.first, s.last, err.Error())
		r.h.doubt(s.num)
	}
	return ix
}

func (r *reading) spans(ctx context.Context, f io.ReaderAt, s *segment, list []span) error {
	for _, b := range list {
		if !b.touches(r.from, r.to) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.block(f, s, b); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) block(f io.ReaderAt, s *segment, b span) error {
	payload, err := frame.ReadAt(f, b.at, s.bytes)
	if err == nil {
		err = r.unpack(payload, r.tags)
	}
	if errors.Is(err, block.ErrDamaged) || errors.Is(err, frame.ErrDamaged) || errors.Is(err, frame.ErrShort) {
		r.lost(b.first, b.last, fmt.Sprintf("%s at %d: %v", s.name(), b.at, err))
		return nil
	}
	return err
}

func (r *reading) lost(from, to int64, detail string) {
	r.gaps = append(r.gaps, series.Gap{Source: "store", From: max(from, r.from), To: min(to, r.to), Reason: series.GapCorrupt, Detail: detail})
}

// tidy sorts by event time and takes out what was delivered twice.
func tidy(samples []series.Sample) []series.Sample {
	slices.SortStableFunc(samples, func(a, b series.Sample) int {
		switch at, bt := a.Time(), b.Time(); {
		case at < bt:
			return -1
		case at > bt:
			return 1
		}
		return 0
	})
	out := samples[:0]
	for _, s := range samples {
		if !repeated(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func repeated(before []series.Sample, s series.Sample) bool {
	for i := len(before) - 1; i >= 0 && before[i].Time() == s.Time(); i-- {
		if before[i].Same(s) {
			return true
		}
	}
	return false
}
