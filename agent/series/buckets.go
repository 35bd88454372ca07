package series

import "math"

// Cell is what the samples of a stretch of time come to. One of NoCell holds none.
type Cell struct {
	Min, Max float64 // of the finite numbers; NaN where there is none
	Count    uint32
	Worst    Quality
}

// NoCell is the cell of no samples.
func NoCell() Cell { return Cell{Min: math.NaN(), Max: math.NaN()} }

// Add takes one sample in.
func (c *Cell) Add(v float64, status uint32) {
	c.Count++
	c.Worst = max(c.Worst, QualityOf(status))
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		c.Min, c.Max = least(c.Min, v), greatest(c.Max, v)
	}
}

// Merge takes in the samples of another cell.
func (c *Cell) Merge(d Cell) {
	c.Count += d.Count
	c.Worst = max(c.Worst, d.Worst)
	c.Min, c.Max = least(c.Min, d.Min), greatest(c.Max, d.Max)
}

// least is the smaller of two numbers either of which may be missing (NaN).
func least(a, b float64) float64 {
	if math.IsNaN(a) || b < a {
		return b
	}
	return a
}

func greatest(a, b float64) float64 {
	if math.IsNaN(a) || b > a {
		return b
	}
	return a
}

// Reduce puts the trace's samples from the half-open range into n buckets of equal width. Samples that are not finite numbers count
// towards Count and Worst but not towards Min and Max. n below 1 is taken as 1.
func (t Trace) Reduce(from, to int64, n int) Buckets {
	n = max(n, 1)
	b := emptyBuckets(n)
	b.From, b.Step = from, max((to-from+int64(n)-1)/int64(n), 1)
	for k, at := range t.T {
		if at < from || at >= to {
			continue
		}
		b.add(int((at-from)/b.Step), t.V[k], t.Status[k])
	}
	return b
}

func emptyBuckets(n int) (b Buckets) {
	b.Min, b.Max = make([]float64, n), make([]float64, n)
	b.Count, b.Worst = make([]uint32, n), make([]Quality, n)
	for i := range n {
		b.Min[i], b.Max[i] = math.NaN(), math.NaN()
	}
	return b
}

func (b *Buckets) add(i int, v float64, status uint32) {
	c := NoCell()
	c.Add(v, status)
	b.fold(i, c)
}

func (b *Buckets) fold(i int, c Cell) {
	b.Count[i] += c.Count
	b.Worst[i] = max(b.Worst[i], c.Worst)
	b.Min[i], b.Max[i] = least(b.Min[i], c.Min), greatest(b.Max[i], c.Max)
}
