// Package demo is a simulated press line that speaks real protocols on loopback: an OPC UA server, an MQTT broker and a camera that
// pushes images over HTTP. It stands in for the plant in `edgelabel demo`; the agent does not know the difference.
//
//	Press ─▶ PLC (OPC UA) ─┐
//	      ─▶ Broker (MQTT) ├─▶ the agent's own collectors
//	      ─▶ Camera (HTTP) ─┘
package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Reading is the state of the press at one moment.
type Reading struct {
	At          time.Time
	Force       float64 // kN
	Pressure    float64 // bar
	Vibration   float64 // mm/s RMS
	Temperature float64 // °C
	Part        string  // in work
	Ejected     *Part   // set on the step that a finished part leaves the press
}

// Part is a finished part on its way past the camera.
type Part struct {
	ID     string
	Made   time.Time
	Defect Defect
}

// Defect is what is wrong with a part's surface.
type Defect string

const (
	None    Defect = ""
	Scratch Defect = "scratch"
	Dent    Defect = "dent"
	Stain   Defect = "stain"
)

// The rhythm of the line.
const (
	Step     = 50 * time.Millisecond // between two readings
	cycle    = 3 * time.Second       // one part
	strokeAt = 800 * time.Millisecond
	stroke   = 900 * time.Millisecond
	quiet    = 21 * time.Second // from the end of one fault to the next
	firstIn  = 4 * time.Second
)

type fault int

const (
	overload  fault = iota // one stroke far over its force: a double blank
	looseness              // the frame vibrates for some seconds
	hotOil                 // the oil warms up and cools down again
	pressure               // the pump's pressure collapses briefly
	faults
)

var faultLength = map[fault]time.Duration{overload: cycle, looseness: 7 * time.Second, hotOil: 24 * time.Second, pressure: 2 * time.Second}

// Press simulates one press. It has no clock: Next moves it by one Step.
type Press struct {
	rng     *rand.Rand
	elapsed time.Duration
	began   time.Time
	parts   int
	defect  Defect
	oil     float64
	active  fault
	on      bool
	until   time.Duration // end of the active fault, or begin of the next
	last    fault
	peak    float64 // force of the stroke in work
}

// NewPress returns a press whose first reading is at the given time. The same seed gives the same day.
func NewPress(began time.Time, seed uint64) *Press {
	return &Press{rng: rand.New(rand.NewPCG(seed, 1)), began: began, oil: 46, until: firstIn, last: faults}
}

// Next returns the reading of the next step.
func (p *Press) Next() Reading {
	p.elapsed += Step
	p.schedule()
	phase := p.elapsed % cycle
	if phase < Step {
		p.load()
	}
	r := Reading{At: p.began.Add(p.elapsed), Part: p.part()}
	r.Force = p.force(phase)
	r.Pressure = 160 + 0.6*p.rng.NormFloat64() + p.when(pressure, -24)
	r.Vibration = math.Abs(1.7 + 0.18*p.rng.NormFloat64() + p.swell(looseness, 5.4) + 0.9*pulse(phase, strokeAt+stroke, 200*time.Millisecond))
	r.Temperature = p.temperature()
	if out := strokeAt + stroke + 500*time.Millisecond; phase >= out && phase < out+Step {
		r.Ejected = &Part{ID: r.Part, Made: r.At, Defect: p.defect}
	}
	return r
}

func (p *Press) part() string { return fmt.Sprintf("BC%s-%05d", p.began.Format("0102"), p.parts) }

// schedule ends the fault that is over and begins the next one, never the same twice in a row.
func (p *Press) schedule() {
	if p.elapsed < p.until {
		return
	}
	if p.on {
		p.on, p.last, p.until = false, p.active, p.elapsed+quiet
		return
	}
	if p.last == faults {
		p.active = overload // the first minute of a demo shows the plainest fault
	} else if p.active = fault(p.rng.IntN(int(faults) - 1)); p.active >= p.last {
		p.active++
	}
	p.on, p.until = true, p.elapsed+faultLength[p.active]
}

// load puts the next blank into the press.
func (p *Press) load() {
	p.parts++
	p.peak = 430 + 8*p.rng.NormFloat64()
	p.defect = None
	switch n := p.rng.IntN(100); {
	case p.on && p.active == overload:
		p.peak, p.defect = 545+10*p.rng.NormFloat64(), Dent
	case p.parts == 1 || n < 9:
		p.defect = Scratch
	case n < 13:
		p.defect = Stain
	case n < 16:
		p.defect = Dent
	}
}

func (p *Press) force(phase time.Duration) float64 {
	return 6 + 1.2*p.rng.NormFloat64() + p.peak*pulse(phase, strokeAt, stroke)*(1+0.004*p.rng.NormFloat64())
}

func (p *Press) temperature() float64 {
	target := 46.0
	if p.on && p.active == hotOil {
		target = 66
	}
	p.oil += (target - p.oil) * Step.Seconds() / 9
	return p.oil + 0.08*p.rng.NormFloat64()
}

// when is by while the fault is on.
func (p *Press) when(f fault, by float64) float64 {
	if p.on && p.active == f {
		return by
	}
	return 0
}

// swell rises to height and falls again over the length of the fault.
func (p *Press) swell(f fault, height float64) float64 {
	if !p.on || p.active != f {
		return 0
	}
	length := faultLength[f]
	return height * pulse(length-(p.until-p.elapsed), 0, length)
}

// pulse is half a squared sine between from and from+length, 0 elsewhere.
func pulse(at, from, length time.Duration) float64 {
	if at < from || at > from+length {
		return 0
	}
	s := math.Sin(math.Pi * float64(at-from) / float64(length))
	return math.Sqrt(s) * s
}
