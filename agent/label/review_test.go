package label_test

import (
	"errors"
	"strings"
	"testing"

	"edgelabel/agent/label"
)

// said is a label of a person; of 0 is one without a review.
func said(by string, v label.Verdict, class string, of int, result label.ReviewResult) label.Label {
	l := label.Label{By: label.Person{ID: by}}
	l.Verdict = v
	if class != "" {
		l.Classes = []string{class}
	}
	if of > 0 {
		l.Review = &label.Review{Of: of, Result: result}
	}
	return l
}

func TestCheckReview(t *testing.T) {
	first := said("li", label.NotOK, "dent", 0, "")
	second := said("wang", label.OK, "", 1, label.Independent)
	agreed := said("wang", label.NotOK, "dent", 1, label.Independent)
	agreed.Review.Agrees = true
	back := func(comment string, v label.Verdict) label.Label {
		l := said("wang", v, "", 1, label.SentBack)
		l.Comment = comment
		return l
	}
	settles := func(by string, of, against int) label.Label {
		l := said(by, label.OK, "", of, label.Adjudicated)
		l.Review.Against = against
		return l
	}
	tests := []struct {
		name   string
		before []label.Label
		next   label.Label
		wrong  string
		state  label.ReviewState
	}{
		{"agree", []label.Label{first}, said("wang", label.NotOK, "dent", 1, label.Agreed), "", label.Confirmed},
		{"agree with another class", []label.Label{first}, said("wang", label.NotOK, "burr", 1, label.Agreed), "differ", ""},
		{"correct", []label.Label{first}, said("wang", label.OK, "", 1, label.Corrected), "", label.Overruled},
		{"independent and the same", []label.Label{first}, agreed, "", label.Confirmed},
		{"independent and different", []label.Label{first}, second, "", label.Disputed},
		{"sent back", []label.Label{first}, back("wrong place", label.NotDecidable), "", label.Returned},
		{"sent back without a word", []label.Label{first}, back("", label.NotDecidable), "send_back", ""},
		{"sent back with a verdict", []label.Label{first}, back("x", label.OK), "send_back", ""},
		{"one's own", []label.Label{first}, said("li", label.OK, "", 1, label.Corrected), "own label", ""},
		{"nothing to review", nil, said("wang", label.OK, "", 1, label.Agreed), "review.of", ""},
		{"not the newest", []label.Label{first, said("zhao", label.OK, "", 0, "")}, said("wang", label.OK, "", 1, label.Agreed), "review.of", ""},
		{"a review itself", []label.Label{first, agreed}, said("zhao", label.OK, "", 2, label.Corrected), "a review itself", ""},
		{"taken back and given again", []label.Label{first, agreed}, said("wang", label.OK, "", 1, label.Corrected), "", label.Overruled},
		{"unknown word", []label.Label{first}, said("wang", label.OK, "", 1, "maybe"), "maybe", ""},
		{"settled", []label.Label{first, second}, settles("zhao", 1, 2), "", label.Settled},
		{"settled by the first", []label.Label{first, second}, settles("li", 1, 2), "own label", ""},
		{"settled by the second", []label.Label{first, second}, settles("wang", 1, 2), "review.of", ""},
		{"settled where nobody differs", []label.Label{first, agreed}, settles("zhao", 1, 2), "does not differ", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.next.CheckReview(tt.next.By, tt.before)
			if tt.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wrong) {
					t.Errorf("error %v, want %q", err, tt.wrong)
				}
				if strings.Contains(tt.wrong, "own label") && !errors.Is(err, label.ErrSamePerson) {
					t.Errorf("%v is not ErrSamePerson", err)
				}
				return
			}
			if err != nil || tt.next.Review.State() != tt.state {
				t.Errorf("state %q, %v, want %q", tt.next.Review.State(), err, tt.state)
			}
		})
	}
}

func TestSameJudgement(t *testing.T) {
	a := label.Draft{Verdict: label.NotOK, Classes: []string{"dent"}, Regions: []label.Region{{Class: "burr"}, {Class: "burr"}}}
	b := label.Draft{Verdict: label.NotOK, Classes: []string{"burr", "dent"}}
	if !label.SameJudgement(&a, &b) || a.Classes[0] != "dent" {
		t.Errorf("order or place of a class made a difference: %v %v", a.AllClasses(), b.AllClasses())
	}
	b.Verdict = label.OK
	if label.SameJudgement(&a, &b) {
		t.Error("other verdict")
	}
}
