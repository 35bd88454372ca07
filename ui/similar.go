package ui

import (
	"context"
	"net/http"

	"edgelabel/agent/label"
)

// Similar finds places that look like one.
type Similar interface {
	// Similar searches the stored history; it gives up when ctx ends. label.ErrInvalid for a question without an answer,
	// label.ErrNotFound where the image or its item is gone.
	Similar(ctx context.Context, q label.Likeness) (label.Found, error)
}

// Spreader gives the label of one item to others.
type Spreader interface {
	// Spread returns after the labels are durable. The same key again returns what it did the first time.
	Spread(ctx context.Context, by label.Person, key string, s label.Spread) (label.Spreading, error)

	// Spreading returns one that was done. label.ErrNotFound.
	Spreading(id string) (label.Spreading, error)

	// Unspread takes the labels back that nobody has changed since. Twice is harmless.
	Unspread(ctx context.Context, by label.Person, id string) (label.Spreading, error)
}

const (
	maxAlike  = 100 // places of one answer
	maxSpread = 200 // places of one request
)

func (s *Server) postSimilar(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	if s.cfg.Learning.Similar == nil {
		return label.ErrNotFound
	}
	var q label.Likeness
	if err := decode(r, &q); err != nil {
		return err
	}
	if err := s.checkLikeness(&q); err != nil {
		return err
	}
	leave, err := s.searching.enter(r.Context())
	if err != nil {
		return err
	}
	defer leave()
	found, err := s.cfg.Learning.Similar.Similar(r.Context(), q)
	if err != nil {
		return err
	}
	found.Places = filled(found.Places)
	return answer(w, http.StatusOK, found)
}

func (s *Server) checkLikeness(q *label.Likeness) error {
	if (q.Image != "") == (len(q.Tags) > 0) {
		return invalid("want either tags, from and to, or item and image")
	}
	if q.K < 0 || q.K > maxAlike {
		return invalid("k: %d, want 1 to %d", q.K, maxAlike)
	}
	if q.Since < 0 || q.Until < 0 || q.Until != 0 && q.Since >= q.Until {
		return invalid("since, until: %d is not before %d", q.Since, q.Until)
	}
	if q.Image != "" {
		if len(q.Image) > maxText || q.Item == "" || len(q.Item) > maxText {
			return invalid("item, image: want the item that shows the image, and its sha256")
		}
		return nil
	}
	if err := checkTags(q.Tags); err != nil {
		return err
	}
	if q.From <= 0 || q.From >= q.To || q.To-q.From > int64(s.cfg.MaxSpan) {
		return invalid("from, to: want a range of at most %v", s.cfg.MaxSpan)
	}
	return nil
}

func (s *Server) postPropagate(w http.ResponseWriter, r *http.Request, by label.Person) error {
	if s.cfg.Learning.Spread == nil {
		return label.ErrNotFound
	}
	key := r.Header.Get("Idempotency-Key")
	if !validKey(key) {
		return invalid("Idempotency-Key: want 1 to %d printable ASCII characters", maxKey)
	}
	var body label.Spread
	if err := decode(r, &body); err != nil {
		return err
	}
	if n := len(body.Places); n == 0 || n > maxSpread || body.Item == "" {
		return invalid("want item, and 1 to %d places", maxSpread)
	}
	for i, p := range body.Places {
		if p.Item == "" && (len(p.Tags) == 0 || p.From >= p.To || p.To-p.From > int64(s.cfg.MaxSpan) || p.To > s.cfg.Now().UnixNano()) {
			return invalid("places[%d]: want an item, or tags, from and to", i)
		}
		if len(p.Tags) > 0 {
			if err := s.knownTags(p.Tags); err != nil {
				return err
			}
		}
	}
	done, err := s.cfg.Learning.Spread.Spread(r.Context(), by, key, body)
	if err != nil {
		return err
	}
	return answer(w, http.StatusCreated, spreading(done))
}

func (s *Server) deletePropagate(w http.ResponseWriter, r *http.Request, by label.Person) error {
	if s.cfg.Learning.Spread == nil {
		return label.ErrNotFound
	}
	known, err := s.cfg.Learning.Spread.Spreading(r.PathValue("id"))
	if err != nil {
		return err
	}
	if known.By != by.ID && !mayReview(by) {
		return refuse(http.StatusForbidden, "only who did this, or a reviewer, may take it back")
	}
	done, err := s.cfg.Learning.Spread.Unspread(r.Context(), by, known.ID)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, spreading(done))
}

func spreading(s label.Spreading) label.Spreading {
	s.Labeled, s.Skipped = filled(s.Labeled), filled(s.Skipped)
	return s
}
