package detect

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Kind names an algorithm. It is also label.Candidate.Detector.
type Kind string

const (
	Limit   Kind = "limit"    // beyond LL, L, H or HH
	Stuck   Kind = "stuck"    // no change although samples arrive
	Missing Kind = "missing"  // no usable sample
	Rate    Kind = "rate"     // changes too fast
	RobustZ Kind = "robust_z" // far from the median of its own recent past
	Novelty Kind = "novelty"  // a level or pattern that the signal has not shown before
	Change  Kind = "change"   // another level, spread or liveliness than before, from some moment on
	Shape   Kind = "shape"    // a stretch that looks like none of the cycles before

	Expression Kind = "expression" // a formula over several signals is true, or beyond a limit
	Deviation  Kind = "deviation"  // too far from the signal that says where it should be
	SPC        Kind = "spc"        // a run rule of a control chart

	Sample Kind = "sample" // nothing: a stretch drawn at random

	Multivariate Kind = "multivariate" // the signals of an asset do not go together as usual; no rule of one signal
)

// What a rule takes where it is silent.
const (
	DefaultSeverity  = 500
	DefaultThreshold = 6.0 // robust_z, in robust standard deviations
	DefaultWindow    = 400 // robust_z, samples
	DefaultWarmup    = 100 // robust_z, samples
	MaxWindow        = 16384

	DefaultNovelty     = 0.15 // novelty, of 1: the mean of its members' scores
	DefaultLearn       = 300  // novelty, samples; multivariate, rows
	DefaultChange      = 10.0 // change, in standard deviations of a block, added up
	DefaultChangeLearn = 600  // change, samples
	MaxChangeLearn     = 20_000

	DefaultShape      = 10.0 // shape, in standard deviations, added up over its channels
	DefaultShapeLearn = 4000 // shape, samples: some dozen cycles of most machines
	MaxShapeLearn     = 20_000

	LeastChangeLearn = 64

	LeastLearn = 16 // fewer make no repertoire
	MaxLearn   = 1 << 20
)

const day = 24 * time.Hour

// DefaultRefractory is how long a rule that nobody configured rests after each candidate.
const DefaultRefractory = time.Minute

// Rule says what to watch on one signal. Which fields count depends on Kind.
type Rule struct {
	Name     string // unique on the gateway; empty: the tag, a dot and the kind
	Kind     Kind
	Severity int           // 1 to 1000; 0 is DefaultSeverity. Of LL and HH it is halfway from here to 1000
	OnDelay  time.Duration // limit, rate, robust_z: how long it lasts before a candidate opens
	OffDelay time.Duration // limit, rate, robust_z: how long it is over before the candidate closes
	Deadband float64       // limit, rate: how far inside the value must come back, in the signal's unit (rate: per second)

	// Refractory is how long after the end of a candidate this rule opens no new item; it still joins one that is open.
	Refractory time.Duration

	LL, L, H, HH *float64 // limit, in the signal's unit; nil is none

	Period  time.Duration // stuck, missing: how long until it counts; sample: length of a stretch
	Epsilon float64       // stuck: the greatest change that still counts as none

	PerSecond float64       // rate: the greatest change per second that is normal
	Over      time.Duration // rate: the least time over which a change is measured; 0 is from sample to sample

	Draws int // sample: stretches drawn a day

	Of    string     // expression: the formula that is judged, beyond limits where there are any; see Formula
	From  string     // deviation: the tag that the limits are measured from
	When  string     // formula: judged only while it is true; empty is always
	About label.Text // limits: what is judged, in words; empty is the tag's name
	Chart Chart      // spc

	OutOfService bool // judged and counted, but makes no items until somebody puts it back

	Threshold float64 // robust_z, in robust standard deviations; novelty, of 1; shape and change, in standard deviations; 0 is the default of the kind
	Window    int     // robust_z, samples of recent past; 0 is DefaultWindow
	Warmup    int     // samples before anything is flagged; robust_z: 0 is DefaultWarmup, or Window where that is less; novelty: DefaultLearn; shape: DefaultShapeLearn; change: DefaultChangeLearn
	MinScale  float64 // robust_z, the least standard deviation to believe, in the signal's unit; 0 takes the signal's resolution
	Relearn   int     // robust_z, samples after which a lasting change is the new normal; 0 is Window
}

// Problem is something wrong with a rule. Field is the name of the field, in lower case with underscores.
type Problem struct{ Field, Text string }

func (p *Problem) Error() string { return p.Field + ": " + p.Text }

// Complete fills in what the rule leaves out for the tag.
func (r Rule) Complete(tag series.Tag) Rule {
	r.Name, r.Severity = cmp.Or(r.Name, tag.ID+"."+string(r.Kind)), cmp.Or(r.Severity, DefaultSeverity)
	threshold, warmup := DefaultThreshold, 0
	switch r.Kind {
	case Novelty:
		threshold, warmup = DefaultNovelty, DefaultLearn
	case Change:
		threshold, warmup = DefaultChange, DefaultChangeLearn
	case Shape:
		threshold, warmup = DefaultShape, DefaultShapeLearn
	case Multivariate:
		warmup = DefaultLearn
	}
	r.Threshold, r.Window = cmp.Or(r.Threshold, threshold), cmp.Or(r.Window, DefaultWindow)
	r.Warmup = cmp.Or(r.Warmup, warmup, min(DefaultWarmup, r.Window))
	r.Relearn = cmp.Or(r.Relearn, r.Window)
	return r
}

