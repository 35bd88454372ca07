package mqtt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/timestamp"
)

// Why a message was rejected.
const (
	reasonJSON    = "json"
	reasonCSV     = "csv"
	reasonNumber  = "number"
	reasonType    = "type"
	reasonPath    = "path"
	reasonTime    = "time"
	reasonUTF8    = "utf8"
	reasonEmpty   = "empty"
	reasonLarge   = "too_large"
	reasonTopic   = "unknown_topic"
	reasonTag     = "unknown_tag"
	reasonImage   = "image"
	reasonRetains = "retained"
)

// notKept are reasons that lie in the configuration, or messages of which nothing is left.
var notKept = [...]string{reasonLarge, reasonTopic, reasonTag, reasonRetains}

func reject(reason, format string, args ...any) *Rejection {
	return &Rejection{reason, fmt.Sprintf(format, args...), !slices.Contains(notKept[:], reason)}
}

// decoder is the Dialect of Config.Topics. It has no state and no clock.
type decoder struct {
	routes     []route
	kind       func(tag string) (series.Kind, bool)
	maxPayload int
	maxText    int
}

// Decode implements Dialect.
func (d *decoder) Decode(m Message) Decoded {
	levels := strings.Split(m.Topic, "/")
	r := d.route(levels)
	switch {
	case !utf8.ValidString(m.Topic):
		return refuse(reject(reasonUTF8, "topic is not UTF-8"))
	case r == nil:
		return refuse(reject(reasonTopic, "no configured filter matches"))
	case len(m.Payload) == 0:
		return refuse(reject(reasonEmpty, "payload is empty"))
	case len(m.Payload) > d.maxPayload:
		return refuse(tooLarge(len(m.Payload), d.maxPayload))
	case r.Payload == Image && r.Value != "":
		return d.besideJSON(r, levels, m)
	case r.Payload == Image:
		return d.image(r, levels, m)
	case len(m.Payload) > d.maxText:
		return refuse(tooLarge(len(m.Payload), d.maxText))
	case !utf8.Valid(m.Payload):
		return refuse(reject(reasonUTF8, "payload is not UTF-8"))
	case r.Payload == Number:
		return d.scalar(r, levels, m)
	}
	return d.records(r, levels, m)
}

// Filters are the configured ones, each with the highest QoS asked for.
func (d *decoder) Filters() map[string]byte {
	filters := map[string]byte{}
	for _, r := range d.routes {
		f := r.filter.String()
		filters[f] = max(filters[f], byte(r.QoS))
	}
	return filters
}

// Will implements Dialect: whoever only listens leaves nothing behind.
func (d *decoder) Will(int64) *Publication { return nil }

// Connected implements Dialect.
func (d *decoder) Connected(int64) []Publication { return nil }

func (d *decoder) route(levels []string) *route {
	for i := range d.routes {
		if d.routes[i].filter.matches(levels) {
			return &d.routes[i]
		}
	}
	return nil
}

func (d *decoder) image(r *route, levels []string, m Message) Decoded {
	part, ok := r.part.expand(levels)
	if !ok {
		return refuse(reject(reasonPath, "topic has no level for part %q", r.Part))
	}
	return Decoded{Picture: &collectors.Picture{
		Camera: r.Camera, Name: printable(path.Base(m.Topic)), Data: m.Payload, Received: m.Received, Part: printable(part),
	}}
}

func (d *decoder) scalar(r *route, levels []string, m Message) Decoded {
	tag, kind, rej := d.tag(r.tag, r.Tag, levels)
	if rej != nil {
		return refuse(rej)
	}
	s := series.Sample{Tag: tag, Receive: m.Received, Status: arrivalStatus(m, 0)}
	if rej := readText(&s, kind, strings.TrimSpace(string(m.Payload))); rej != nil {
		return refuse(rej)
	}
	return Decoded{Samples: []series.Sample{s}}
}

// records reads a structured message: one record, or the several of a batch, each for itself.
func (d *decoder) records(r *route, levels []string, m Message) Decoded {
	list, rej := r.split(m.Payload)
	if rej != nil {
		return refuse(rej)
	}
	var out Decoded
	for _, record := range list {
		d.record(&out, r, levels, m, record)
	}
	return out
}

func (d *decoder) record(out *Decoded, r *route, levels []string, m Message, record any) {
	var at int64
	if len(r.time) > 0 {
		var rej *Rejection
		if at, rej = readTime(r, record); rej != nil {
			out.Rejected = append(out.Rejected, rej)
			return
		}
	}
	status := worse(arrivalStatus(m, at), readStatus(r, record))
	for i := range r.values {
		d.field(out, &r.values[i], levels, record, series.Sample{Source: at, Receive: m.Received, Status: status})
	}
}

func (d *decoder) field(out *Decoded, v *value, levels []string, root any, s series.Sample) {
	found, ok := v.path.in(root)
	if !ok && v.optional {
		return
	}
	tag, kind, rej := d.tag(v.tag, v.where, levels)
	switch {
	case rej != nil:
	case !ok:
		rej = reject(reasonPath, "path %q leads nowhere", v.where)
	case v.kind != "" && v.kind != kind:
		rej = reject(reasonType, "path %q is declared %s, but tag %s is %s", v.where, v.kind, tag, kind)
	default:
		s.Tag = tag
		rej = v.read(&s, kind, found)
	}
	if rej != nil {
		out.Rejected = append(out.Rejected, rej)
		return
	}
	out.Samples = append(out.Samples, s)
}

func (d *decoder) tag(t template, where string, levels []string) (string, series.Kind, *Rejection) {
	tag, ok := t.expand(levels)
	if !ok {
		return "", "", reject(reasonPath, "topic has no level for the tag of %q", where)
	}
	kind, known := d.kind(tag)
	if !known {
		return "", "", reject(reasonTag, "tag %.60q is not configured", tag)
	}
	return tag, kind, nil
}

func parseJSON(payload []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(payload))
	dec.UseNumber() // a float64 would round nanosecond times
	var root any
	if err := dec.Decode(&root); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("more after the end at byte %d", dec.InputOffset())
	}
	return root, nil
}

func readTime(r *route, root any) (int64, *Rejection) {
	found, ok := r.time.in(root)
	if !ok {
		return 0, reject(reasonPath, "time path %q leads nowhere", r.Time)
	}
	var text string
	switch v := found.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	default:
		return 0, reject(reasonTime, "time at %q is neither text nor number", r.Time)
	}
	at, err := timestamp.Parse(text, r.TimeFormat, nil)
	if err != nil {
		return 0, reject(reasonTime, "time at %q: %v", r.Time, err)
	}
	return at, nil
}

func refuse(r *Rejection) Decoded { return Decoded{Rejected: []*Rejection{r}} }

func tooLarge(size, limit int) *Rejection {
	return reject(reasonLarge, "message of %d bytes is over the limit of %d: dropped", size, limit)
}

const maxName = 256 // bytes

// printable makes a topic level fit for a record.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return utf8.RuneError
	}, s)
	return strings.ToValidUTF8(s[:min(len(s), maxName)], "")
}

// excerpt shows the beginning of a payload in printable characters.
func excerpt(payload []byte) string {
	const most = 40
	if len(payload) > most {
		return fmt.Sprintf("%+q… (%d bytes)", payload[:most], len(payload))
	}
	return fmt.Sprintf("%+q", payload)
}
