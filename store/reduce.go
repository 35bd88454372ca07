package store

import (
	"context"
	"fmt"

	"edgelabel/agent/series"
)

// Reduce reads the tags of the half-open range for a screen of n columns, in the order of the tags. It takes what stretches of samples
// come to from the history and reads samples only where the screen can show each: its time and its memory depend on n and the number of
// tags, hardly on how long the range is. It does not see what is still on its way to disk.
func (s *Store) Reduce(ctx context.Context, tags []string, from, to int64, n int) ([]series.Reduced, []series.Gap, error) {
	into := make(map[string]*series.Reducer, len(tags))
	for _, tag := range tags {
		into[tag] = series.NewReducer(from, to, n)
	}
	lost, err := s.history.Reduce(ctx, into)
	if err != nil {
		return nil, nil, fmt.Errorf("reduce: %w", err)
	}
	gaps, err := s.gaps(tags, from, to, lost)
	out := make([]series.Reduced, len(tags))
	for i, tag := range tags {
		out[i] = into[tag].Result()
		out[i].Tag = tag
		if k, ok := s.tags[tag]; ok {
			out[i].Name, out[i].Unit = s.o.Tags[k].Name, s.o.Tags[k].Unit
		}
	}
	return out, gaps, err
}

// rate is how many points a second the waves of a tag have, 0 where nobody said.
func (s *Store) rate(tag string) float64 {
	if i, ok := s.tags[tag]; ok {
		return s.o.Tags[i].Rate
	}
	return 0
}
