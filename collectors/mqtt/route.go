package mqtt

import (
	"errors"
	"fmt"

	"edgelabel/agent/series"
	"edgelabel/collectors/timestamp"
)

// route is a Topic made ready: everything that can be wrong with it was found when the collector was made.
type route struct {
	Topic
	filter filter
	tag    template
	part   template
	values []value
	time   jsonPath
	status jsonPath
	each   jsonPath
	beside besidePaths
}

// value is one place in a JSON message and the tag it belongs to.
type value struct {
	path     jsonPath
	where    string // the path as configured
	tag      template
	kind     series.Kind
	optional bool
	text     bool // of a format that has texts only
}

func newRoute(t Topic) (route, error) {
	r := route{Topic: t}
	var errs []error
	must := func(err error) { errs = append(errs, err) }
	var err error
	r.filter, err = parseFilter(t.Filter)
	must(err)
	r.tag, err = parseTemplate(t.Tag, r.filter.names)
	must(err)
	r.part, err = parseTemplate(t.Part, r.filter.names)
	must(err)
	r.time, err = parsePath(t.Time)
	must(err)
	r.status, err = parsePath(t.Quality)
	must(err)
	r.each, err = parsePath(t.Each)
	must(err)
	r.beside, err = parseBeside(t.Beside)
	must(err)
	must(r.addValues())
	must(t.check())
	if err := errors.Join(errs...); err != nil {
		return route{}, fmt.Errorf("topic %.60q: %w", t.Filter, err)
	}
	return r, nil
}

func (r *route) addValues() error {
	fields := r.Fields
	if len(fields) == 0 {
		fields = []Field{{Path: r.Value, Tag: r.Topic.Tag}}
	}
	for _, f := range fields {
		p, err := parsePath(f.Path)
		if err != nil {
			return err
		}
		tag, err := parseTemplate(f.Tag, r.filter.names)
		if err != nil {
			return err
		}
		if f.Tag == "" && (r.Payload == JSON || r.Payload == CSV) {
			return fmt.Errorf("path %q has no tag", f.Path)
		}
		r.values = append(r.values, value{path: p, where: f.Path, tag: tag, kind: f.Kind, optional: f.Optional, text: r.Payload == CSV})
	}
	return nil
}

func (t Topic) check() error {
	var errs []error
	if t.QoS != 0 && t.QoS != 1 {
		errs = append(errs, fmt.Errorf("qos %d: want 0 or 1", t.QoS))
	}
	if !timestamp.Known(t.TimeFormat) {
		errs = append(errs, fmt.Errorf("time format %q is unknown", t.TimeFormat))
	}
	switch t.Payload {
	case Number:
		if t.Tag == "" {
			errs = append(errs, errors.New("tag is missing"))
		}
	case JSON, CSV:
		if len(t.Fields) > 0 && (t.Tag != "" || t.Value != "") {
			errs = append(errs, errors.New("fields stand instead of tag and value"))
		}
	case Image:
		if t.Camera == "" {
			errs = append(errs, errors.New("camera is missing"))
		}
	default:
		errs = append(errs, fmt.Errorf("payload %q: want number, json, csv or image", t.Payload))
	}
	if t.Payload != CSV && (t.Header || t.Separator != "") || len([]rune(t.Separator)) > 1 {
		errs = append(errs, errors.New("header and separator are for csv; the separator is one character"))
	}
	if t.Each != "" && t.Payload != JSON {
		errs = append(errs, errors.New("each is for json"))
	}
	return errors.Join(errs...)
}
