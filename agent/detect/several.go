package detect

import (
	"edgelabel/agent/series"
)

// Formula is a compiled expression over several signals.
type Formula interface {
	// Tags are the ids of the signals that it looks at, each once.
	Tags() []string

	// Condition reports whether it is true or false rather than a number.
	Condition() bool

	// Eval computes the value for one sample of each of Tags, in their order; a condition that is true is 1. It reports false where a
	// sample is not usable or there is no finite value.
	Eval(inputs []series.Sample) (float64, bool)
}

// Several reports whether the rule looks at more signals than its own.
func (r Rule) Several() bool { return r.Of != "" || r.From != "" || r.When != "" }

// HasLimits reports whether the rule has a limit at all.
func (r Rule) HasLimits() bool { return r.LL != nil || r.L != nil || r.H != nil || r.HH != nil }

// checkDeviation holds OPC 10000-9 §5.8.22: low ones are negative and high ones positive.
func (r Rule) checkDeviation(wrong func(field, format string, args ...any)) {
	r.checkLimits(wrong)
	for _, l := range []struct {
		name  string
		value *float64
		sign  float64
	}{{"ll", r.LL, -1}, {"l", r.L, -1}, {"h", r.H, 1}, {"hh", r.HH, 1}} {
		if l.value != nil && *l.value*l.sign <= 0 {
			wrong(l.name, "%g, want low limits below zero and high ones above", *l.value)
		}
	}
	if r.From == "" {
		wrong("from", "missing; want the tag of the setpoint")
	}
}

func (r Rule) checkExpression(wrong func(field, format string, args ...any)) {
	if r.Of == "" {
		wrong("of", "missing")
	}
	if r.HasLimits() {
		r.checkLimits(wrong)
	}
}

// Rated is a detector that knows how often it cries wolf.
type Rated interface {
	// FalseSignals tells how often it signals while nothing is wrong.
	FalseSignals() FalseSignals
}

// FalseSignals is how often a detector signals while nothing is wrong, as far as it can know.
type FalseSignals struct {
	Learnt          bool    // false: it still learns, and the rest means nothing
	Expected        float64 // false signals for each point of the signal
	Every           float64 // seconds between two of them at the signal's own pace; 0 when it is not known
	Autocorrelation float64 // from one point to the next, while it learnt
	Thin            int     // every so many points one is plotted
	Points          uint64  // judged since it learnt
	Signals         uint64  // candidates among them, true or false
}
