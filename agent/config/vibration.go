package config

import (
	"edgelabel/agent/detect/vibration"
	"edgelabel/agent/series"
)

// Vibration derives signals from the blocks of a tag: rms, peak, crest, kurtosis, velocity, and lines of bearings and gears.
type Vibration struct {
	Zones    *Zones    `yaml:"zones"`
	Speed    string    `yaml:"speed"`
	Turns    float64   `yaml:"turns"`
	Band     Band      `yaml:"band"`
	Bearings []Bearing `yaml:"bearings"`
	Gears    []Gear    `yaml:"gears"`
}

// Zones are the boundaries between zones B and C, and C and D, of the velocity, in mm/s.
type Zones struct {
	BC      float64  `yaml:"bc"`
	CD      float64  `yaml:"cd"`
	OnDelay Duration `yaml:"on_delay"`
}

// Band is a range of frequencies in Hz.
type Band struct {
	From float64 `yaml:"from"`
	To   float64 `yaml:"to"`
}

// Bearing is a rolling bearing on the shaft.
type Bearing struct {
	Name    string  `yaml:"name"`
	Rollers int     `yaml:"rollers"`
	Roller  float64 `yaml:"roller"`
	Pitch   float64 `yaml:"pitch"`
	Angle   float64 `yaml:"angle"`
}

// Gear is a wheel on the shaft.
type Gear struct {
	Name  string `yaml:"name"`
	Teeth int    `yaml:"teeth"`
}

// Config is the same for what derives it. tags say in which unit the speed comes.
func (v *Vibration) Config(tags []Tag) vibration.Config {
	c := vibration.Config{From: v.Band.From, To: v.Band.To, Speed: v.Speed, Turns: v.Turns}
	for _, t := range tags {
		if t.ID == v.Speed {
			c.SpeedUnit = t.Unit
		}
	}
	for _, b := range v.Bearings {
		c.Bearings = append(c.Bearings, vibration.NamedBearing{
			Name: b.Name, Bearing: vibration.Bearing{Rollers: b.Rollers, Roller: b.Roller, Pitch: b.Pitch, Angle: b.Angle},
		})
	}
	for _, g := range v.Gears {
		c.Gears = append(c.Gears, vibration.Gear(g))
	}
	return c
}

func (v *validator) vibration(path string, t *Tag, tags []Tag) {
	if t.Vibration == nil {
		return
	}
	if k, ok := kindOf(tags)(t.Vibration.Speed); t.Vibration.Speed != "" && (!ok || k != series.Number) {
		v.wrong(path+".speed", "%q: want the tag of the shaft's speed, a number", t.Vibration.Speed)
		return
	}
	tag := series.Tag{ID: t.ID, Unit: t.Unit, Kind: series.Kind(t.Kind), Rate: t.Rate}
	f, err := vibration.New(tag, t.Vibration.Config(tags))
	if err != nil {
		joined, ok := err.(interface{ Unwrap() []error })
		for i := 0; ok && i < len(joined.Unwrap()); i++ {
			v.wrong(path, "%v", joined.Unwrap()[i])
		}
		return
	}
	if z := t.Vibration.Zones; z != nil {
		if !(z.BC > 0 && z.BC < z.CD) || z.OnDelay < 0 {
			v.wrong(path+".zones", "want 0 < bc < cd in mm/s")
		}
		if !f.HasVelocity() {
			v.wrong(path+".zones", "velocity up to %g Hz takes a rate of %g points per second", vibration.VelocityTo, vibration.LeastVelocity)
		}
	}
}
