package ui

import (
	"context"
	"net/http"

	"edgelabel/agent/label"
)

// Learning is what verdicts teach. Each part may be nil: then its paths are not found, or its fields are empty.
type Learning struct {
	Judged  Judged
	Similar Similar
	Spread  Spreader
	Tuner   Tuner
}

// Judged is what people made of what detectors flagged.
type Judged interface {
	// Performance counts the candidates with an onset in [from, to), UTC ns, in periods of step ns.
	Performance(ctx context.Context, from, to, step int64) (label.Performance, error)

	// Queue lists open items in the order in which a verdict teaches most, at most limit.
	Queue(ctx context.Context, limit int) ([]label.Queued, error)

	// Past is what people made of earlier candidates of the item's rules. It reads nothing from disk.
	Past(it *label.Item) []label.Past
}

const (
	defaultPeriod = 24 * 3600 * 1e9 // ns
	mostPeriods   = 100
)

func (s *Server) getDetectors(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	if s.cfg.Learning.Judged == nil {
		return label.ErrNotFound
	}
	q, err := s.statsQuery(r.URL.Query())
	if err != nil {
		return err
	}
	step, err := moment(r.URL.Query(), "step")
	if err != nil {
		return err
	}
	if step == 0 {
		step = max(defaultPeriod, (q.to-q.from)/mostPeriods+1)
	}
	if (q.to-q.from)/step > mostPeriods {
		return invalid("step: want at most %d periods", mostPeriods)
	}
	p, err := s.cfg.Learning.Judged.Performance(r.Context(), q.from, q.to, step)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, p)
}

func (s *Server) getQueue(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	if s.cfg.Learning.Judged == nil {
		return label.ErrNotFound
	}
	limit, err := number(r.URL.Query(), "limit", 50, 1, maxItems)
	if err != nil {
		return err
	}
	all, err := s.cfg.Learning.Judged.Queue(r.Context(), limit)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, map[string][]label.Queued{"items": filled(all)})
}

// past is never null: the page lists it.
func (s *Server) past(it *label.Item) []label.Past {
	if s.cfg.Learning.Judged == nil {
		return []label.Past{}
	}
	return filled(s.cfg.Learning.Judged.Past(it))
}
