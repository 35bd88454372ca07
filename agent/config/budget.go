package config

import (
	"errors"
	"time"

	"edgelabel/agent/detect"
)

// Budget is about how many candidates of an asset people want to look at.
type Budget struct {
	Candidates float64  `yaml:"candidates"`
	Per        Duration `yaml:"per"` // of time with samples
}

// DefaultPer is a shift.
const DefaultPer = 8 * time.Hour

func (b *Budget) setDefaults() { *b = Budget{Per: Duration(DefaultPer)} }

// Detect is the same for the detectors; nil is none.
func (b *Budget) Detect() detect.Budget {
	if b == nil {
		return detect.Budget{}
	}
	return detect.Budget{Candidates: b.Candidates, Per: time.Duration(b.Per)}
}

func (v *validator) budget(path string, b *Budget) {
	var p *detect.Problem
	if errors.As(b.Detect().Check(), &p) {
		v.wrong(path+"."+p.Field, "%s", p.Text)
	}
}
