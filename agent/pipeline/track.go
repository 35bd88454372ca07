package pipeline

import (
	"bytes"
	"cmp"
	"slices"

	"edgelabel/agent/series"
	"edgelabel/agent/series/column"
)

const (
	packed = 64 // samples of a pack
	loose  = 96 // samples of which the oldest are packed: a little late ones still find their place among the rest
)

// track is the recent samples of one signal: the older ones in packs, since a gateway has a track for every signal.
type track struct {
	tag    series.Tag
	packs  []pack // in the order in which they were made; those with late samples overlap others
	inside int    // samples in packs

	t      []int64 // the rest, in the order of time
	v      []float64
	status []uint32 // nil while all are good
}

// pack is the samples of a stretch of time, in few bytes: times, values, and statuses unless all are good.
type pack struct {
	first, last int64 // UTC ns
	n           int
	b           []byte
}

func (k *track) add(t int64, v float64, status uint32) {
	at := len(k.t)
	for at > 0 && k.t[at-1] > t {
		at--
	}
	if status != 0 && k.status == nil {
		k.status = make([]uint32, len(k.t), loose)
	}
	k.t, k.v = slices.Insert(k.t, at, t), slices.Insert(k.v, at, v)
	if k.status != nil {
		k.status = slices.Insert(k.status, at, status)
	}
	if len(k.t) == loose {
		k.pack()
	}
}

// pack packs the oldest of the loose samples.
func (k *track) pack() {
	p := pack{first: k.t[0], last: k.t[packed-1], n: packed}
	b := column.AppendFloats(column.AppendInts(nil, k.t[:packed]), k.v[:packed])
	k.t, k.v = slices.Delete(k.t, 0, packed), slices.Delete(k.v, 0, packed)
	if k.status != nil {
		b = column.AppendInts(b, widened(k.status[:packed]))
		if k.status = slices.Delete(k.status, 0, packed); !slices.ContainsFunc(k.status, func(s uint32) bool { return s != 0 }) {
			k.status = nil
		}
	}
	p.b = bytes.Clone(b) // without the room that it grew with
	k.packs = append(k.packs, p)
	k.inside += p.n
}

func widened(statuses []uint32) []int64 {
	out := make([]int64, len(statuses))
	for i, s := range statuses {
		out[i] = int64(s)
	}
	return out
}

// trim drops the packs that end before the time or are too many, and says where the last of what it dropped was.
func (k *track) trim(before int64, most int) (last int64, dropped bool) {
	n := 0
	for ; n < len(k.packs); n++ {
		p := &k.packs[n]
		if p.last >= before && k.inside+len(k.t) <= most {
			break
		}
		k.inside -= p.n
		last = max(last, p.last)
	}
	k.packs = slices.Delete(k.packs, 0, n)
	return last, n > 0
}

// cut copies a stretch of time.
func (k *track) cut(from, to int64, mem *column.Memory) series.Trace {
	out := series.Trace{Tag: k.tag.ID, Name: k.tag.Name, Unit: k.tag.Unit}
	take := func(t int64, v float64, status uint32) {
		if t >= from && t < to {
			out.T, out.V, out.Status = append(out.T, t), append(out.V, v), append(out.Status, status)
		}
	}
	for i := range k.packs {
		if p := &k.packs[i]; p.first < to && p.last >= from {
			p.each(mem, take)
		}
	}
	for i, t := range k.t {
		status := uint32(0)
		if k.status != nil {
			status = k.status[i]
		}
		take(t, k.v[i], status)
	}
	arrange(&out)
	return out
}

// each unpacks the samples.
func (p *pack) each(mem *column.Memory, do func(t int64, v float64, status uint32)) {
	r := column.NewReader(p.b, mem)
	var times, statuses [packed]int64
	copy(times[:], r.Ints(p.n))
	values := r.Floats(p.n)
	if r.Len() > 0 {
		copy(statuses[:], r.Ints(p.n))
	}
	for i, v := range values {
		do(times[i], v, uint32(statuses[i]))
	}
}

// arrange puts samples in the order of time, where late ones are in a pack behind others.
func arrange(tr *series.Trace) {
	if slices.IsSorted(tr.T) {
		return
	}
	order := make([]int, len(tr.T))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(tr.T[a], tr.T[b]) })
	old := *tr
	tr.T, tr.V, tr.Status = make([]int64, len(order)), make([]float64, len(order)), make([]uint32, len(order))
	for i, from := range order {
		tr.T[i], tr.V[i], tr.Status[i] = old.T[from], old.V[from], old.Status[from]
	}
}
