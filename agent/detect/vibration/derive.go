package vibration

import (
	"errors"
	"fmt"
	"math"

	"edgelabel/agent/series"
)

// Config says what to derive from a tag's blocks.
type Config struct {
	Bearings  []NamedBearing
	Gears     []Gear
	From, To  float64 // Hz, the band whose envelope is taken; 0 and 0 are an eighth and 0.4 of the points per second
	Speed     string  // tag of the shaft's speed; empty: Turns
	SpeedUnit string  // of that tag: rpm, 1/min, r/min, Hz or 1/s
	Turns     float64 // a second, where there is no such tag
}

// NamedBearing is a bearing and what people call it.
type NamedBearing struct {
	Name string
	Bearing
}

// Gear is a wheel on the shaft.
type Gear struct {
	Name  string
	Teeth int
}

// Bounds of what is derived.
const (
	maxPoints     = 1 << 17 // of one block; what is longer is cut
	leastPoints   = 64
	LeastVelocity = 2.56 * VelocityTo // points per second that velocity takes
	slack         = 0.02              // of a frequency: rollers slip
	harmonics     = 3
)

// Features derives signals from the blocks of one tag.
type Features struct {
	tag   series.Tag
	cfg   Config
	scale float64 // to m/s² or mm/s
	accel bool
	tags  []series.Tag
	out   []series.Sample
}

// New checks the tag and the configuration. The error names every field that is wrong.
func New(tag series.Tag, c Config) (*Features, error) {
	scale, accel, known := unit(tag.Unit)
	var errs []error
	if !known {
		errs = append(errs, fmt.Errorf("unit: %q is no acceleration (m/s², mm/s², g) and no velocity (mm/s, m/s)", tag.Unit))
	}
	if !(tag.Rate > 0) || tag.Kind != series.Wave {
		errs = append(errs, errors.New("rate: want a waveform with its points per second"))
	}
	if c.From == 0 && c.To == 0 {
		c.From, c.To = tag.Rate/8, tag.Rate*0.4
	}
	if !(c.From >= 0 && c.From < c.To && c.To <= tag.Rate/2) {
		errs = append(errs, fmt.Errorf("band: %g to %g Hz, want it below half of %g points per second", c.From, c.To, tag.Rate))
	}
	if _, ok := perSecond(c.SpeedUnit); c.Speed != "" && !ok {
		errs = append(errs, fmt.Errorf("speed: unit %q is not rpm, 1/min, r/min, Hz or 1/s", c.SpeedUnit))
	}
	if c.Speed == "" && !(c.Turns > 0) && len(c.Bearings)+len(c.Gears) > 0 {
		errs = append(errs, errors.New("speed: want a tag, or turns a second, for bearings and gears"))
	}
	for _, b := range c.Bearings {
		if b.Name == "" || b.Rollers < 3 || !(b.Roller > 0 && b.Roller < b.Pitch) || math.Abs(b.Angle) >= 90 {
			errs = append(errs, fmt.Errorf("bearings: %q: want a name, at least 3 rollers, roller less than pitch, angle below 90", b.Name))
		}
	}
	for _, g := range c.Gears {
		if g.Name == "" || g.Teeth < 2 {
			errs = append(errs, fmt.Errorf("gears: %q: want a name and at least 2 teeth", g.Name))
		}
	}
	f := &Features{tag: tag, cfg: c, scale: scale, accel: accel}
	f.tags = f.signals()
	return f, errors.Join(errs...)
}

// unit is the factor to m/s², or to mm/s.
func unit(u string) (scale float64, acceleration, ok bool) {
	switch u {
	case "m/s²", "m/s2", "m/s^2":
		return 1, true, true
	case "mm/s²", "mm/s2", "mm/s^2":
		return 1e-3, true, true
	case "g", "gn":
		return 9.80665, true, true
	case "mm/s":
		return 1, false, true
	case "m/s":
		return 1000, false, true
	}
	return 0, false, false
}

func perSecond(unit string) (float64, bool) {
	switch unit {
	case "rpm", "1/min", "r/min":
		return 1.0 / 60, true
	case "Hz", "1/s":
		return 1, true
	}
	return 0, false
}

// HasVelocity reports whether the block is fast enough for the velocity from 10 to 1000 Hz.
func (f *Features) HasVelocity() bool { return f.tag.Rate >= LeastVelocity }

