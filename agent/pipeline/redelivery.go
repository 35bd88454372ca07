package pipeline

import (
	"context"
	"math"
	"slices"
	"time"

	"edgelabel/agent/series"
)

// chunk is how much of a tag's stored past is read at once to look for repetitions.
const chunk = int64(10 * time.Minute)

// stored is what the store has of one tag between two times, both before this start of the agent.
type stored struct {
	from, to int64
	trace    series.Trace
}

// storedBefore reports whether the store has a sample from before this start already. A source that got no answer before the agent
// stopped sends its last samples again, and the cleaner's memory begins with the start.
func (p *Pipeline) storedBefore(ctx context.Context, st *stream, s *series.Sample) bool {
	t := s.Time()
	if t >= p.started || s.Source == 0 || st.tag.Kind == series.Wave {
		return false
	}
	if t < st.past.from || t >= st.past.to {
		to := min(t+chunk, p.started)
		w, err := p.items.Window(ctx, []string{s.Tag}, t, to)
		if err != nil {
			if ctx.Err() == nil {
				p.meter.count(func(m *meter) { m.failures["window"]++ })
				p.cfg.Log.Error("samples from before the start may be stored twice", "tag", s.Tag, "error", err)
			}
			w = &series.Window{}
		}
		st.past = stored{from: t, to: to}
		for _, trace := range w.Traces {
			if trace.Tag == s.Tag {
				st.past.trace = trace
			}
		}
	}
	return st.past.has(t, s.Value, s.Status)
}

func (b *stored) has(t int64, v float64, status uint32) bool {
	i, _ := slices.BinarySearch(b.trace.T, t)
	for ; i < len(b.trace.T) && b.trace.T[i] == t; i++ {
		same := math.Float64bits(v) == math.Float64bits(b.trace.V[i]) || math.IsNaN(v) && math.IsNaN(b.trace.V[i])
		if same && b.trace.Status[i] == status {
			return true
		}
	}
	return false
}
