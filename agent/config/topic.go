package config

import "fmt"

// Topic is one subscription and how its payloads become samples or images.
type Topic struct {
	Filter    string  `yaml:"filter"`
	QoS       int     `yaml:"qos"`
	Payload   string  `yaml:"payload"`
	Tag       string  `yaml:"tag"`
	Value     string  `yaml:"value"`
	Time      string  `yaml:"time"`
	TimeAs    string  `yaml:"time_format"`
	Quality   string  `yaml:"quality"`
	Fields    []Field `yaml:"fields"`
	Camera    string  `yaml:"camera"`
	Part      string  `yaml:"part"`
	Each      string  `yaml:"each"`
	Header    bool    `yaml:"header"`
	Separator string  `yaml:"separator"`
	Beside    Beside  `yaml:"beside"`
}

func (t *Topic) setDefaults() { *t = Topic{QoS: 1, Payload: "number", TimeAs: "auto"} }

// Field is one value inside a JSON message.
type Field struct {
	Path     string `yaml:"path"`
	Tag      string `yaml:"tag"`
	Optional bool   `yaml:"optional"`
}

// Beside are the paths of a picture's metadata in the JSON message that carries it.
type Beside struct {
	Name    string `yaml:"name"`
	Part    string `yaml:"part"`
	Product string `yaml:"product"`
	Recipe  string `yaml:"recipe"`
	Job     string `yaml:"job"`
	Result  string `yaml:"result"`
}

func (v *validator) topic(path string, t *Topic) {
	if err := checkFilter(t.Filter); err != nil {
		v.wrong(path+".filter", "%q: %v", t.Filter, err)
	}
	v.oneOf(path+".payload", t.Payload, "number", "json", "csv", "image")
	switch t.Payload {
	case "image":
		if t.Camera == "" || !v.known("camera", path+".camera", t.Camera) {
			v.wrong(path+".camera", "an image topic wants the name of a camera")
		}
	case "json", "csv":
		if (t.Value == "") == (len(t.Fields) == 0) {
			v.wrong(path, "a %s topic wants either value (one tag) or fields (several)", t.Payload)
		}
		for i, f := range t.Fields {
			if f.Path == "" {
				v.wrong(fmt.Sprintf("%s.fields[%d].path", path, i), "want a path, such as data.force")
			}
			v.literal(fmt.Sprintf("%s.fields[%d].tag", path, i), f.Tag)
		}
	}
	if t.Payload != "image" && len(t.Fields) == 0 {
		v.literal(path+".tag", t.Tag)
	}
	v.oneOf(path+".time_format", t.TimeAs, "auto", "rfc3339", "unix_s", "unix_ms", "unix_us", "unix_ns", "datetime")
	if t.QoS != 0 && t.QoS != 1 {
		v.wrong(path+".qos", "%d: want 0 or 1", t.QoS)
	}
	v.records(path, t)
}

// records checks what says how a message falls into several.
func (v *validator) records(path string, t *Topic) {
	if t.Each != "" && t.Payload != "json" {
		v.wrong(path+".each", "only a json topic has lists")
	}
	if (t.Header || t.Separator != "") && t.Payload != "csv" || len([]rune(t.Separator)) > 1 {
		v.wrong(path, "header and separator are for csv; the separator is one character")
	}
	if t.Beside != (Beside{}) && (t.Payload != "image" || t.Value == "") {
		v.wrong(path+".beside", "metadata stand beside an image in JSON: want payload: image and value, the path of the image")
	}
}
