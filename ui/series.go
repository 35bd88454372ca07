package ui

import (
	"net/http"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

func (s *Server) getSeries(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	q, err := parseSeriesQuery(r.URL.Query(), s.longest())
	if err != nil {
		return err
	}
	ref := label.WindowRef{From: q.from, To: q.to, Tags: q.tags}
	if q.item != "" {
		row, _, err := s.cfg.Items.Item(r.Context(), q.item)
		if err != nil {
			return err
		}
		if row.Window == nil {
			return refuse(http.StatusNotFound, "this item has no signals")
		}
		if ref, err = clamp(*row.Window, q.from, q.to); err != nil {
			return err
		}
	}
	p := newPlot(ref.From, ref.To, q.n)
	names := s.names()
	gaps, err := s.windows.each(r.Context(), ref, q.n, func(t series.Reduced) {
		t.Trace = names(t.Trace)
		p.add(t)
	})
	if err != nil {
		return err
	}
	data, err := p.encode(gaps)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Write(data) // an error means that the browser has gone
	return nil
}

// longest is how long a range of signals may be: one that is loaded sample by sample must be shorter.
func (s *Server) longest() time.Duration {
	if _, ok := s.cfg.Media.(Reducer); ok {
		return s.cfg.MaxView
	}
	return s.cfg.MaxSpan
}

// clamp narrows an item's window to the range that was asked for.
func clamp(ref label.WindowRef, from, to int64) (label.WindowRef, error) {
	ref.From = max(ref.From, from)
	if to != 0 {
		ref.To = min(ref.To, to)
	}
	if ref.From >= ref.To {
		return ref, invalid("from, to: outside the item's window")
	}
	return ref, nil
}

// names fills in what people call a signal, where a trace does not say.
func (s *Server) names() func(series.Trace) series.Trace {
	known := map[string]Signal{}
	for _, sig := range s.cfg.Signals() {
		known[sig.ID] = sig
	}
	return func(t series.Trace) series.Trace {
		if t.Name == "" {
			t.Name = known[t.Tag].Name
		}
		if t.Unit == "" {
			t.Unit = known[t.Tag].Unit
		}
		return t
	}
}
