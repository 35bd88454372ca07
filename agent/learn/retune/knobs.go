package retune

import (
	"math"
	"slices"
	"time"

	"edgelabel/agent/detect"
)

// knob is a field of a rule that one number sets.
type knob struct {
	name string
	get  func(r *detect.Rule) (float64, bool) // false: the rule has none
	set  func(r *detect.Rule, v float64)
}

func limit(name string, field func(r *detect.Rule) **float64) knob {
	return knob{
		name: name,
		get: func(r *detect.Rule) (float64, bool) {
			if p := *field(r); p != nil {
				return *p, true
			}
			return 0, false
		},
		set: func(r *detect.Rule, v float64) { *field(r) = &v },
	}
}

func number(name string, field func(r *detect.Rule) *float64, kinds ...detect.Kind) knob {
	return knob{
		name: name,
		get:  func(r *detect.Rule) (float64, bool) { return *field(r), slices.Contains(kinds, r.Kind) },
		set:  func(r *detect.Rule, v float64) { *field(r) = v },
	}
}

// all are the knobs of every kind of rule, in the order in which they are asked for.
func all() []knob {
	return []knob{
		limit("h", func(r *detect.Rule) **float64 { return &r.H }),
		limit("l", func(r *detect.Rule) **float64 { return &r.L }),
		limit("hh", func(r *detect.Rule) **float64 { return &r.HH }),
		limit("ll", func(r *detect.Rule) **float64 { return &r.LL }),
		number("threshold", func(r *detect.Rule) *float64 { return &r.Threshold }, detect.RobustZ, detect.Novelty, detect.Shape),
		number("per_second", func(r *detect.Rule) *float64 { return &r.PerSecond }, detect.Rate),
		{
			name: "period",
			get: func(r *detect.Rule) (float64, bool) {
				return r.Period.Seconds(), r.Kind == detect.Stuck || r.Kind == detect.Missing
			},
			set: func(r *detect.Rule, v float64) { r.Period = time.Duration(v * float64(time.Second)) },
		},
	}
}

// knobsOf are those that the rule has.
func knobsOf(r detect.Rule) (list []knob) {
	for _, k := range all() {
		if _, ok := k.get(&r); ok {
			list = append(list, k)
		}
	}
	return list
}

func (k knob) isLimit() bool { return len(k.name) <= 2 }

// with is the rule with another value; the rule given stays as it is.
func (k knob) with(r detect.Rule, v float64) detect.Rule {
	k.set(&r, v)
	return r
}

// values are those to try: eight steps of a quarter octave around the one that holds, and for a limit steps of twice the signal's spread,
// most of them in the direction of fewer candidates. What no rule could have is left out.
func (k knob) values(r detect.Rule, spread float64) []float64 {
	now, _ := k.get(&r)
	list := []float64{now}
	for _, n := range []float64{-2, -1, 1, 2, 3, 4, 6} {
		v, unit := now*math.Pow(2, n/4), now
		if k.isLimit() {
			v, unit = now+2*n*spread, spread
			if k.name[0] == 'l' {
				v = now - 2*n*spread
			}
		}
		if v = rounded(v, unit); v != now && k.with(r, v).Check() == nil {
			list = append(list, v)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// rounded keeps the unit to three digits: nobody sets more by hand.
func rounded(v, unit float64) float64 {
	if unit == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	digits := math.Pow(10, 3-math.Ceil(math.Log10(math.Abs(unit))))
	return math.Round(v*digits) / digits
}
