package report

import (
	"math"
	"slices"
)

// Rate is a share with its 95 % interval after Wilson (1927). Without any case the shares are null.
type Rate struct {
	Count int      `json:"count"`
	Of    int      `json:"of"`
	Share *float64 `json:"share"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
}

// RateOf makes a rate.
func RateOf(count, of int) Rate {
	r := Rate{Count: count, Of: of}
	if of == 0 {
		return r
	}
	const z = 1.959963984540054
	n, p := float64(of), float64(count)/float64(of)
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	r.Share, r.Low, r.High = rounded(p), rounded(max(middle-half, 0)), rounded(min(middle+half, 1))
	return r
}

// rounded keeps six digits, so that the same rows give the same text on every processor; nil when there is no number.
func rounded(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	v = math.Round(v*1e6) / 1e6
	return &v
}

// Agreement compares two people on ok and not_ok; not_ok is the positive.
type Agreement struct {
	Both     int      `json:"bothNotOK"`
	First    int      `json:"firstOnlyNotOK"`
	Second   int      `json:"secondOnlyNotOK"`
	Neither  int      `json:"neitherNotOK"`
	Raw      Rate     `json:"agreement"`
	Kappa    *float64 `json:"kappa"`    // Cohen (1960)
	Positive *float64 `json:"positive"` // share of agreement on not_ok
	Negative *float64 `json:"negative"`
	AC1      *float64 `json:"ac1"` // Gwet (2008)
}

// AgreementOf computes the measures of a table.
func AgreementOf(both, first, second, neither int) Agreement {
	a, b, c, d := float64(both), float64(first), float64(second), float64(neither)
	n := a + b + c + d
	seen := (a + d) / n
	chance := ((a+b)*(a+c) + (c+d)*(b+d)) / (n * n)
	pi := (2*a + b + c) / (2 * n)
	gwet := 2 * pi * (1 - pi)
	return Agreement{
		Both: both, First: first, Second: second, Neither: neither, Raw: RateOf(both+neither, both+first+second+neither),
		Kappa: rounded((seen - chance) / (1 - chance)), Positive: rounded(2 * a / (2*a + b + c)), Negative: rounded(2 * d / (2*d + b + c)),
		AC1: rounded((seen - gwet) / (1 - gwet)),
	}
}

// coincidences counts how verdicts meet on one item, for Krippendorff's alpha (nominal; any number of people).
type coincidences [4][4]float64

func (o *coincidences) add(values []int) {
	for i, a := range values {
		for k, b := range values {
			if i != k {
				o[a][b] += 1 / float64(len(values)-1)
			}
		}
	}
}

func (o *coincidences) alpha() *float64 {
	var totals [4]float64
	var n, differ, chance float64
	for a := range o {
		for b, v := range o[a] {
			totals[a] += v
			n += v
			if a != b {
				differ += v
			}
		}
	}
	for a := range totals {
		for b := range totals {
			if a != b {
				chance += totals[a] * totals[b]
			}
		}
	}
	return rounded(1 - (n-1)*differ/chance)
}

// Quantiles of a duration in seconds; null when nothing was measured.
type Quantiles struct {
	N   int      `json:"n"`
	P05 *float64 `json:"p05"`
	P50 *float64 `json:"p50"`
	P95 *float64 `json:"p95"`
}

// QuantilesOf orders values in place.
func QuantilesOf(values []float64) Quantiles {
	if len(values) == 0 {
		return Quantiles{}
	}
	slices.Sort(values)
	at := func(p float64) *float64 { return rounded(values[int(p*float64(len(values)-1)+0.5)]) }
	return Quantiles{len(values), at(0.05), at(0.5), at(0.95)}
}
