package shape

import "math"

// running is the mean over the newest values.
type running struct {
	ring []float64
	next int
	n    int
}

func newRunning(size int) running { return running{ring: make([]float64, max(size, 1))} }

//go:norace
func (r *running) add(v float64) float64 {
	r.ring[r.next] = v
	r.next = (r.next + 1) % len(r.ring)
	r.n = min(r.n+1, len(r.ring))
	sum := 0.0
	for _, v := range r.ring[:r.n] {
		sum += v
	}
	return sum / float64(r.n)
}

// memory bounds how many values mean and spread are taken over: beyond it the oldest fade.
const memory = 50_000

// usual follows mean and standard deviation of what a channel says.
type usual struct{ n, mean, square float64 }

// z is how far v is above the usual, in standard deviations. Then v is learned.
func (u *usual) z(v, add, ofMean float64, learn bool) float64 {
	z := 0.0
	if u.n >= 2 {
		z = (v - u.mean) / (math.Sqrt(u.square/u.n) + ofMean*math.Abs(u.mean) + add + math.SmallestNonzeroFloat32)
	}
	if learn {
		u.learn(v)
	}
	return z
}

func (u *usual) learn(v float64) {
	if u.n >= memory {
		u.square *= (memory - 1.) / memory
		u.n = memory - 1
	}
	u.n++
	d := v - u.mean
	u.mean += d / u.n
	u.square += d * (v - u.mean)
}
