package plan_test

import (
	"testing"

	"edgelabel/agent/config"
	"edgelabel/agent/detect"
	"edgelabel/agent/plan"
)

// TestRandomWindowsLeaveTheRulesAlone holds that a tag that is also drawn from keeps the rules it has, or would have.
func TestRandomWindowsLeaveTheRulesAlone(t *testing.T) {
	cfg, err := config.Parse("test.yaml", []byte(`assets: [{id: a, random: 3}, {id: b, random: 3}, {id: c}]
tags:
  - {id: a.part, asset: a, kind: text}
  - {id: a.force, asset: a}
  - {id: a.speed, asset: a}
  - {id: b.force, asset: b, rules: []}
  - {id: c.force, asset: c}
`))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]detect.Kind{}
	for _, tag := range plan.Tags(cfg) {
		for _, r := range tag.Rules {
			got[tag.ID] = append(got[tag.ID], r.Kind)
		}
	}
	if a := got["a.force"]; len(a) != 2 || a[0] != detect.RobustZ || a[1] != detect.Sample {
		t.Errorf("a.force: %v", a)
	}
	if b := got["b.force"]; len(b) != 1 || b[0] != detect.Sample {
		t.Errorf("b.force: %v", b)
	}
	if len(got) != 2 {
		t.Errorf("%v", got)
	}
}
