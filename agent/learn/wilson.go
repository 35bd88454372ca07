package learn

import (
	"math"

	"edgelabel/agent/label"
)

// z95 is how many standard deviations hold 95 % of a normal distribution.
const z95 = 1.959963984540054

// Wilson estimates a share from hits among n cases, with the score interval of Wilson (JASA 22, 1927) at 95 %. It is nil where n is 0.
func Wilson(hits, n int) *label.Estimate {
	if n <= 0 {
		return nil
	}
	size := float64(n)
	p := float64(hits) / size
	middle := p + z95*z95/(2*size)
	half := z95 * math.Sqrt(p*(1-p)/size+z95*z95/(4*size*size))
	below := 1 + z95*z95/size
	return &label.Estimate{Value: p, Low: max(0, (middle-half)/below), High: min(1, (middle+half)/below), N: n}
}
