package ui

import (
	"context"
	"net/http"

	"edgelabel/agent/label"
)

// Tuner tries settings of rules on the stored history.
type Tuner interface {
	// Begin starts a replay in place of the one before, if any, and returns how it stands. field "" is the rule's first.
	// label.ErrNotFound for a rule that is not there, label.ErrInvalid for one that has nothing to set.
	Begin(by label.Person, rule, field string, from, to int64) (label.Replay, error)

	Replay(rule string) (label.Replay, error) // label.ErrNotFound where there was none since the start
	Cancel(rule string) (label.Replay, error) // twice is harmless

	// Tune lets a value hold from now on, and after a restart; nil lets the configuration's hold again. It returns after that is on disk.
	Tune(ctx context.Context, by label.Person, rule, field string, value *float64, reason string) (label.Tuning, error)

	Tunings() []label.Tuning // that hold, and of the rest the newest of each rule and field
}

// longestReplay is the longest stretch of history that a rule is judged on.
const longestReplay = 31 * 24 * 3600 * int64(1e9)

func (s *Server) postReplay(w http.ResponseWriter, r *http.Request, by label.Person) error {
	var body struct {
		Field string `json:"field"`
		From  int64  `json:"from"`
		To    int64  `json:"to"`
	}
	if err := decode(r, &body); err != nil {
		return err
	}
	now := s.cfg.Now().UnixNano()
	if body.To == 0 {
		body.To = now
	}
	if body.From == 0 {
		body.From = body.To - int64(statsPeriod)
	}
	if body.From < 0 || body.From >= body.To || body.To-body.From > longestReplay || body.To > now {
		return invalid("from, to: want a past range of at most 31 days")
	}
	return s.tuning(w, http.StatusAccepted, func(t Tuner) (any, error) {
		return t.Begin(by, r.PathValue("rule"), body.Field, body.From, body.To)
	})
}

func (s *Server) getReplay(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	return s.tuning(w, http.StatusOK, func(t Tuner) (any, error) { return t.Replay(r.PathValue("rule")) })
}

func (s *Server) deleteReplay(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	return s.tuning(w, http.StatusOK, func(t Tuner) (any, error) { return t.Cancel(r.PathValue("rule")) })
}

func (s *Server) getTunings(w http.ResponseWriter, _ *http.Request, _ label.Person) error {
	return s.tuning(w, http.StatusOK, func(t Tuner) (any, error) {
		return map[string][]label.Tuning{"tunings": filled(t.Tunings())}, nil
	})
}

// putTuning accepts a value, or takes it back where it is null.
func (s *Server) putTuning(w http.ResponseWriter, r *http.Request, by label.Person) error {
	var body struct {
		Field  string   `json:"field"`
		Value  *float64 `json:"value"`
		Reason string   `json:"reason"`
	}
	if err := decode(r, &body); err != nil {
		return err
	}
	if len(body.Reason) > maxText {
		return invalid("reason: at most %d bytes", maxText)
	}
	return s.tuning(w, http.StatusOK, func(t Tuner) (any, error) {
		return t.Tune(r.Context(), by, r.PathValue("rule"), body.Field, body.Value, body.Reason)
	})
}

func (s *Server) tuning(w http.ResponseWriter, status int, do func(Tuner) (any, error)) error {
	if s.cfg.Learning.Tuner == nil {
		return label.ErrNotFound
	}
	v, err := do(s.cfg.Learning.Tuner)
	if err != nil {
		return err
	}
	return answer(w, status, v)
}
