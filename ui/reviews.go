package ui

import (
	"context"
	"net/http"
	"slices"

	"edgelabel/agent/label"
	"edgelabel/ui/auth"
)

// maxReviewScan is how many judged items of each state are looked at, newest first, for those that wait for a second person.
const maxReviewScan = 2000

// reviews is the answer of GET /reviews. Counts are of what was looked at; more says that there is older work beyond it.
type reviews struct {
	Blind    bool        `json:"blind"` // the second opinion is given without seeing the first
	Due      int         `json:"due"`
	Disputed int         `json:"disputed"`
	More     bool        `json:"more"`
	Rows     []label.Row `json:"items"`
}

func mayReview(by label.Person) bool {
	return by.Role == string(auth.Reviewer) || by.Role == string(auth.Admin)
}

// getReviews lists what waits for this person's review, newest first: never what they judged themselves.
func (s *Server) getReviews(w http.ResponseWriter, r *http.Request, by label.Person) error {
	state := r.URL.Query().Get("state")
	if state != "due" && state != "disputed" {
		return invalid("state: %q, want due or disputed", state)
	}
	limit, err := number(r.URL.Query(), "limit", 50, 1, maxItems)
	if err != nil {
		return err
	}
	out := reviews{Blind: s.cfg.BlindReview, Rows: []label.Row{}}
	for _, st := range []label.State{label.StateLabeled, label.StateSynced} {
		more, err := s.eachRow(r.Context(), label.Query{State: st, Newest: true}, maxReviewScan, func(row label.Row) error {
			out.see(row, by.ID, state, limit)
			return nil
		})
		if err != nil {
			return err
		}
		out.More = out.More || more
	}
	return answer(w, http.StatusOK, out)
}

func (v *reviews) see(row label.Row, by, state string, limit int) {
	has := ""
	switch {
	case slices.Contains(row.Judges, by) || row.By == by:
		return
	case row.Review == label.Disputed:
		v.Disputed++
		has = "disputed"
	case row.Review == label.Unreviewed && row.Verdict != label.Undefined:
		v.Due++
		has = "due"
	}
	if has != state || len(v.Rows) >= limit {
		return
	}
	row.By, row.Judges = "", nil // a name must not sway the judgement
	if v.Blind || state == "disputed" {
		row.Verdict, row.Classes = label.Undefined, nil
	}
	v.Rows = append(v.Rows, row)
}

// eachRow calls do for the rows of a query, at most so many; more says that there would have been others.
func (s *Server) eachRow(ctx context.Context, q label.Query, most int, do func(label.Row) error) (more bool, err error) {
	q.Limit = maxItems
	for n := 0; ; {
		page, err := s.cfg.Items.Items(ctx, q)
		if err != nil {
			return false, err
		}
		for _, row := range page.Rows {
			if n++; n > most {
				return true, nil
			}
			if err := do(row); err != nil {
				return false, err
			}
		}
		if page.Next == "" {
			return false, nil
		}
		q.Cursor = page.Next
	}
}
