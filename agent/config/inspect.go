package config

import (
	"fmt"
	"slices"

	"edgelabel/agent/vision/beside"
	"edgelabel/agent/vision/check"
	"edgelabel/agent/vision/pick"
)

// Inspect is how a camera's images are judged by good ones.
type Inspect struct {
	Method    string      `yaml:"method"`
	Reference string      `yaml:"reference"`
	Class     string      `yaml:"class"` // of a proposal whose type has none of its own
	Types     []TypeClass `yaml:"types"`
	Checks    []string    `yaml:"checks"`
	Focus     float64     `yaml:"least_focus"` // share of good pictures' sharpness
	Darkest   float64     `yaml:"darkest"`     // mean grey value, 0..255
	Brightest float64     `yaml:"brightest"`   // mean grey value, 0..255
}

func (i *Inspect) setDefaults() {
	*i = Inspect{Method: pick.Auto, Checks: []string{check.FocusName, check.ExposureName, beside.Duplicate}}
}

// Wants reports whether a check is switched on.
func (i *Inspect) Wants(name string) bool { return slices.Contains(i.Checks, name) }

// TypeClass gives a type that the method tells a class of the taxonomy.
type TypeClass struct {
	Type  string `yaml:"type"`
	Class string `yaml:"class"`
}

// ClassOf returns the class id for a type of region; empty where there is none.
func (i *Inspect) ClassOf(kind string) string {
	for _, t := range i.Types {
		if t.Type == kind && kind != "" {
			return t.Class
		}
	}
	return i.Class
}

func (v *validator) inspect(path string, i *Inspect) {
	v.oneOf(path+".method", i.Method, pick.Auto, pick.Golden, pick.Texture)
	for k, name := range i.Checks {
		v.oneOf(fmt.Sprintf("%s.checks[%d]", path, k), name, check.FocusName, check.ExposureName, beside.Duplicate)
	}
	if i.Focus < 0 || i.Focus > 1 {
		v.wrong(path+".least_focus", "want a share from 0 to 1")
	}
	if i.Darkest < 0 || i.Brightest < 0 || i.Brightest > 255 || i.Brightest > 0 && i.Darkest >= i.Brightest {
		v.wrong(path, "want darkest below brightest, both from 0 to 255")
	}
	if i.Reference == "" {
		v.wrong(path, "want reference: the folder of good images")
	}
	for k, t := range i.Types {
		if t.Type == "" || t.Class == "" {
			v.wrong(fmt.Sprintf("%s.types[%d]", path, k), "want both type and class")
		}
	}
}
