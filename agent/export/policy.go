package export

import (
	"cmp"
	"fmt"
	"slices"

	"edgelabel/agent/label"
)

// Policy says whose judgement counts where several people labelled one item. A person's judgement is their newest revision.
type Policy string

const (
	Newest      Policy = "newest"      // the newest revision of all; also ""
	Majority    Policy = "majority"    // the verdict that most people gave, as the newest of them drew it; a tie leaves the item out
	Adjudicated Policy = "adjudicated" // what a second person agreed with, corrected or settled; one person's word leaves the item out
	Every       Policy = "all"         // one example for each person
)

// ParsePolicy reads a policy's name.
func ParsePolicy(name string) (Policy, error) {
	p := Policy(name)
	if !slices.Contains([]Policy{Newest, Majority, Adjudicated, Every}, p) {
		return "", fmt.Errorf("policy %q: want newest, majority, adjudicated or all", name)
	}
	return p, nil
}

// Judgements is the newest revision of each person, oldest first. A person whose newest takes their label back has none.
func Judgements(all []label.Label) []label.Label {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b label.Label) int {
		return cmp.Or(cmp.Compare(a.Rev, b.Rev), cmp.Compare(a.Saved, b.Saved), cmp.Compare(a.ID, b.ID))
	})
	var out []label.Label
	for i, l := range sorted {
		if l.Holds() && !slices.ContainsFunc(sorted[i+1:], func(o label.Label) bool { return o.By.ID == l.By.ID }) {
			out = append(out, l)
		}
	}
	return out
}

// choose divides the people's judgements into those that count and the rest, with the reason why not.
func (p Policy) choose(all []label.Label) (count, rest []label.Label, reason string) {
	people := Judgements(all)
	if len(people) == 0 {
		return nil, all, "every label was taken back"
	}
	last := len(people) - 1
	switch p {
	case Every:
		return people, nil, ""
	case Majority:
		verdict, ok := majority(people)
		if !ok {
			return nil, people, "people disagree, and no verdict has a majority"
		}
		for i, l := range people {
			if l.Verdict == verdict {
				last = i
			}
		}
		reason = "the majority counts, as the newest of them drew it"
	case Adjudicated:
		if why := open(people[last].Review.State()); why != "" {
			return nil, people, why
		}
		reason = "the reviewed judgement counts"
	default:
		reason = "a newer judgement by somebody else counts"
	}
	return people[last : last+1], slices.Concat(people[:last], people[last+1:]), reason
}

// open says why an item in this state is not reviewed, "" for one that is.
func open(s label.ReviewState) string {
	switch s {
	case label.Confirmed, label.Overruled, label.Settled:
		return ""
	case label.Returned:
		return "a second person sent it back"
	case label.Disputed:
		return "two people disagree, and nobody has settled it"
	}
	return "no second person has looked at it"
}

// majority is the verdict that more people gave than any other.
func majority(people []label.Label) (v label.Verdict, ok bool) {
	var votes [label.NotDecidable + 1]int
	for _, l := range people {
		if l.Verdict <= label.NotDecidable {
			votes[l.Verdict]++
		}
	}
	best := slices.Max(votes[:])
	at := slices.Index(votes[:], best)
	return label.Verdict(at), best > 0 && !slices.Contains(votes[at+1:], best)
}
