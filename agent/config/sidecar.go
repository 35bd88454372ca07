package config

import (
	"time"

	"edgelabel/collectors/camera"
)

// Sidecar is the small file that a camera writes beside each image.
type Sidecar struct {
	Ext    string        `yaml:"ext"`
	Fields SidecarFields `yaml:"fields"`
	Time   string        `yaml:"time"`
	Wait   Duration      `yaml:"wait"`
}

// SidecarFields are the places of what the file says.
type SidecarFields struct {
	Part    string `yaml:"part"`
	Time    string `yaml:"time"`
	Result  string `yaml:"result"`
	Product string `yaml:"product"`
	Recipe  string `yaml:"recipe"`
	Job     string `yaml:"job"`
}

func (s *Sidecar) setDefaults() {
	*s = Sidecar{
		Ext: camera.DefaultSidecarExt, Wait: Duration(camera.DefaultSidecarWait),
		Fields: SidecarFields{Part: "part", Time: "time", Result: "result", Product: "product", Recipe: "recipe", Job: "job"},
	}
}

// Camera is what package camera makes of it; nil is nil.
func (s *Sidecar) Camera() *camera.Sidecar {
	if s == nil {
		return nil
	}
	f := s.Fields
	return &camera.Sidecar{Ext: s.Ext, TimeLayout: s.Time, Wait: time.Duration(s.Wait), Fields: map[string]string{
		"part": f.Part, "time": f.Time, "result": f.Result, "product": f.Product, "recipe": f.Recipe, "job": f.Job,
	}}
}
