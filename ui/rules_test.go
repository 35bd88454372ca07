package ui_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/ui"
)

// rules is one rule, and how it is served.
type rules struct{ service ui.Service }

func (r *rules) Rules() []ui.Rule {
	return []ui.Rule{{Name: "a.limit", Service: r.service, FalseSignals: &ui.FalseSignals{PerPoint: 0.004, Every: 250}}}
}

func (r *rules) Budgets() []ui.Budget { return []ui.Budget{{Asset: "a", Candidates: 5, Per: 28800}} }

func (r *rules) Serve(_ context.Context, by label.Person, rule string, s ui.Service) error {
	if rule != "a.limit" {
		return label.ErrNotFound
	}
	r.service = s
	return nil
}

func TestRules(t *testing.T) {
	kept := &rules{service: ui.Service{State: ui.InService}}
	r := start(t, func(c *ui.Config) { c.Rules = kept })
	until := noon.UnixNano() + 3600e9
	shelve, service := "/api/v1/rules/a.limit/shelve", "/api/v1/rules/a.limit/service"
	body := func(until int64, reason string) string { return fmt.Sprintf(`{"until":%d,"reason":%q}`, until, reason) }
	for _, tt := range []struct {
		by, method, path, body string
		status                 int
		state                  string // afterwards
	}{
		{"", "POST", shelve, body(until, "cleaning"), http.StatusUnauthorized, ui.InService},
		{"li", "POST", shelve, body(until, " "), http.StatusBadRequest, ui.InService},
		{"li", "POST", shelve, body(1, "late"), http.StatusBadRequest, ui.InService},
		{"li", "POST", shelve, body(noon.Add(2*ui.MaxShelved).UnixNano(), "long"), http.StatusBadRequest, ui.InService},
		{"li", "POST", "/api/v1/rules/b/shelve", body(until, "cleaning"), http.StatusNotFound, ui.InService},
		{"li", "POST", shelve, body(until, "cleaning"), http.StatusOK, ui.Shelved},
		{"li", "POST", shelve, `{"until":0}`, http.StatusOK, ui.InService},
		{"li", "PUT", service, `{"state":"out_of_service","reason":"x"}`, http.StatusForbidden, ui.InService},
		{"chief", "PUT", service, `{"state":"off","reason":"x"}`, http.StatusBadRequest, ui.InService},
		{"chief", "PUT", service, `{"state":"out_of_service","reason":"sensor is away"}`, http.StatusOK, ui.OutOfService},
		{"li", "POST", shelve, `{"until":0}`, http.StatusForbidden, ui.OutOfService},
		{"chief", "PUT", service, `{"state":"in_service"}`, http.StatusOK, ui.InService},
	} {
		r.want(call{by: tt.by, method: tt.method, path: tt.path, body: tt.body}, tt.status, "")
		if kept.service.State != tt.state {
			t.Errorf("%+v: %+v", tt, kept.service)
		}
		if tt.status == http.StatusOK && (kept.service.By != tt.by || kept.service.At != noon.UnixNano()) {
			t.Errorf("%+v: not signed: %+v", tt, kept.service)
		}
	}
	got := parse[struct {
		Rules   []ui.Rule
		Budgets []ui.Budget
	}](t, r.want(call{by: "li", path: "/api/v1/rules"}, 200, ""))
	if len(got.Rules) != 1 || got.Rules[0].FalseSignals.Every != 250 || len(got.Budgets) != 1 || got.Budgets[0].Promised != nil {
		t.Errorf("rules: %+v", got)
	}
}
