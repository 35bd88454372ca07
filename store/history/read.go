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
	r := reading{h: h, tags: make(map[string]bool, len(tags)), from: from, to: to, samples: make(map[string][]series.Sample, len(tags))}
	for _, tag := range tags {
		r.tags[tag] = true
	}
	for _, s := range h.snapshot() {
		if s.blocks == 0 || s.first >= to || s.last < from {
			continue
		}
		if err := r.segment(ctx, &s); err != nil {
			return nil, nil, fmt.Errorf("segment %s: %w", s.name(), err)
		}
	}
	for tag, samples := range r.samples {
		r.samples[tag] = tidy(samples)
	}
	return r.samples, r.gaps, nil
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
	samples  map[string][]series.Sample
	gaps     []series.Gap
	buf      []series.Sample
}

func (r *reading) segment(ctx context.Context, s *segment) error {
	f, err := os.Open(r.h.path(s))
	if errors.Is(err, fs.ErrNotExist) {
		r.lost(s.first, s.last, "segment "+s.name()+" is gone")
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close() // read only
	spans := s.spans
	if s.sealed {
		index, err := readIndex(f, s.bytes)
		if err != nil {
			r.lost(s.first, s.last, err.Error())
			return nil
		}
		spans = index.of(r.tags)
	}
	for _, b := range spans {
		if b.first >= r.to || b.last < r.from {
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
		r.buf, err = r.h.codec.Decode(r.buf[:0], payload, func(tag string) bool { return r.tags[tag] })
	}
	if errors.Is(err, block.ErrDamaged) || errors.Is(err, frame.ErrDamaged) || errors.Is(err, frame.ErrShort) {
		r.lost(b.first, b.last, fmt.Sprintf("%s at %d: %v", s.name(), b.at, err))
		return nil
	}
	if err != nil {
		return err
	}
	for _, x := range r.buf {
		if at := x.Time(); at >= r.from && at < r.to {
			r.samples[x.Tag] = append(r.samples[x.Tag], x)
		}
	}
	return nil
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
