package export_test

import (
	"testing"

	"edgelabel/agent/export"
	"edgelabel/agent/label"
)

// TestWhatWasTakenBackIsNoJudgement holds that the newest word of a person counts, also where it takes their label back.
func TestWhatWasTakenBackIsNoJudgement(t *testing.T) {
	said := func(rev int, by string, v label.Verdict) label.Label {
		return label.Label{Rev: rev, By: label.Person{ID: by}, Draft: label.Draft{Verdict: v}}
	}
	all := []label.Label{said(1, "li", label.NotOK), said(2, "wang", label.OK), said(3, "li", label.Undefined)}
	if got := export.Judgements(all); len(got) != 1 || got[0].By.ID != "wang" {
		t.Errorf("%+v", got)
	}
	if got := export.Judgements(all[2:]); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if got := export.Judgements(append(all, said(4, "li", label.OK))); len(got) != 2 {
		t.Errorf("%+v", got)
	}
}