// signals are the tags that Derive gives samples of, in its order.
func (f *Features) signals() []series.Tag {
	var all []series.Tag
	add := func(suffix, name, unit string) {
		t := f.tag
		t.ID, t.Name, t.Unit, t.Kind, t.Rate = f.tag.ID+"."+suffix, f.tag.Name+" "+name, unit, series.Number, 0
		all = append(all, t)
	}
	add("rms", "RMS", f.tag.Unit)
	add("peak", "peak", f.tag.Unit)
	add("crest", "crest factor", "")
	add("kurtosis", "kurtosis", "")
	if f.HasVelocity() {
		add("velocity", "velocity RMS 10–1000 Hz", "mm/s")
	}
	for _, b := range f.cfg.Bearings {
		add(b.Name+".bpfo", b.Name+" BPFO", f.tag.Unit)
		add(b.Name+".bpfi", b.Name+" BPFI", f.tag.Unit)
		add(b.Name+".bsf", b.Name+" BSF", f.tag.Unit)
		add(b.Name+".ftf", b.Name+" FTF", f.tag.Unit)
	}
	for _, g := range f.cfg.Gears {
		add(g.Name+".mesh", g.Name+" gear mesh", f.tag.Unit)
	}
	return all
}

// Tags are the derived signals. The caller does not change them.
func (f *Features) Tags() []series.Tag { return f.tags }

// Speed is the tag whose newest sample Derive wants; empty is none.
func (f *Features) Speed() string { return f.cfg.Speed }

// Derive computes one sample of each of Tags from a block, with its time and status. What cannot be computed, for want of points or of a
// speed, has no value and is bad. The answer is valid until the next call.
func (f *Features) Derive(s, speed series.Sample) []series.Sample {
	f.out = f.out[:0]
	x, sound := f.points(s)
	if !sound {
		for range f.tags {
			f.add(s, math.NaN())
		}
		return f.out
	}
	shape := ShapeOf(x)
	for _, v := range []float64{shape.RMS, shape.Peak, shape.Crest, shape.Kurtosis} {
		f.add(s, v)
	}
	if f.HasVelocity() {
		f.add(s, VelocityOf(x, f.tag.Rate, f.accel)*f.scale)
	}
	f.rotating(s, x, f.turns(speed))
	return f.out
}

// points are those of a block that are looked at. A block that is too short, bad, or has no number somewhere says nothing.
func (f *Features) points(s series.Sample) (x []float64, sound bool) {
	x = s.Wave[:min(len(s.Wave), maxPoints)]
	sound = len(x) >= leastPoints && s.Quality() != series.Bad
	for _, v := range x {
		sound = sound && !math.IsNaN(v) && math.Abs(v) < 1e100
	}
	return x, sound
}

func (f *Features) rotating(s series.Sample, x []float64, turns float64) {
	if len(f.cfg.Bearings) > 0 {
		envelope := SpectrumOf(EnvelopeOf(x, f.tag.Rate, f.cfg.From, f.cfg.To), f.tag.Rate)
		for _, b := range f.cfg.Bearings {
			d := b.Defects(turns)
			for _, hz := range []float64{d.BPFO, d.BPFI, d.BSF, d.FTF} {
				f.line(s, envelope, hz)
			}
		}
	}
	if len(f.cfg.Gears) > 0 {
		plain := SpectrumOf(x, f.tag.Rate)
		for _, g := range f.cfg.Gears {
			f.line(s, plain, float64(g.Teeth)*turns)
		}
	}
}

func (f *Features) line(s series.Sample, spectrum Spectrum, hz float64) {
	if hz > 0 {
		f.add(s, spectrum.Harmonics(hz, slack, harmonics))
	} else {
		f.add(s, math.NaN()) // a shaft that stands, or whose speed nobody knows, has no such frequency
	}
}

func (f *Features) add(block series.Sample, v float64) {
	s := series.Sample{Tag: f.tags[len(f.out)].ID, Source: block.Source, Receive: block.Receive, Status: block.Status, Value: v}
	if math.IsNaN(v) && s.Quality() != series.Bad {
		s.Status = series.StatusBad
	}
	f.out = append(f.out, s)
}

// turns a second, 0 when nobody knows.
func (f *Features) turns(speed series.Sample) float64 {
	if f.cfg.Speed == "" {
		return f.cfg.Turns
	}
	factor, _ := perSecond(f.cfg.SpeedUnit)
	if speed.Quality() == series.Bad || !(math.Abs(speed.Value) < 1e6) {
		return 0
	}
	return math.Abs(speed.Value) * factor
}
