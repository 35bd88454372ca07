package ui_test

import (
	"fmt"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/ui"
)

type reviewList struct {
	Blind         bool
	Due, Disputed int
	Items         []label.Row
}

func TestReviews(t *testing.T) {
	r := start(t, func(c *ui.Config) { c.BlindReview = true })
	for id, s := range map[string]label.Standing{
		"fresh":    {Labels: 1, Verdict: label.NotOK, By: "li", Judges: []string{"li"}, Classes: []string{"scratch"}},
		"mine":     {Labels: 1, Verdict: label.OK, By: "sun", Judges: []string{"sun"}},
		"settled":  {Labels: 2, Verdict: label.OK, By: "wang", Judges: []string{"li", "wang"}, Review: label.Confirmed},
		"disputed": {Labels: 2, Verdict: label.OK, By: "wang", Judges: []string{"li", "wang"}, Review: label.Disputed},
	} {
		r.store.set(func(st *store) { st.rows[id] = label.Row{Item: label.Item{ID: id}, Standing: s} })
	}
	r.want(call{by: "li", path: "/api/v1/reviews?state=due"}, 403, "forbidden")
	r.want(call{by: "sun", path: "/api/v1/reviews?state=old"}, 400, "invalid")
	due := parse[reviewList](t, r.want(call{by: "sun", path: "/api/v1/reviews?state=due"}, 200, ""))
	// The store of this test answers every state alike, so that each row is seen twice.
	if !due.Blind || due.Due != 2 || due.Disputed != 2 || len(due.Items) != 2 || due.Items[0].ID != "fresh" {
		t.Errorf("due %+v", due)
	}
	if row := due.Items[0]; row.By != "" || row.Judges != nil || row.Verdict != label.Undefined || row.Classes != nil {
		t.Errorf("says what the first person said: %+v", row.Standing)
	}
	disputed := parse[reviewList](t, r.want(call{by: "chief", path: "/api/v1/reviews?state=disputed"}, 200, ""))
	if len(disputed.Items) != 2 || disputed.Items[0].ID != "disputed" {
		t.Errorf("disputed %+v", disputed)
	}
}

func TestReviewIsForReviewers(t *testing.T) {
	r := start(t, nil)
	r.item(label.Item{ID: "a"})
	post := func(by, body string) call {
		return call{by: by, method: "POST", path: "/api/v1/items/a/labels", body: body, header: map[string]string{"Idempotency-Key": "k-" + by}}
	}
	review := `{"verdict":"ok","parent":0,"taxonomy":1,"review":{"of":1,"result":"agree"}}`
	r.want(post("li", review), 403, "forbidden")
	r.store.set(func(s *store) { s.fail = fmt.Errorf("%w: review.of: %w", label.ErrInvalid, label.ErrSamePerson) })
	r.want(post("sun", review), 403, "forbidden")
}

func TestStats(t *testing.T) {
	r := start(t, nil)
	add := func(id, line string, labels ...label.Label) {
		r.store.set(func(s *store) {
			it := label.Item{ID: id, At: noon.UnixNano(), Place: label.Place{Line: line, Cell: "c1", Asset: "p"}}
			it.Images = []label.Image{{SHA256: "s" + id, Camera: "top", Width: 100, Height: 50}}
			s.rows[id] = label.Row{Item: it, Standing: label.Standing{Labels: len(labels)}}
			s.labels[id] = labels
		})
	}
	bad := label.Label{By: label.Person{ID: "li"}}
	bad.Verdict, bad.Classes = label.NotOK, []string{"scratch"}
	add("1", "l1", bad)
	add("2", "l2", bad)
	add("3", "l1")
	type result struct {
		Items, Judged, NotOK int
		Lines                []string
		Classes              []struct {
			Class string
			N     int
		}
		Mine struct{ Labels int }
	}
	all := parse[result](t, r.want(call{by: "li", path: "/api/v1/stats"}, 200, ""))
	if all.Items != 3 || all.Judged != 2 || all.NotOK != 2 || all.Mine.Labels != 2 || all.Classes[0].N != 2 || len(all.Lines) != 2 {
		t.Errorf("all %+v", all)
	}
	one := parse[result](t, r.want(call{by: "wang", path: "/api/v1/stats?line=l1&camera=top&station=c1&asset=p"}, 200, ""))
	if one.Items != 2 || one.Judged != 1 || one.Mine.Labels != 0 || len(one.Lines) != 2 {
		t.Errorf("one line %+v", one)
	}
	if q := r.store.query; q.To != noon.UnixNano() || q.To-q.From != 7*24*3600e9 || !q.Newest {
		t.Errorf("query %+v", q)
	}
	r.want(call{by: "li", path: "/api/v1/stats?from=9&to=8"}, 400, "invalid")
	r.want(call{path: "/api/v1/stats"}, 401, "unauthorized")
}
