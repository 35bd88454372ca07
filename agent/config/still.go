package config

import (
	"fmt"

	"edgelabel/collectors/camera/shutter"
)

// Still is a camera that is asked for each picture: on a timer (every) or when a tag says that a part is there (trigger).
type Still struct {
	URL           string   `yaml:"url"`
	User          string   `yaml:"user"`
	Password      Secret   `yaml:"password"`
	CA            string   `yaml:"ca"`
	AllowInsecure bool     `yaml:"allow_insecure"`
	Timeout       Duration `yaml:"timeout"`
	Every         Duration `yaml:"every"`
	Trigger       *Trigger `yaml:"trigger"`
}

func (s *Still) setDefaults() { *s = Still{Timeout: Duration(shutter.DefaultTimeout)} }

// Trigger is the tag that asks for pictures.
type Trigger struct {
	Tag      string   `yaml:"tag"`
	Edge     string   `yaml:"edge"`
	Delay    Duration `yaml:"delay"`
	Debounce Duration `yaml:"debounce"`
	Stale    Duration `yaml:"stale"`
}

func (t *Trigger) setDefaults() {
	*t = Trigger{Edge: string(shutter.Rising), Debounce: Duration(shutter.DefaultDebounce), Stale: Duration(shutter.DefaultStale)}
}

// stills checks the ways in which a camera is asked. One camera has one connection, which its state stands for.
func (v *validator) stills(path string, c *Camera) {
	ways := 0
	for key, s := range map[string]*Still{"snapshot": c.Snapshot, "rtsp": c.RTSP} {
		if s != nil {
			ways++
			v.still(path+"."+key, s)
		}
	}
	if c.Folder != nil {
		ways++
	}
	if ways > 1 {
		v.wrong(path, "want at most one of folder, snapshot and rtsp")
	}
}

func (v *validator) still(path string, s *Still) {
	if s.URL == "" {
		v.wrong(path, "want the url of the camera")
	}
	v.file(path+".ca", s.CA)
	v.positive(path+".timeout", float64(s.Timeout))
	if (s.Every > 0) == (s.Trigger != nil) || s.Every < 0 {
		v.wrong(path, "want either every, the time between two pictures, or trigger, the tag that asks for them")
	}
	if s.Trigger != nil {
		v.trigger(path+".trigger", s.Trigger)
	}
}

func (v *validator) trigger(path string, t *Trigger) {
	if !v.known("tag", path+".tag", t.Tag) && t.Tag == "" {
		v.wrong(path, "want the tag that asks for pictures")
	}
	v.oneOf(path+".edge", t.Edge, string(shutter.Rising), string(shutter.Falling), string(shutter.Change))
	for key, d := range map[string]Duration{"delay": t.Delay, "debounce": t.Debounce, "stale": t.Stale} {
		if d < 0 {
			v.wrong(fmt.Sprintf("%s.%s", path, key), "want zero or more")
		}
	}
}
