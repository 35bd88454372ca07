package stats

import (
	"slices"
	"time"

	"edgelabel/agent/export/report"
	"edgelabel/agent/label"
)

const (
	pause   = int64(5 * time.Minute) // longer than this between two verdicts is no work on either
	longest = 600.0                  // s; an item that stood open for longer was not looked at all the while
)

// person notes what a label says about the asking person: their own pace, and how their word and another's meet.
func (t *Tally) person(l *label.Label, all []label.Label) {
	own := l.By.ID == t.me
	if own {
		t.decided = append(t.decided, l.Decided)
		if s := float64(l.Decided-l.Opened) / 1e9; l.Opened > 0 && s > 0 && s < longest {
			t.taken = append(t.taken, s)
		}
	}
	r := l.Review
	if r == nil || r.Of < 1 || r.Of > len(all) || !own && all[r.Of-1].By.ID != t.me {
		return
	}
	switch r.Result {
	case label.Agreed, label.Corrected:
		t.open[1]++
		if r.Agrees {
			t.open[0]++
		}
	case label.Independent:
		first := all[r.Of-1].Verdict
		if first != label.NotDecidable && l.Verdict != label.NotDecidable {
			t.pairs[bad(first)][bad(l.Verdict)]++
		}
	}
}

func bad(v label.Verdict) int {
	if v == label.NotOK {
		return 1
	}
	return 0
}

func (t *Tally) mine() Mine {
	return Mine{
		Labels: len(t.decided), Seconds: report.QuantilesOf(t.taken), PerHour: pace(t.decided),
		Blind: report.AgreementOf(t.pairs[1][1], t.pairs[1][0], t.pairs[0][1], t.pairs[0][0]),
		Open:  report.RateOf(t.open[0], t.open[1]),
	}
}

// pace is verdicts per hour over the stretches without a pause; nil with fewer than two.
func pace(decided []int64) *float64 {
	slices.Sort(decided)
	var worked int64
	n := 0
	for i := 1; i < len(decided); i++ {
		if gap := decided[i] - decided[i-1]; gap <= pause {
			worked += gap
			n++
		}
	}
	if worked == 0 {
		return nil
	}
	v := float64(n) / time.Duration(worked).Hours()
	return &v
}
