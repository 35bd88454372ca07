package mqtt

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"edgelabel/agent/series"
)

const maxRecords = 1 << 16 // of one message

// split reads a message into records, each a decoded JSON value.
func (r *route) split(payload []byte) ([]any, *Rejection) {
	if r.Payload == CSV {
		return r.lines(payload)
	}
	root, err := parseJSON(payload)
	if err != nil {
		return nil, reject(reasonJSON, "not JSON: %v", err)
	}
	if r.Each == "" {
		return []any{root}, nil
	}
	found, ok := r.each.in(root)
	list, is := found.([]any)
	switch {
	case !ok || !is:
		return nil, reject(reasonPath, "path %q leads to no list", r.Each)
	case len(list) > maxRecords:
		return nil, reject(reasonLarge, "list of %d elements, at most %d are read", len(list), maxRecords)
	}
	return list, nil
}

// lines reads CSV (RFC 4180). Each line is for itself: those before one that is broken are lost with it, since nobody can tell where the
// next begins.
func (r *route) lines(payload []byte) ([]any, *Rejection) {
	in := csv.NewReader(bytes.NewReader(payload))
	in.FieldsPerRecord, in.TrimLeadingSpace = -1, true
	if r.Separator != "" {
		in.Comma = []rune(r.Separator)[0]
	}
	var header []string
	var out []any
	for {
		line, err := in.Read()
		switch {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, reject(reasonCSV, "not CSV: %v", err)
		case len(out) == maxRecords:
			return nil, reject(reasonLarge, "more than %d lines", maxRecords)
		case r.Header && header == nil:
			header = line
			continue
		}
		record, err := named(header, line)
		if err != nil {
			return nil, reject(reasonCSV, "%v", err)
		}
		out = append(out, record)
	}
}

// named is a line as an object under its header, or as an array when there is none.
func named(header, line []string) (any, error) {
	if header == nil {
		list := make([]any, len(line))
		for i, v := range line {
			list[i] = strings.TrimSpace(v)
		}
		return list, nil
	}
	if len(line) != len(header) {
		return nil, fmt.Errorf("line of %d values under a header of %d", len(line), len(header))
	}
	object := make(map[string]any, len(line))
	for i, v := range line {
		object[strings.TrimSpace(header[i])] = strings.TrimSpace(v)
	}
	return object, nil
}

// read puts what was found into the sample. Where there are only texts, an empty one is no value.
func (v *value) read(s *series.Sample, kind series.Kind, found any) *Rejection {
	text, is := found.(string)
	switch {
	case !v.text || !is:
		return readJSON(s, kind, found, v.where)
	case text == "" && kind != series.Text:
		return readJSON(s, kind, nil, v.where)
	}
	return readText(s, kind, text)
}
