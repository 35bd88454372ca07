package config

import (
	"fmt"
	"math"
	"strings"
	"time"

	"edgelabel/agent/pipeline"
)

// Counter is a value that begins anew at a modulus.
type Counter struct {
	Width   int     `yaml:"width"` // bits
	Modulus float64 `yaml:"modulus"`
	MaxStep float64 `yaml:"max_step"`
}

// Rolls is the value at which it begins anew.
func (c Counter) Rolls() float64 {
	if c.Width > 0 {
		return math.Ldexp(1, c.Width)
	}
	return c.Modulus
}

// History thins out what is stored of a signal.
type History struct {
	Deadband  float64  `yaml:"deadband"`
	Exception float64  `yaml:"exception"`
	Swing     float64  `yaml:"swing"`
	Every     Duration `yaml:"every"`
}

func (h *History) setDefaults() { *h = History{Every: Duration(pipeline.DefaultEvery)} }

// Clock is what is known of a source's clock: how far it is ahead of the true time, or that it is to be measured.
type Clock struct {
	Ahead    time.Duration
	Measured bool
}

func (c *Clock) parse(s string) error {
	if s == "measured" {
		*c = Clock{Measured: true}
		return nil
	}
	d, err := time.ParseDuration(strings.TrimSpace(s))
	if err != nil {
		return fmt.Errorf("%q: want measured, or how far the clock is ahead, such as 1h, -30s or 250ms", s)
	}
	*c = Clock{Ahead: d}
	return nil
}

// cleaning checks what is done to a tag's samples.
func (v *validator) cleaning(path string, t *Tag) {
	v.oneOf(path+".accept", t.Accept, "all", "uncertain", "good")
	if t.Stale < 0 {
		v.wrong(path+".stale", "want zero (never) or more")
	}
	if c := t.Counter; c != nil {
		if c.Width < 0 || c.Width > 53 || (c.Width > 0) == (c.Modulus > 0) {
			v.wrong(path+".counter", "want width, 1 to 53 bits, or a modulus")
		} else if c.MaxStep < 0 || c.MaxStep >= c.Rolls() {
			v.wrong(path+".counter.max_step", "%g: want zero (a quarter) or more, below %g", c.MaxStep, c.Rolls())
		}
	}
	if h := t.History; h != nil {
		v.history(path+".history", h)
	}
	if (t.Counter != nil || t.History != nil) && t.Kind != "number" {
		v.wrong(path, "counter and history are for kind number")
	}
}

func (v *validator) history(path string, h *History) {
	given := 0
	for _, bound := range []float64{h.Deadband, h.Exception, h.Swing} {
		if bound < 0 {
			v.wrong(path, "want a bound above zero")
		}
		if bound != 0 {
			given++
		}
	}
	if given != 1 {
		v.wrong(path, "want exactly one of deadband, exception and swing; got %d", given)
	}
	v.positive(path+".every", float64(h.Every))
}
