package novelty

// maxCategories bounds what a member remembers; beyond it the one that was least recently of use is forgotten.
const maxCategories = 200

// art is a fuzzy adaptive resonance network (Carpenter, Grossberg and Rosen 1991): a list of categories, each the element-wise minimum of
// the inputs that it stands for. Inputs are complement coded, so a category is a box in the space of features.
type art struct {
	size   int       // length of an input: features, then their complements
	newest int       // index of the newest value among the features
	cats   []float32 // size numbers a category
	sums   []float32 // of the numbers of a category
	used   []int     // the step at which a category was of use
	match  []float32 // of the input at hand with each category
}

func newART(features, newest int) art { return art{size: 2 * features, newest: newest} }

func (a *art) len() int { return len(a.sums) }

// best finds how well x matches the categories: the best match f³e², and its e. f compares the whole, e only the newest value. What
// cannot reach ub is not worked out once something better is known.
//
//go:norace
func (a *art) best(x []float32, ub float32) (m, e float32) {
	half := a.size / 2
	v, c := x[a.newest], x[half+a.newest]
	for i := range a.sums {
		w := a.cats[i*a.size : (i+1)*a.size : (i+1)*a.size]
		wv, wc := w[a.newest], w[half+a.newest]
		near := (less(wv, v) + less(wc, c)) / (wv + wc + tiny)
		bound := near * near
		a.match[i] = 0
		if bound < m && bound < ub {
			continue
		}
		f := overlap(w, x) / (a.sums[i] + tiny)
		match := f * f * f * bound
		a.match[i] = match
		if match >= m {
			m, e = match, near
		}
	}
	return m, e
}

const tiny = 1e-9

func less(a, b float32) float32 {
	if a < b {
		return a
	}
	return b
}

//go:norace
func overlap(w, x []float32) float32 {
	x = x[:len(w)]
	var s, t float32
	for j := 0; j+1 < len(w); j += 2 {
		s += less(w[j], x[j])
		t += less(w[j+1], x[j+1])
	}
	return s + t
}

// resonate lets x pull down every category that matched it with at least ub.
//
//go:norace
func (a *art) resonate(x []float32, ub float32, step int) {
	for i, m := range a.match {
		if m < ub {
			continue
		}
		w := a.cats[i*a.size : (i+1)*a.size]
		var sum float32
		for j := range w {
			w[j] = less(w[j], x[j])
			sum += w[j]
		}
		a.sums[i], a.used[i] = sum, step
	}
}

// add makes x a category.
func (a *art) add(x []float32, step int) {
	var sum float32
	for _, v := range x {
		sum += v
	}
	if a.len() < maxCategories {
		a.cats, a.sums = append(a.cats, x...), append(a.sums, sum)
		a.used, a.match = append(a.used, step), append(a.match, 0)
		return
	}
	oldest := 0
	for i, at := range a.used {
		if at < a.used[oldest] {
			oldest = i
		}
	}
	copy(a.cats[oldest*a.size:], x)
	a.sums[oldest], a.used[oldest] = sum, step
}

// rescale moves the first n features of all categories, and their complements, from an old range to a new one.
func (a *art) rescale(n int, move func(float32) float32) {
	half := a.size / 2
	for i := range a.sums {
		w := a.cats[i*a.size : (i+1)*a.size]
		for j := range n {
			w[j], w[half+j] = move(w[j]), 1-move(1-w[half+j])
		}
		a.sums[i] = 0
		for _, v := range w {
			a.sums[i] += v
		}
	}
}
