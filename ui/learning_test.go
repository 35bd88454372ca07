package ui_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/ui"
)

// taught is what verdicts teach, without anything behind it.
type taught struct {
	step   int64
	asked  label.Likeness
	spread label.Spread
	key    string
	undone string
	value  *float64
}

func (x *taught) Performance(_ context.Context, from, to, step int64) (label.Performance, error) {
	x.step = step
	return label.Performance{From: from, To: to, Rules: []label.Judged{{Rule: "a.limit", Precision: &label.Estimate{Value: .5, N: 4}}}}, nil
}

func (x *taught) Queue(_ context.Context, limit int) ([]label.Queued, error) {
	return make([]label.Queued, min(limit, 2)), nil
}

func (x *taught) Past(*label.Item) []label.Past { return []label.Past{{Rule: "a.limit"}} }

func (x *taught) Similar(_ context.Context, q label.Likeness) (label.Found, error) {
	x.asked = q
	return label.Found{Complete: true}, nil
}

func (x *taught) Spread(_ context.Context, by label.Person, key string, s label.Spread) (label.Spreading, error) {
	x.spread, x.key = s, key
	if s.Rev != 1 {
		return label.Spreading{}, label.ErrStale
	}
	return label.Spreading{ID: "s1", By: by.ID}, nil
}

func (x *taught) Spreading(id string) (label.Spreading, error) {
	if id != "s1" {
		return label.Spreading{}, label.ErrNotFound
	}
	return label.Spreading{ID: id, By: "li"}, nil
}

func (x *taught) Unspread(_ context.Context, _ label.Person, id string) (label.Spreading, error) {
	x.undone = id
	return label.Spreading{ID: id, Undone: 1}, nil
}

func (x *taught) Begin(by label.Person, rule, field string, from, to int64) (label.Replay, error) {
	if rule != "a.limit" {
		return label.Replay{}, label.ErrNotFound
	}
	return label.Replay{Rule: rule, By: by.ID, From: from, To: to, State: label.Replaying}, nil
}

func (x *taught) Replay(rule string) (label.Replay, error) {
	return x.Begin(label.Person{}, rule, "", 0, 0)
}

func (x *taught) Cancel(rule string) (label.Replay, error) {
	return label.Replay{Rule: rule, State: label.ReplayCancelled}, nil
}

func (x *taught) Tune(_ context.Context, by label.Person, rule, field string, value *float64, reason string) (label.Tuning, error) {
	x.value = value
	return label.Tuning{Rule: rule, Field: field, Value: value, By: by.ID, Reason: reason}, nil
}

func (x *taught) Tunings() []label.Tuning { return nil }

