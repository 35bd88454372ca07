package ui

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Settler is what a store may do beside Items: freeze the window of an item that a person made, so that it outlives the raw history.
type Settler interface {
	SettleItem(ctx context.Context, id string, w *series.Window) error
}

func (s *Server) getItems(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	q, err := itemQuery(r.URL.Query())
	if err != nil {
		return err
	}
	page, err := s.cfg.Items.Items(r.Context(), q)
	if err != nil {
		return err
	}
	if page.Rows == nil {
		page.Rows = []label.Row{}
	}
	return answer(w, http.StatusOK, struct {
		Rows []label.Row `json:"items"`
		Next string      `json:"next"`
	}{page.Rows, page.Next})
}

func (s *Server) getItem(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	row, labels, err := s.cfg.Items.Item(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if labels == nil {
		labels = []label.Label{}
	}
	return answer(w, http.StatusOK, struct {
		Item   label.Row     `json:"item"`
		Labels []label.Label `json:"labels"`
		Past   []label.Past  `json:"past"`
	}{row, labels, s.past(&row.Item)})
}

// newItem is a stretch of signals that a person marks: what the detectors missed.
type newItem struct {
	Asset   string   `json:"asset"`
	From    int64    `json:"from"` // UTC ns
	To      int64    `json:"to"`
	Tags    []string `json:"tags"`
	Comment string   `json:"comment"`
}

func (s *Server) postItem(w http.ResponseWriter, r *http.Request, by label.Person) error {
	var body newItem
	if err := decode(r, &body); err != nil {
		return err
	}
	if err := s.checkNewItem(body); err != nil {
		return err
	}
	it := s.item(body, by)
	settler, canSettle := s.cfg.Items.(Settler)
	it.IsPartial = canSettle
	if err := s.cfg.Items.CreateItem(r.Context(), it); err != nil {
		return err
	}
	if canSettle {
		if err := s.settle(r.Context(), settler, it); err != nil {
			return err
		}
	}
	row, _, err := s.cfg.Items.Item(r.Context(), it.ID)
	if err != nil {
		return err
	}
	return answer(w, http.StatusCreated, row)
}

func (s *Server) checkNewItem(n newItem) error {
	if err := checkTags(n.Tags); err != nil {
		return err
	}
	if n.From < 0 || n.From >= n.To || n.To-n.From > int64(s.cfg.MaxSpan) {
		return invalid("from, to: want a range of at most %v", s.cfg.MaxSpan)
	}
	if n.To > s.cfg.Now().UnixNano() {
		return invalid("to: is in the future")
	}
	if len(n.Asset) > maxText || len(n.Comment) > label.MaxComment {
		return invalid("asset or comment: too long")
	}
	return s.knownTags(n.Tags)
}

func (s *Server) knownTags(tags []string) error {
	known := s.cfg.Signals()
	for _, tag := range tags {
		if !slices.ContainsFunc(known, func(k Signal) bool { return k.ID == tag }) {
			return invalid("tags: no signal %q", tag)
		}
	}
	return nil
}

const (
	leastMargin = int64(5 * time.Second) // on each side of what a person marks
	mostMargin  = int64(10 * time.Minute)
)

// around is the window of an item whose stretch a person marked: what came before and after is needed to judge it. It ends now at the
// latest and stays within MaxSpan.
func (s *Server) around(n newItem) (from, to int64) {
	margin := min(max((n.To-n.From)/4, leastMargin), mostMargin)
	margin = min(margin, (int64(s.cfg.MaxSpan)-(n.To-n.From))/2)
	return max(n.From-margin, 0), max(n.To, min(n.To+margin, s.cfg.Now().UnixNano()))
}

func (s *Server) item(n newItem, by label.Person) label.Item {
	place := s.cfg.Place
	place.Asset = n.Asset
	why := label.Text{ZH: n.Comment, EN: n.Comment}
	if n.Comment == "" {
		why = label.Text{ZH: "人工标出", EN: "Marked by a person"}
	}
	from, to := s.around(n)
	return label.Item{
		ID: s.cfg.NewID(), Rev: 1, Kind: label.KindWindow, Created: s.cfg.Now().UnixNano(), At: n.From,
		Place: place, IsSimulated: s.cfg.Gateway.Simulated, CreatedBy: by.ID, Score: 1,
		Window: &label.WindowRef{From: from, To: to, Tags: n.Tags},
		Candidates: []label.Candidate{{
			ID: "person", Rule: "person", Detector: "person", Tags: n.Tags, From: n.From, To: n.To, Score: 1, Severity: 500, Explain: why,
		}},
	}
}

func (s *Server) settle(ctx context.Context, to Settler, it label.Item) error {
	w, err := s.cfg.Media.Window(ctx, it.Window.Tags, it.Window.From, it.Window.To)
	if err != nil {
		return fmt.Errorf("item %s: %w", it.ID, err)
	}
	whole := series.Window{From: it.Window.From, To: it.Window.To, Gaps: w.Gaps}
	for _, tag := range it.Window.Tags { // a signal that was silent belongs to the item all the same
		whole.Traces = append(whole.Traces, traceOf(w, tag))
	}
	if err := to.SettleItem(ctx, it.ID, &whole); err != nil && !errors.Is(err, label.ErrFrozen) {
		return fmt.Errorf("item %s: %w", it.ID, err)
	}
	return nil
}

func (s *Server) postClaim(w http.ResponseWriter, r *http.Request, by label.Person) error {
	var body struct {
		Release bool `json:"release"`
	}
	if err := decode(r, &body); err != nil {
		return err
	}
	mine := label.Claim{By: by.ID, Name: by.Name}
	if !body.Release { // a claim that has run out already gives the item back
		mine.Until = s.cfg.Now().Add(ClaimTTL).UnixNano()
	}
	holds, err := s.cfg.Items.Claim(r.Context(), r.PathValue("id"), mine)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, holds)
}
