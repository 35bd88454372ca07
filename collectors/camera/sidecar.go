package camera

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// Defaults of Sidecar.
const (
	DefaultSidecarExt  = ".json"
	DefaultSidecarWait = time.Minute
)

// Sidecar describes the small file that a camera writes beside each picture, and that says what it shows: part.png has part.png.json or
// part.json. What it says goes before what the picture's name says.
type Sidecar struct {
	Ext string // with its dot; .json and .xml are read as such, any other as lines of a key and a value, divided by = : ; , or a tab

	// Fields says where in it part, time, result, product, recipe and job are. A place is a key, or a path with dots between: names of
	// objects or elements and numbers of list entries (from 0). The outermost element is not named; an attribute has an @ before its name.
	// Case does not matter. A field that is not here is looked for under its own name.
	Fields     map[string]string
	TimeLayout string        // as Config.TimeLayout; empty reads RFC 3339 and Unix times
	Wait       time.Duration // a picture that has none for so long is stored without
}

var errSidecar = errors.New("cannot be read")

// complete returns a copy with defaults, or what is wrong with it.
func (s *Sidecar) complete() (*Sidecar, error) {
	if s == nil {
		return nil, nil
	}
	c := *s
	if c.Ext == "" {
		c.Ext = DefaultSidecarExt
	}
	c.Wait = cmp.Or(c.Wait, DefaultSidecarWait)
	if !strings.HasPrefix(c.Ext, ".") || strings.ContainsAny(c.Ext, `/\`) || len(c.Ext) < 2 {
		return nil, fmt.Errorf("sidecar extension %q: want one such as .json", c.Ext)
	}
	if c.Wait < 0 {
		return nil, errors.New("sidecar wait: want above zero")
	}
	for field, where := range c.Fields {
		if !slices.Contains(groups, field) || where == "" {
			return nil, fmt.Errorf("sidecar field %q: want the place of one of %s", field, strings.Join(groups, ", "))
		}
	}
	return &c, checkLayout(c.TimeLayout)
}

// Check says what is wrong with the description; nothing is with none.
func (s *Sidecar) Check() error {
	_, err := s.complete()
	return err
}

// names are those that the file beside a picture may have.
func (s *Sidecar) names(picture string) []string {
	return []string{picture + s.Ext, strings.TrimSuffix(picture, path.Ext(picture)) + s.Ext}
}

// read takes a sidecar's content apart. A time that cannot be read is an error; the rest is returned with it.
func (s *Sidecar) read(data []byte, loc *time.Location) (meta, error) {
	found, err := s.values(data)
	if err != nil {
		return meta{}, err
	}
	get := func(field string) string {
		where := field
		if w, named := s.Fields[field]; named {
			where = w
		}
		return found[strings.ToLower(where)]
	}
	m := meta{part: get("part"), product: get("product"), recipe: get("recipe"), job: get("job"), result: get("result")}
	if text := get("time"); text != "" {
		m.taken, err = pattern{layout: s.TimeLayout, loc: loc}.time(text)
	}
	return m, err
}

// over returns m with what o says in its place.
func (m meta) over(o meta) meta {
	for _, f := range []struct{ from, to *string }{
		{&o.part, &m.part}, {&o.product, &m.product}, {&o.recipe, &m.recipe}, {&o.job, &m.job}, {&o.result, &m.result},
	} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	if o.taken != 0 {
		m.taken = o.taken
	}
	return m
}
