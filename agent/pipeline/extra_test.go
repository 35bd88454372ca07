package pipeline_test

import (
	"context"
	"errors"
	"testing"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/label"
)

// TestExtraRules holds that a rule that comes later judges from then on, on one signal and on several, and that one that goes takes its open
// candidate with it and nothing else.
func TestExtraRules(t *testing.T) {
	cfg := press()
	cfg.Formula = catalog.Formula
	s := newStore()
	r := start(t, cfg, s, nil)
	ctx := context.Background()
	add := func(tag string, rule detect.Rule) {
		t.Helper()
		if err := r.p.Add(ctx, tag, rule); err != nil {
			t.Fatal(err)
		}
	}
	names := func(want int) {
		t.Helper()
		if all := r.p.Rules(); len(all) != want {
			t.Errorf("%+v, want %d", all, want)
		}
	}
	r.run(0, 10, nil)
	add("force", detect.Rule{Name: "force.low", Kind: detect.Limit, L: ptr(60)})
	add("temp", detect.Rule{Name: "temp.both", Kind: detect.Expression, Of: `tag("temp") < 60 && tag("force") < 60`})
	names(4)
	if got := r.p.Watched(); len(got) != 3 || got[1].Rule.Name != "force.low" {
		t.Errorf("%+v", got)
	}
	r.run(11, 20, nil) // 50 is below 60
	it := r.items(1)[0]
	if len(it.Candidates) != 2 || it.Candidates[0].To != 0 {
		t.Fatalf("%+v", it.Candidates)
	}
	for _, rule := range []string{"force.low", "temp.both"} {
		if err := r.p.Drop(ctx, rule); err != nil {
			t.Fatal(err)
		}
	}
	names(2)
	r.run(21, 40, nil)
	for _, c := range r.items(1)[0].Candidates {
		if c.To == 0 {
			t.Errorf("%s is still open", c.Rule)
		}
	}
	r.run(41, 60, map[string][2]int{"force": {45, 50}}) // what was there before judges as before
	r.items(2)
	if err := r.p.Drop(ctx, "force.low"); !errors.Is(err, label.ErrNotFound) {
		t.Error(err)
	}
}

func TestExtraRulesThatDoNotFit(t *testing.T) {
	cfg := press()
	cfg.Formula = catalog.Formula
	r := start(t, cfg, newStore(), nil)
	for name, c := range map[string]struct {
		tag  string
		rule detect.Rule
		want error
	}{
		"no tag":        {"nothing", detect.Rule{Name: "nothing.low", Kind: detect.Limit, L: ptr(60)}, label.ErrNotFound},
		"a taken name":  {"force", detect.Rule{Name: "force.limit", Kind: detect.Limit, L: ptr(60)}, label.ErrInvalid},
		"no limits":     {"force", detect.Rule{Name: "force.low", Kind: detect.Limit}, label.ErrInvalid},
		"a bad formula": {"force", detect.Rule{Name: "force.of", Kind: detect.Expression, Of: `tag("gone") > 1`}, label.ErrInvalid},
	} {
		if err := r.p.Add(context.Background(), c.tag, c.rule); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(r.p.Rules()) != 2 {
		t.Errorf("%+v", r.p.Rules())
	}
}
