package store

import (
	"context"
	"fmt"

	"edgelabel/agent/series"
)

// Reduce reads the tags of the half-open range for a screen of n columns, in the order of the tags. It goes over the history block by
// block: its memory depends on n and the number of tags, not on how long the range is. It does not see what is still on its way to disk.
func (s *Store) Reduce(ctx context.Context, tags []string, from, to int64, n int) ([]series.Reduced, []series.Gap, error) {
	list, by := make([]*reduction, len(tags)), make(map[string]*reduction, len(tags))
	lead := int64(0)
	for i, tag := range tags {
		list[i] = s.reduction(tag, from, to, n)
		by[tag] = list[i]
		lead = max(lead, list[i].lead)
	}
	var now *reduction
	lost, err := s.history.Scan(ctx, tags, from-lead, to, func(x *series.Sample) {
		if now == nil || x.Tag != now.head.Tag { // blocks hold one signal after the other
			now = by[x.Tag]
		}
		now.add(x)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("reduce: %w", err)
	}
	var gaps []series.Gap
	err = s.view(func(t *txn) error {
		gaps = t.gapsWithin(from, to, maxWindowGaps)
		return nil
	})
	out := make([]series.Reduced, len(list))
	for i, r := range list {
		out[i] = r.result()
	}
	return out, s.concerning(tags, append(gaps, lost...)), err
}

// reduction is one tag on its way to a screen.
type reduction struct {
	head series.Trace
	rate float64 // Hz, of the points of a block
	lead int64   // ns, how far before the range a block may begin that reaches into it
	into *series.Reducer
}

func (s *Store) reduction(tag string, from, to int64, n int) *reduction {
	r := &reduction{head: series.Trace{Tag: tag}, into: series.NewReducer(from, to, n)}
	if i, ok := s.tags[tag]; ok {
		r.head.Name, r.head.Unit, r.rate = s.o.Tags[i].Name, s.o.Tags[i].Unit, s.o.Tags[i].Rate
	}
	if r.rate > 0 {
		r.lead = int64(longestWave)
	}
	return r
}

func (r *reduction) add(x *series.Sample) {
	switch {
	case x.Text != "":
	case x.Wave == nil:
		r.into.Add(x.Time(), x.Value, x.Status)
	case r.rate > 0:
		for k, v := range x.Wave {
			r.into.Add(x.Time()+int64(float64(k)*1e9/r.rate), v, x.Status)
		}
	}
}

func (r *reduction) result() series.Reduced {
	out := r.into.Result()
	out.Tag, out.Name, out.Unit = r.head.Tag, r.head.Name, r.head.Unit
	return out
}