func TestLearningPaths(t *testing.T) {
	x := &taught{}
	r := start(t, func(c *ui.Config) { c.Learning = ui.Learning{Judged: x, Similar: x, Spread: x, Tuner: x} })
	r.store.rows["i1"] = label.Row{Item: label.Item{ID: "i1"}}
	from, to := noon.UnixNano()-60e9, noon.UnixNano()
	alike := fmt.Sprintf(`{"tags":["force"],"from":%d,"to":%d}`, from, to)
	places := fmt.Sprintf(`{"item":"i1","rev":1,"places":[{"tags":["force"],"from":%d,"to":%d},{"item":"i2"}]}`, from, to)
	key := map[string]string{"Idempotency-Key": "k1"}
	for _, tt := range []struct {
		by, method, path, body string
		header                 map[string]string
		status                 int
	}{
		{"", "GET", "/api/v1/detectors", "", nil, http.StatusUnauthorized},
		{"li", "GET", "/api/v1/detectors", "", nil, http.StatusOK},
		{"li", "GET", "/api/v1/detectors?step=1000", "", nil, http.StatusBadRequest},
		{"li", "GET", "/api/v1/detectors?from=9&to=3", "", nil, http.StatusBadRequest},
		{"li", "GET", "/api/v1/queue?limit=1", "", nil, http.StatusOK},
		{"li", "GET", "/api/v1/queue?limit=0", "", nil, http.StatusBadRequest},
		{"li", "POST", "/api/v1/similar", alike, nil, http.StatusOK},
		{"li", "POST", "/api/v1/similar", `{"item":"i1","image":"abc","k":5}`, nil, http.StatusOK},
		{"li", "POST", "/api/v1/similar", `{"image":"abc"}`, nil, http.StatusBadRequest},
		{"li", "POST", "/api/v1/similar", `{"tags":["force"],"from":5,"to":5}`, nil, http.StatusBadRequest},
		{"li", "POST", "/api/v1/similar", `{"tags":["force"],"from":5,"to":6,"k":1000}`, nil, http.StatusBadRequest},
		{"li", "POST", "/api/v1/similar", `{"tags":["force"],"from":5,"to":6,"since":9,"until":8}`, nil, http.StatusBadRequest},
		{"li", "POST", "/api/v1/propagate", places, nil, http.StatusBadRequest},
		{"li", "POST", "/api/v1/propagate", `{"item":"i1","rev":1,"places":[]}`, key, http.StatusBadRequest},
		{"li", "POST", "/api/v1/propagate", `{"item":"i1","rev":1,"places":[{"tags":["nobody"],"from":1,"to":2}]}`, key, http.StatusBadRequest},
		{"li", "POST", "/api/v1/propagate", `{"item":"i1","rev":1,"places":[{"from":1,"to":2}]}`, key, http.StatusBadRequest},
		{"li", "POST", "/api/v1/propagate", `{"item":"i1","rev":2,"places":[{"item":"i2"}]}`, key, http.StatusConflict},
		{"li", "POST", "/api/v1/propagate", places, key, http.StatusCreated},
		{"wang", "DELETE", "/api/v1/propagate/s1", "", nil, http.StatusForbidden},
		{"li", "DELETE", "/api/v1/propagate/s2", "", nil, http.StatusNotFound},
		{"sun", "DELETE", "/api/v1/propagate/s1", "", nil, http.StatusOK},
		{"li", "POST", "/api/v1/rules/a.limit/replay", `{}`, nil, http.StatusAccepted},
		{"li", "POST", "/api/v1/rules/b/replay", `{}`, nil, http.StatusNotFound},
		{"li", "POST", "/api/v1/rules/a.limit/replay", `{"from":1}`, nil, http.StatusBadRequest},
		{"li", "GET", "/api/v1/rules/a.limit/replay", "", nil, http.StatusOK},
		{"li", "DELETE", "/api/v1/rules/a.limit/replay", "", nil, http.StatusOK},
		{"li", "PUT", "/api/v1/rules/a.limit/tuning", `{"field":"h","value":5}`, nil, http.StatusForbidden},
		{"sun", "PUT", "/api/v1/rules/a.limit/tuning", `{"field":"h","value":5,"reason":"peaks"}`, nil, http.StatusOK},
		{"li", "GET", "/api/v1/tunings", "", nil, http.StatusOK},
		{"li", "POST", "/api/v1/items/i1/labels", `{"verdict":"ok","input":"propagated"}`, key, http.StatusBadRequest},
	} {
		r.want(call{by: tt.by, method: tt.method, path: tt.path, body: tt.body, header: tt.header}, tt.status, "")
	}
	if x.step < int64(24*3600e9) || x.asked.Image != "abc" || x.key != "k1" || len(x.spread.Places) != 2 || x.undone != "s1" || *x.value != 5 {
		t.Errorf("%+v", x)
	}
	got := parse[struct{ Past []label.Past }](t, r.want(call{by: "li", path: "/api/v1/items/i1"}, 200, ""))
	if len(got.Past) != 1 {
		t.Errorf("%+v", got)
	}
}

// TestNothingLearns holds that a page without anything behind these paths says so.
func TestNothingLearns(t *testing.T) {
	r := start(t, nil)
	key := map[string]string{"Idempotency-Key": "k1"}
	for _, c := range []call{
		{path: "/api/v1/detectors"}, {path: "/api/v1/queue"}, {path: "/api/v1/tunings"}, {path: "/api/v1/rules/a/replay"},
		{method: "POST", path: "/api/v1/similar", body: "{}"}, {method: "POST", path: "/api/v1/propagate", body: "{}", header: key},
		{method: "DELETE", path: "/api/v1/propagate/x"},
	} {
		c.by = "li"
		r.want(c, http.StatusNotFound, "")
	}
}
