// Package series is the vocabulary of sensor time series: tags, samples, gaps, windows of raw samples and frames on a common grid.
//
// Times are UTC nanoseconds since 1970. A sample keeps two clocks apart: Source is the clock of the device that measured, Receive is the
// clock of this gateway. The package imports the standard library only.
package series

import "math"

// Quality is the severity of an OPC UA StatusCode (OPC 10000-4 §7.39): its two most significant bits and nothing else, so that
// information bits such as Overflow never make good data look bad.
type Quality uint8

const (
	Good Quality = iota
	Uncertain
	Bad
)

// Full OPC UA status codes that the agent itself gives to samples (OPC 10000-6 annex A).
const (
	StatusGood          uint32 = 0x00000000
	StatusUncertain     uint32 = 0x40000000
	StatusBad           uint32 = 0x80000000
	StatusBadOutOfRange uint32 = 0x803C0000
	StatusBadNoData     uint32 = 0x809B0000
)

// QualityOf classifies a full status code by its severity bits. The reserved severity 3 counts as Bad.
func QualityOf(status uint32) Quality { return Quality(min(status>>30, 2)) }

func (q Quality) String() string { return [...]string{"good", "uncertain", "bad"}[min(q, Bad)] }

// Kind says what a tag's samples carry.
type Kind string

const (
	Number Kind = "number" // Sample.Value
	Bool   Kind = "bool"   // Sample.Value, 0 or 1
	Text   Kind = "text"   // Sample.Text
	Wave   Kind = "wave"   // Sample.Wave: one sample is a block of points
)

// Tag describes one signal. ID is stable and unique on the gateway; Name is what people read.
type Tag struct {
	ID     string  `json:"id"`
	Name   string  `json:"name,omitempty"`
	Source string  `json:"source"`          // name of the collector that brings it
	Asset  string  `json:"asset,omitempty"` // asset id, empty when the signal belongs to none
	Unit   string  `json:"unit,omitempty"`  // of stored values, after scale and offset
	Kind   Kind    `json:"kind"`
	Rate   float64 `json:"rate,omitempty"` // points per second inside a Wave block
}

// Sample is one measurement of one tag.
type Sample struct {
	Tag     string
	Source  int64     // UTC ns, the device's clock; 0 when the source gave none
	Receive int64     // UTC ns, this gateway's clock
	Value   float64   // Number and Bool; NaN when there is no value
	Text    string    // Text
	Wave    []float64 // Wave
	Status  uint32    // full OPC UA StatusCode; 0 is Good
}

// Time is the sample's event time: the source's clock, or the gateway's where the source gave none.
func (s Sample) Time() int64 {
	if s.Source != 0 {
		return s.Source
	}
	return s.Receive
}

// Quality is the severity of the sample's status.
func (s Sample) Quality() Quality { return QualityOf(s.Status) }

// Same reports whether two samples say the same thing: a repeated delivery. Receive times may differ.
func (s Sample) Same(o Sample) bool {
	if s.Tag != o.Tag || s.Time() != o.Time() || s.Status != o.Status || s.Text != o.Text || len(s.Wave) != len(o.Wave) {
		return false
	}
	if math.Float64bits(s.Value) != math.Float64bits(o.Value) {
		return false
	}
	for i, v := range s.Wave {
		if math.Float64bits(v) != math.Float64bits(o.Wave[i]) {
			return false
		}
	}
	return true
}

// Gap is an explicit record that data is missing. An empty Tag means every tag of the source.
type Gap struct {
	Source string `json:"source"`
	Tag    string `json:"tag,omitempty"`
	From   int64  `json:"from"` // UTC ns, last moment known to be complete
	To     int64  `json:"to"`   // UTC ns, first moment known to be complete again
	Reason string `json:"reason"`
	Detail string `json:"detail,omitempty"`
}

// Why a gap was recorded.
const (
	GapDisconnected = "disconnected" // the link to the source was down
	GapSilent       = "silent"       // connected, but the heartbeat stopped
	GapOverflow     = "overflow"     // a queue dropped samples, here or at the source
	GapShutdown     = "shutdown"     // the agent was not running
	GapCorrupt      = "corrupt"      // stored data could not be read back
)

// Trace is the samples of one tag inside a window, ordered by time. T, V and Status have the same length.
type Trace struct {
	Tag    string
	Name   string
	Unit   string
	T      []int64   // UTC ns
	V      []float64 // NaN where the sample had no number
	Status []uint32
}

// Window is a stretch of raw samples of several tags. It contains From and excludes To.
type Window struct {
	From, To int64 // UTC ns
	Traces   []Trace
	Gaps     []Gap
}

// Frame is several signals on one time grid: V[i][k] is the value of Tags[i] at T[k], NaN where nothing valid was known.
type Frame struct {
	T    []int64 // UTC ns
	Tags []string
	V    [][]float64
}

// Buckets is a min/max reduction of one trace: any single sample stays visible. The four slices have the same length.
type Buckets struct {
	From, Step int64     // UTC ns; bucket i covers [From+i*Step, From+(i+1)*Step)
	Min, Max   []float64 // NaN in an empty bucket
	Count      []uint32
	Worst      []Quality // the worst quality inside the bucket
}
