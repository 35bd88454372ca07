package block

import (
	"encoding/binary"
	"slices"

	"edgelabel/agent/series"
	"edgelabel/agent/series/column"
)

// columns of a group that are there only when a sample needs them
const (
	hasText = 1 << iota
	hasWave
)

func encode(samples []series.Sample) []byte {
	groups := make(map[string][]int)
	var tags []string
	for i := range samples {
		if groups[samples[i].Tag] == nil {
			tags = append(tags, samples[i].Tag)
		}
		groups[samples[i].Tag] = append(groups[samples[i].Tag], i)
	}
	slices.Sort(tags)
	w := writer{}
	w.uint(uint64(len(tags)))
	for _, tag := range tags {
		w.group(tag, samples, groups[tag])
	}
	return w.b
}

type writer struct{ b []byte }

func (w *writer) uint(v uint64) { w.b = binary.AppendUvarint(w.b, v) }
func (w *writer) string(s string) {
	w.uint(uint64(len(s)))
	w.b = append(w.b, s...)
}

func (w *writer) group(tag string, samples []series.Sample, at []int) {
	var flags byte
	for _, i := range at {
		if samples[i].Text != "" {
			flags |= hasText
		}
		if samples[i].Wave != nil {
			flags |= hasWave
		}
	}
	w.string(tag)
	w.uint(uint64(len(at)))
	w.b = append(w.b, flags)
	times := make([]int64, len(at))
	for k, i := range at {
		times[k] = samples[i].Source
	}
	w.b = column.AppendInts(w.b, times)
	for k, i := range at {
		times[k] = samples[i].Receive
	}
	w.b = column.AppendInts(w.b, times)
	values := make([]float64, len(at))
	for k, i := range at {
		values[k] = samples[i].Value
	}
	w.b = column.AppendFloats(w.b, values)
	w.runs(at, samples)
	if flags&hasText != 0 {
		for _, i := range at {
			w.string(samples[i].Text)
		}
	}
	if flags&hasWave != 0 {
		w.waves(at, samples)
	}
}

func (w *writer) runs(at []int, samples []series.Sample) {
	for k := 0; k < len(at); {
		run, code := 1, samples[at[k]].Status
		for k+run < len(at) && samples[at[k+run]].Status == code {
			run++
		}
		w.uint(uint64(run))
		w.uint(uint64(code))
		k += run
	}
}

// waves writes the number of points of each block plus one (zero: no block), then the points of all.
func (w *writer) waves(at []int, samples []series.Sample) {
	var points []float64
	for _, i := range at {
		if samples[i].Wave == nil {
			w.uint(0)
			continue
		}
		w.uint(uint64(len(samples[i].Wave)) + 1)
		points = append(points, samples[i].Wave...)
	}
	w.b = column.AppendPlanes(w.b, points)
}
