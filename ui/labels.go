package ui

import (
	"context"
	"fmt"
	"net/http"

	"edgelabel/agent/label"
)

const maxKey = 128 // bytes of an Idempotency-Key

// postLabel answers after the label is durable: the page says "saved" because of this answer and of nothing else.
func (s *Server) postLabel(w http.ResponseWriter, r *http.Request, by label.Person) error {
	key := r.Header.Get("Idempotency-Key")
	if !validKey(key) {
		return invalid("Idempotency-Key: want 1 to %d printable ASCII characters", maxKey)
	}
	var d label.Draft
	if err := decode(r, &d); err != nil {
		return err
	}
	if d.Input == label.Propagated || d.Input == label.Withdrawn {
		return invalid("input: %s is for labels that are propagated", d.Input)
	}
	if d.Review != nil && !mayReview(by) {
		return refuse(http.StatusForbidden, "only a reviewer may do this")
	}
	saved, err := s.cfg.Labels.AddLabel(r.Context(), r.PathValue("id"), d, by, key)
	if err != nil {
		return err
	}
	if saved.Item != r.PathValue("id") {
		return invalid("Idempotency-Key: made a label of another item before")
	}
	return answer(w, http.StatusCreated, saved)
}

func validKey(key string) bool {
	for _, c := range []byte(key) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return key != "" && len(key) <= maxKey
}

// Revisions is what Labels may do beside: remember every taxonomy that there was. ErrNotFound.
type Revisions interface {
	TaxonomyAt(ctx context.Context, revision int) (label.Taxonomy, error)
}

// taxonomy is the newest one, or with a revision that one.
func (s *Server) taxonomy(ctx context.Context, revision int) (label.Taxonomy, error) {
	if revision == 0 {
		return s.cfg.Labels.Taxonomy(ctx)
	}
	if past, ok := s.cfg.Labels.(Revisions); ok {
		return past.TaxonomyAt(ctx, revision)
	}
	return label.Taxonomy{}, label.ErrNotFound
}

// getPacks lists the taxonomies to begin with.
func (s *Server) getPacks(w http.ResponseWriter, _ *http.Request, _ label.Person) error {
	return answer(w, http.StatusOK, map[string][]label.Taxonomy{"packs": filled(s.cfg.Packs)})
}

func (s *Server) getTaxonomy(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	revision, err := number(r.URL.Query(), "revision", 0, 1, 1<<30)
	if err != nil {
		return err
	}
	t, err := s.taxonomy(r.Context(), revision)
	if err != nil {
		return err
	}
	tag := fmt.Sprintf("%q", fmt.Sprint(t.Revision))
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "private, no-cache")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return answer(w, http.StatusOK, t)
}

func (s *Server) putTaxonomy(w http.ResponseWriter, r *http.Request, by label.Person) error {
	var t label.Taxonomy
	if err := decode(r, &t); err != nil {
		return err
	}
	if err := t.Check(); err != nil {
		return invalid("%v", err)
	}
	next, err := s.cfg.Labels.PutTaxonomy(r.Context(), t, by.ID)
	if err != nil {
		return err
	}
	s.cfg.Log.Info("taxonomy changed", "revision", next.Revision, "by", by.ID)
	return answer(w, http.StatusOK, next)
}
