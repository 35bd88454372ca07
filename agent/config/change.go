package config

import "edgelabel/agent/detect"

// Change flags the moment at which a signal begins to behave otherwise.
type Change struct {
	Learn     int     `yaml:"learn"`     // samples
	Threshold float64 `yaml:"threshold"` // standard deviations of a block, added up
}

func (c *Change) setDefaults() {
	*c = Change{Learn: detect.DefaultChangeLearn, Threshold: detect.DefaultChange}
}

func (v *validator) change(path string, c *Change) {
	v.positive(path+".threshold", c.Threshold)
	if c.Learn < detect.LeastChangeLearn || c.Learn > detect.MaxChangeLearn {
		v.wrong(path+".learn", "%d: want %d to %d", c.Learn, detect.LeastChangeLearn, detect.MaxChangeLearn)
	}
}