// Check reports everything that is wrong with the rule as joined *Problem errors, or nil.
func (r Rule) Check() error {
	var errs []error
	wrong := func(field, format string, args ...any) {
		errs = append(errs, &Problem{field, fmt.Sprintf(format, args...)})
	}
	if r.Severity < 0 || r.Severity > 1000 {
		wrong("severity", "%d, want 1 to 1000", r.Severity)
	}
	for name, d := range map[string]time.Duration{
		"on_delay": r.OnDelay, "off_delay": r.OffDelay, "refractory": r.Refractory, "over": r.Over, "period": r.Period,
	} {
		if d < 0 {
			wrong(name, "%v is negative", d)
		}
	}
	for name, v := range map[string]float64{
		"deadband": r.Deadband, "epsilon": r.Epsilon, "per_second": r.PerSecond, "threshold": r.Threshold, "min_scale": r.MinScale,
	} {
		if v < 0 || math.IsNaN(v) || math.IsInf(v, 0) {
			wrong(name, "%g, want a finite number of at least 0", v)
		}
	}
	r.checkKind(wrong)
	return errors.Join(errs...)
}

func (r Rule) checkKind(wrong func(field, format string, args ...any)) {
	switch r.Kind {
	case Limit:
		r.checkLimits(wrong)
	case Deviation:
		r.checkDeviation(wrong)
	case Expression:
		r.checkExpression(wrong)
	case SPC:
		r.Chart.check(wrong)
	case Stuck, Missing:
		if r.Period == 0 {
			wrong("period", "missing; %s needs to know how long", r.Kind)
		}
	case Sample:
		if most := day / max(r.Period, 1); r.Period <= 0 || r.Draws < 1 || time.Duration(r.Draws) > most {
			wrong("draws", "%d of %v a day, want at least one and no more than there are", r.Draws, r.Period)
		}
	case Rate:
		if r.PerSecond == 0 {
			wrong("per_second", "missing")
		}
	case RobustZ:
		if r.Window < 0 || r.Window > MaxWindow || r.Window > 0 && r.Window < 8 {
			wrong("window", "%d samples, want 8 to %d", r.Window, MaxWindow)
		}
		if r.Warmup < 0 || r.Window > 0 && r.Warmup > r.Window {
			wrong("warmup", "%d samples, want at most the window", r.Warmup)
		}
		if r.Relearn < 0 {
			wrong("relearn", "%d samples is negative", r.Relearn)
		}
	case Novelty, Multivariate:
		if r.Warmup < LeastLearn || r.Warmup > MaxLearn {
			wrong("warmup", "%d samples, want %d to %d", r.Warmup, LeastLearn, MaxLearn)
		}
	case Change:
		if r.Warmup < LeastChangeLearn || r.Warmup > MaxChangeLearn {
			wrong("warmup", "%d samples, want %d to %d", r.Warmup, LeastChangeLearn, MaxChangeLearn)
		}
	case Shape:
		if r.Warmup < LeastLearn || r.Warmup > MaxShapeLearn {
			wrong("warmup", "%d samples, want %d to %d", r.Warmup, LeastLearn, MaxShapeLearn)
		}
	default:
		wrong("kind", "%q, want limit, deviation, stuck, missing, rate, spc, expression, robust_z, novelty, shape or change", r.Kind)
	}
}

func (r Rule) checkLimits(wrong func(field, format string, args ...any)) {
	var below *float64
	var name string
	for _, l := range []struct {
		name  string
		value *float64
	}{{"ll", r.LL}, {"l", r.L}, {"h", r.H}, {"hh", r.HH}} {
		if l.value == nil {
			continue
		}
		if math.IsNaN(*l.value) || math.IsInf(*l.value, 0) {
			wrong(l.name, "%g is not a finite number", *l.value)
		}
		if below != nil && *l.value <= *below {
			wrong(l.name, "%g is not above %s, %g", *l.value, name, *below)
		}
		below, name = l.value, l.name
	}
	if below == nil {
		wrong("h", "missing; want at least one of ll, l, h and hh")
	}
}

// Defaults are the rules of a tag that nobody wrote rules for: robust_z on numbers, nothing on the rest. How long a silence or a
// standstill may last nobody can know beforehand, so stuck and missing are left to the configuration.
func Defaults(tag series.Tag) []Rule {
	if tag.Kind != series.Number && tag.Kind != series.Wave {
		return nil
	}
	return []Rule{Rule{Kind: RobustZ, Refractory: DefaultRefractory}.Complete(tag)}
}
