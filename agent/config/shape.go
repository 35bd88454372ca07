package config

import "edgelabel/agent/detect"

// Shape flags cycles of a signal that are like none before.
type Shape struct {
	Learn     int     `yaml:"learn"`     // samples
	Threshold float64 `yaml:"threshold"` // standard deviations
}

func (s *Shape) setDefaults() {
	*s = Shape{Learn: detect.DefaultShapeLearn, Threshold: detect.DefaultShape}
}

func (v *validator) shape(path string, s *Shape) {
	if s.Learn < detect.LeastLearn || s.Learn > detect.MaxShapeLearn {
		v.wrong(path+".learn", "%d: want %d to %d", s.Learn, detect.LeastLearn, detect.MaxShapeLearn)
	}
	v.positive(path+".threshold", s.Threshold)
}
