package camera

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of a sidecar.
const (
	maxSidecar = 1 << 20 // bytes
	maxValues  = 4096
	maxNested  = 16
)

// values are all that a sidecar says, by place in lower case. Where two things have the same place the first counts.
type values map[string]string

func (v values) set(place []string, text string) {
	key := strings.ToLower(strings.Join(place, "."))
	if _, known := v[key]; !known && len(v) < maxValues {
		v[key] = strings.TrimSpace(text)
	}
}

func (s *Sidecar) values(data []byte) (values, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	v := values{}
	var err error
	switch {
	case !utf8.Valid(data):
		err = errors.New("not UTF-8")
	case strings.EqualFold(s.Ext, ".json"):
		err = v.json(data)
	case strings.EqualFold(s.Ext, ".xml"):
		err = v.xml(data)
	default:
		err = v.lines(data)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSidecar, err)
	}
	return v, nil
}

func (v values) json(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var all any
	if err := d.Decode(&all); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	v.walk(nil, all)
	return nil
}

func (v values) walk(place []string, x any) {
	if len(place) > maxNested {
		return
	}
	switch x := x.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(x)) {
			v.walk(append(place[:len(place):len(place)], name), x[name])
		}
	case []any:
		for i, inner := range x {
			v.walk(append(place[:len(place):len(place)], strconv.Itoa(i)), inner)
		}
	case nil:
	default:
		v.set(place, fmt.Sprint(x))
	}
}

func (v values) xml(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	var place []string // the outermost element included
	ended := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && ended {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if place = append(place, t.Name.Local); len(place) > maxNested {
				return fmt.Errorf("more than %d elements in one another", maxNested)
			}
			for _, a := range t.Attr {
				v.set(append(place[1:len(place):len(place)], "@"+a.Name.Local), a.Value)
			}
		case xml.EndElement:
			place = place[:len(place)-1]
			ended = len(place) == 0
		case xml.CharData:
			if len(place) > 1 && len(bytes.TrimSpace(t)) > 0 {
				v.set(place[1:], string(t))
			}
		}
	}
}

// lines never fails: a line that has no key says nothing.
func (v values) lines(data []byte) error {
	in := bufio.NewScanner(bytes.NewReader(data))
	in.Buffer(nil, maxSidecar+1)
	for in.Scan() {
		if at := strings.IndexAny(in.Text(), "=:;,\t"); at > 0 {
			v.set([]string{strings.TrimSpace(in.Text()[:at])}, in.Text()[at+1:])
		}
	}
	return in.Err()
}
