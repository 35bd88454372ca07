package config

import "fmt"

// Inspect is how a camera's images are judged by good ones.
type Inspect struct {
	Method    string      `yaml:"method"`
	Reference string      `yaml:"reference"`
	Class     string      `yaml:"class"` // of a proposal whose type has none of its own
	Types     []TypeClass `yaml:"types"`
}

func (i *Inspect) setDefaults() { *i = Inspect{Method: "golden"} }

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
	v.oneOf(path+".method", i.Method, "golden")
	if i.Reference == "" {
		v.wrong(path, "want reference: the folder of good images")
	}
	for k, t := range i.Types {
		if t.Type == "" || t.Class == "" {
			v.wrong(fmt.Sprintf("%s.types[%d]", path, k), "want both type and class")
		}
	}
}
