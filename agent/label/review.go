package label

import (
	"errors"
	"fmt"
	"slices"
)

// ErrSamePerson is returned when somebody reviews what they said themselves: four eyes are never two.
var ErrSamePerson = errors.New("a person may not review their own label")

// ReviewResult is what a second person makes of a label.
type ReviewResult string

const (
	Agreed      ReviewResult = "agree"      // saw the first label and says the same
	Corrected   ReviewResult = "correct"    // saw it and says something else, which counts
	SentBack    ReviewResult = "send_back"  // wants its author to look again; the comment says why
	Independent ReviewResult = "second"     // judged without seeing the first label
	Adjudicated ReviewResult = "adjudicate" // settles the difference between two others
)

// Review makes a label a second person's word on an earlier one of the same item.
type Review struct {
	Of      int          `json:"of"`                // revision that it is about: the newest that is not the reviewer's own
	Against int          `json:"against,omitempty"` // of an adjudication: revision of the second opinion, Of being the first
	Result  ReviewResult `json:"result"`
	Agrees  bool         `json:"agrees,omitempty"` // same verdict and classes as Of; the gateway fills it in
}

// ReviewState is where an item stands between its people.
type ReviewState string

const (
	Unreviewed ReviewState = ""       // its newest label is one person's word
	Confirmed  ReviewState = "agreed" // two people say the same
	Overruled  ReviewState = "corrected"
	Returned   ReviewState = "sent_back"
	Disputed   ReviewState = "disputed" // two independent opinions differ: a third person is wanted
	Settled    ReviewState = "adjudicated"
)

// State is where an item stands after a label with this review; nil is a label without one.
func (r *Review) State() ReviewState {
	if r == nil {
		return Unreviewed
	}
	switch r.Result {
	case Agreed:
		return Confirmed
	case Corrected:
		return Overruled
	case SentBack:
		return Returned
	case Adjudicated:
		return Settled
	}
	if r.Agrees {
		return Confirmed
	}
	return Disputed
}

// SameJudgement reports whether two labels give the same verdict and the same classes, in whatever order.
func SameJudgement(a, b *Draft) bool {
	one, other := a.AllClasses(), b.AllClasses()
	slices.Sort(one)
	slices.Sort(other)
	return a.Verdict == b.Verdict && slices.Equal(one, other)
}

// AllClasses lists the classes of the whole and of its regions, each once. The caller owns the list.
func (d *Draft) AllClasses() []string {
	list := slices.Clone(d.Classes)
	for i := range d.Regions {
		if c := d.Regions[i].Class; c != "" && !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list
}

// CheckReview reports what is wrong with the draft's review, or nil; it fills in Agrees. labels are all of the item, in order of their
// revisions. ErrSamePerson when the reviewer judges themself.
func (d *Draft) CheckReview(by Person, labels []Label) error {
	r := d.Review
	if r == nil {
		return nil
	}
	newest := len(labels)
	for newest > 0 && labels[newest-1].By.ID == by.ID && labels[newest-1].Review != nil { // a reviewer may take their word back
		newest--
	}
	if r.Result == Adjudicated {
		return d.checkAdjudication(by, labels[:newest])
	}
	if r.Of != newest || newest == 0 {
		return fmt.Errorf("review.of: %d, want the newest revision of somebody else", r.Of)
	}
	first := &labels[newest-1]
	if first.By.ID == by.ID {
		return fmt.Errorf("review.of: %w", ErrSamePerson)
	}
	if first.Review != nil {
		return fmt.Errorf("review.of: revision %d is a review itself", r.Of)
	}
	r.Agrees, r.Against = SameJudgement(d, &first.Draft), 0
	switch {
	case r.Result == Agreed && !r.Agrees:
		return errors.New("review.result: agree, but verdict or classes differ")
	case r.Result == SentBack && (d.Verdict != NotDecidable || d.Comment == ""):
		return errors.New("review.result: send_back wants the verdict not_decidable and a comment that says why")
	case !slices.Contains([]ReviewResult{Agreed, Corrected, SentBack, Independent}, r.Result):
		return fmt.Errorf("review.result: %q, want agree, correct, send_back, second or adjudicate", r.Result)
	}
	return nil
}

func (d *Draft) checkAdjudication(by Person, labels []Label) error {
	r := d.Review
	if r.Against != len(labels) || r.Of < 1 || r.Of >= r.Against {
		return fmt.Errorf("review.of, against: %d and %d, want the two newest opinions", r.Of, r.Against)
	}
	first, second := &labels[r.Of-1], &labels[r.Against-1]
	if second.Review == nil || second.Review.Of != r.Of || second.Review.State() != Disputed {
		return fmt.Errorf("review.against: revision %d does not differ from %d", r.Against, r.Of)
	}
	if first.By.ID == by.ID || second.By.ID == by.ID {
		return fmt.Errorf("review: %w", ErrSamePerson)
	}
	r.Agrees = SameJudgement(d, &first.Draft)
	return nil
}
