package change

import "math"

// How sums work, in standard deviations of a block.
const (
	slack  = .5 // half the change that is found soonest
	most   = 4. // of one block: a wild one alone is no change
	memory = 500
	still  = 1e-6 // of what is usual: the least deviation to believe
)

// channel watches one number of each block.
type channel struct {
	n, mean, square float64 // of the blocks until now
	last            float64
	product         float64 // of neighbours, as square
	up, down        side
}

// side is the sum of one direction.
type side struct {
	sum   float64
	from  int64 // event time at which it left nothing
	total float64
	n     float64 // blocks since
}

// judge takes the next block, which began at event time t.
func (c *channel) judge(x float64, t int64) {
	if c.n >= leastBlocks {
		z := max(-most, min(most, c.z(x)))
		c.up.add(z, x, t)
		c.down.add(-z, x, t)
	}
	c.learn(x)
}

// z is how far x is from the usual, made normal (Wallace 1959) because mean and deviation are estimates. Blocks that depend on each
// other go further than single ones: their long-run deviation counts.
func (c *channel) z(x float64) float64 {
	free := c.n - 1
	deviation := max(math.Sqrt(c.square/free), still*math.Abs(c.mean), math.SmallestNonzeroFloat32)
	step := (x - c.mean) / deviation * math.Sqrt(c.n/(c.n+1))
	z := (8*free + 1) / (8*free + 3) * math.Sqrt(free*math.Log1p(step*step/free))
	if r := max(0, min(c.product/max(c.square, math.SmallestNonzeroFloat32), .9)); r > 2/math.Sqrt(c.n) {
		z /= math.Sqrt((1 + r) / (1 - r))
	}
	return math.Copysign(z, step)
}

// learn takes x into what is usual. Beyond memory the oldest fade.
func (c *channel) learn(x float64) {
	if c.n >= memory {
		c.square *= (memory - 1.) / memory
		c.product *= (memory - 1.) / memory
		c.n = memory - 1
	}
	before := c.last - c.mean
	c.n++
	step := x - c.mean
	c.mean += step / c.n
	c.square += step * (x - c.mean)
	if c.n > 1 {
		c.product += before * step
	}
	c.last = x
}

// sum is that of the direction that is further, 0 while too little is known.
func (c *channel) sum() float64 { return max(c.up.sum, c.down.sum) }

func (c *channel) further() *side {
	if c.down.sum > c.up.sum {
		return &c.down
	}
	return &c.up
}

// since is when the change began, as far as the sum knows.
func (c *channel) since() int64 { return c.further().from }

// now is the mean of the blocks since.
func (c *channel) now() float64 { return c.further().total / max(c.further().n, 1) }

func (s *side) add(z, x float64, t int64) {
	if s.sum == 0 {
		*s = side{from: t}
	}
	if s.sum = max(0, s.sum+z-slack); s.sum > 0 {
		s.total, s.n = s.total+x, s.n+1
	}
}
