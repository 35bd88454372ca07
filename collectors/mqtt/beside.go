package mqtt

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"edgelabel/collectors"
	"edgelabel/collectors/camera"
)

// besidePaths lead to a picture's metadata, in the order of Beside.
type besidePaths [6]jsonPath

func parseBeside(b Beside) (besidePaths, error) {
	var out besidePaths
	for i, text := range []string{b.Name, b.Part, b.Product, b.Recipe, b.Job, b.Result} {
		p, err := parsePath(text)
		if err != nil {
			return out, err
		}
		out[i] = p
	}
	return out, nil
}

// besideJSON reads a picture out of a JSON message. Metadata that are not there are empty; what the topic says of the part comes first.
func (d *decoder) besideJSON(r *route, levels []string, m Message) Decoded {
	root, err := parseJSON(m.Payload)
	if err != nil {
		return refuse(reject(reasonJSON, "not JSON: %v", err))
	}
	found, _ := r.values[0].path.in(root)
	text, is := found.(string)
	if !is {
		return refuse(reject(reasonPath, "path %q leads to no text", r.Value))
	}
	data, err := unpack(text)
	if err != nil {
		return refuse(reject(reasonImage, "path %q: %v", r.Value, err))
	}
	out := d.image(r, levels, m)
	if out.Picture == nil {
		return out
	}
	p := out.Picture
	p.Data = data
	if rej := r.beside.fill(p, root, path.Base(m.Topic)); rej != nil {
		return refuse(rej)
	}
	if len(r.time) > 0 {
		at, rej := readTime(r, root)
		if rej != nil {
			return refuse(rej)
		}
		p.Taken = at
	}
	return out
}

// unpack reads base64 with or without padding, and a data URL.
func unpack(text string) ([]byte, error) {
	if rest, is := strings.CutPrefix(text, "data:"); is {
		_, text, is = strings.Cut(rest, ";base64,")
		if !is {
			return nil, fmt.Errorf("data URL without base64")
		}
	}
	data, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	if err == nil && len(data) == 0 {
		err = fmt.Errorf("picture is empty")
	}
	return data, err
}

func (b besidePaths) fill(p *collectors.Picture, root any, name string) *Rejection {
	texts := [len(b)]string{}
	for i := range b {
		if len(b[i]) == 0 {
			continue
		}
		switch v, _ := b[i].in(root); v := v.(type) {
		case string:
			texts[i] = printable(v)
		case json.Number:
			texts[i] = v.String()
		case nil:
		default:
			return reject(reasonType, "metadata of the picture: want a text, got %s", typeOf(v))
		}
	}
	if p.Name = name; texts[0] != "" {
		p.Name = path.Base(strings.ReplaceAll(texts[0], `\`, "/"))
	}
	p.Name = printable(p.Name)
	if p.Part == "" {
		p.Part = texts[1]
	}
	p.Product, p.Recipe, p.Job, p.Result = texts[2], texts[3], texts[4], camera.Verdict(texts[5])
	return nil
}
