package ui

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"

	"edgelabel/agent/series"
)

// plot is the binary answer of GET /series, little endian:
//
//	"ELS1" | u32 length of JSON | JSON, padded with spaces so that the header ends on a multiple of 8
//	per trace in order, each column padded to 8 bytes:
//	  samples: f64 t[N] ms since from | f64 v[N], NaN is no number | u8 quality[N]
//	  buckets: f64 min[N] | f64 max[N], NaN is empty | u32 count[N] | u8 worst quality[N]
//
// A browser lays its typed arrays over the bytes as they are.
type plot struct {
	from, to int64
	n        int
	traces   []plotTrace
	columns  bytes.Buffer
}

type plotTrace struct {
	Tag  string  `json:"tag"`
	Name string  `json:"name"`
	Unit string  `json:"unit"`
	Kind string  `json:"kind"` // samples or buckets
	N    int     `json:"n"`
	T0   float64 `json:"t0"`   // ms since from, of the first bucket
	Step float64 `json:"step"` // ms, width of a bucket
}

func newPlot(from, to int64, n int) *plot { return &plot{from: from, to: to, n: n} }

// add takes one signal: its samples when a screen can show each, else the least and the greatest of every bucket.
func (p *plot) add(t series.Reduced) {
	if t.Buckets != nil {
		p.bucketed(t.Trace, *t.Buckets)
		return
	}
	var inside []int
	for i, at := range t.T {
		if at >= p.from && at < p.to {
			inside = append(inside, i)
		}
	}
	if len(inside) > 2*p.n {
		p.bucketed(t.Trace, t.Reduce(p.from, p.to, p.n))
		return
	}
	p.traces = append(p.traces, plotTrace{Tag: t.Tag, Name: t.Name, Unit: t.Unit, Kind: "samples", N: len(inside)})
	p.samples(t.Trace, inside)
}

func (p *plot) bucketed(t series.Trace, b series.Buckets) {
	p.traces = append(p.traces, plotTrace{Tag: t.Tag, Name: t.Name, Unit: t.Unit, Kind: "buckets", N: len(b.Min), T0: millis(b.From - p.from), Step: millis(b.Step)})
	p.buckets(b)
}

func (p *plot) samples(t series.Trace, inside []int) {
	times, values, qualities := make([]float64, len(inside)), make([]float64, len(inside)), make([]byte, len(inside))
	for k, i := range inside {
		times[k], values[k], qualities[k] = millis(t.T[i]-p.from), t.V[i], byte(series.QualityOf(t.Status[i]))
		if math.IsInf(values[k], 0) {
			values[k] = math.NaN()
		}
	}
	p.floats(times)
	p.floats(values)
	p.column(qualities)
}

func (p *plot) buckets(b series.Buckets) {
	counts, worst := make([]byte, 0, 4*len(b.Count)), make([]byte, len(b.Worst))
	for i, n := range b.Count {
		counts = binary.LittleEndian.AppendUint32(counts, n)
		worst[i] = byte(b.Worst[i])
	}
	p.floats(b.Min)
	p.floats(b.Max)
	p.column(counts)
	p.column(worst)
}

func (p *plot) floats(v []float64) {
	out := make([]byte, 0, 8*len(v))
	for _, f := range v {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(f))
	}
	p.columns.Write(out)
}

func (p *plot) column(b []byte) {
	p.columns.Write(b)
	p.columns.Write(make([]byte, padding(len(b))))
}

func padding(n int) int { return (8 - n%8) % 8 }

func millis(ns int64) float64 { return float64(ns) / 1e6 }

func (p *plot) encode(gaps []series.Gap) ([]byte, error) {
	head, err := json.Marshal(struct {
		From   int64        `json:"from"`
		To     int64        `json:"to"`
		Traces []plotTrace  `json:"traces"`
		Gaps   []series.Gap `json:"gaps"`
	}{p.from, p.to, filled(p.traces), p.inside(gaps)})
	if err != nil {
		return nil, fmt.Errorf("series: %w", err)
	}
	head = append(head, bytes.Repeat([]byte(" "), padding(len(head)))...) // magic and length are 8 bytes
	out := make([]byte, 0, 8+len(head)+p.columns.Len())
	out = append(out, "ELS1"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(head)))
	return append(append(out, head...), p.columns.Bytes()...), nil
}

func (p *plot) inside(gaps []series.Gap) []series.Gap {
	out := []series.Gap{}
	for _, g := range gaps {
		if g.To > p.from && g.From < p.to {
			out = append(out, g)
		}
	}
	return out
}
