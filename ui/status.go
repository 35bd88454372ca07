package ui

import (
	"encoding/json"
	"math"
	"net"
	"net/http"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/ui/auth"
)

// Gateway says which gateway this is.
type Gateway struct {
	ID        string `json:"id"`
	Site      string `json:"site"`
	Line      string `json:"line"`
	Version   string `json:"version"`
	Simulated bool   `json:"simulated"`
}

// Status is how the agent is doing. Times are UTC ns, 0 when there is none.
type Status struct {
	Gateway Gateway      `json:"gateway"`
	Now     int64        `json:"now"`
	Sources []Source     `json:"sources"`
	Queue   label.Counts `json:"queue"`
	Targets []Target     `json:"targets"`
	Disk    Disk         `json:"disk"`
}

// Source is one OPC UA server, broker or camera.
type Source struct {
	Name       string            `json:"name"`
	Kind       string            `json:"kind"`  // opcua, mqtt, camera
	State      string            `json:"state"` // up, connecting, waiting, starting, stopped
	Since      int64             `json:"since"`
	Error      string            `json:"error"`
	Retry      int64             `json:"retry"`
	Samples    uint64            `json:"samples"`
	Images     uint64            `json:"images"`
	Duplicates uint64            `json:"duplicates"`
	Rejected   map[string]uint64 `json:"rejected"` // by reason
	Gaps       map[string]uint64 `json:"gaps"`     // by reason
	LastSample int64             `json:"lastSample"`
	Problems   map[string]string `json:"problems"` // what is wrong with which tag, node or file

	Corrected   map[string]uint64 `json:"corrected,omitempty"`   // by reason: samples that cleaning changed, added or left out of the history
	Backfilled  uint64            `json:"backfilled"`            // samples read back from the source's own history
	ClockOffset *int64            `json:"clockOffset,omitempty"` // ns, the source's clock minus the gateway's; absent where it does not tell its time

	Pictures *Pictures `json:"pictures,omitempty"` // of a camera
}

// Pictures is what a camera brings, whatever becomes of it.
type Pictures struct {
	Bytes     uint64  `json:"bytes"`     // since the start of the agent
	LastBytes int     `json:"lastBytes"` // of the newest
	Last      int64   `json:"last"`
	Rate      float64 `json:"rate"` // a second
}

// Target is one central store.
type Target struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"`  // file, s3; mqtt for who is told of results as they come; postgres for the catalogue; control for word from the centre
	State     string `json:"state"` // idle, uploading, waiting
	Since     int64  `json:"since"`
	Error     string `json:"error"`
	Pending   int    `json:"pending"`   // journal entries that it lacks
	LastBatch int64  `json:"lastBatch"` // sequence number
	LastSync  int64  `json:"lastSync"`

	Lanes     map[string]int `json:"lanes,omitempty"`  // of pending, by labels, items, windows and records
	Oldest    int64          `json:"oldest,omitempty"` // UTC ns, when the oldest pending entry was written
	Rate      float64        `json:"rate"`             // entries per second
	BytesRate float64        `json:"bytesRate"`
	Ends      int64          `json:"ends,omitempty"`   // UTC ns, when nothing will be pending at this rate
	Closed    bool           `json:"closed,omitempty"` // the timetable lets nothing leave now
	Clearance string         `json:"clearance,omitempty"`
	Above     uint64         `json:"above"`   // entries withheld because they are graded above the clearance
	Unasked   uint64         `json:"unasked"` // entries passed over by the target's filter

	Trial      int64  `json:"trial,omitempty"`      // UTC ns, until when what the centre changed is on trial
	RolledBack uint64 `json:"rolledBack,omitempty"` // trials that the gateway ended since its start
}

// Disk is what the data directory holds, in bytes.
type Disk struct {
	Used    int64   `json:"used"`
	Free    int64   `json:"free"`
	Classes []Class `json:"classes"`
	Evicted uint64  `json:"evicted"` // things dropped to stay inside the budgets
	Full    bool    `json:"full"`    // labels are taken; samples and pictures are turned away until there is room
}

// Class is one part of the data directory and its budget in bytes; a budget of 0 is none.
type Class struct {
	Name   string `json:"name"` // images, windows, series, index
	Bytes  int64  `json:"bytes"`
	Budget int64  `json:"budget"`
}

// Signal is a tag and its newest sample.
type Signal struct {
	series.Tag
	Last *Last `json:"last"` // nil before the first sample
}

// Last is a newest sample.
type Last struct {
	T       int64   // UTC ns
	V       float64 // NaN when it has no number
	Quality series.Quality
}

// MarshalJSON writes a value that is no number as null.
func (l Last) MarshalJSON() ([]byte, error) {
	out := struct {
		T       int64    `json:"t"`
		V       *float64 `json:"v"`
		Quality string   `json:"quality"`
	}{T: l.T, Quality: l.Quality.String()}
	if !math.IsNaN(l.V) && !math.IsInf(l.V, 0) {
		out.V = &l.V
	}
	return json.Marshal(out)
}

func (s *Server) getStatus(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	counts, err := s.cfg.Items.Counts(r.Context())
	if err != nil {
		return err
	}
	st := s.cfg.Status(r.Context())
	st.Gateway, st.Now, st.Queue = s.cfg.Gateway, s.cfg.Now().UnixNano(), counts
	st.Sources, st.Targets = filled(st.Sources), filled(st.Targets)
	st.Disk.Classes = filled(st.Disk.Classes)
	for i := range st.Sources {
		src := &st.Sources[i]
		src.Rejected, src.Gaps, src.Problems = object(src.Rejected), object(src.Gaps), object(src.Problems)
	}
	return answer(w, http.StatusOK, st)
}

// filled and object spare the page from null.
func filled[T any](v []T) []T { return append([]T{}, v...) }

func object[T any](m map[string]T) map[string]T {
	if m == nil {
		return map[string]T{}
	}
	return m
}

func (s *Server) getSignals(w http.ResponseWriter, _ *http.Request, _ label.Person) error {
	return answer(w, http.StatusOK, map[string][]Signal{"signals": filled(s.cfg.Signals())})
}

func (s *Server) getHealth(w http.ResponseWriter, _ *http.Request, _ label.Person) error {
	return answer(w, http.StatusOK, map[string]string{"status": "alive"})
}

func (s *Server) getReady(w http.ResponseWriter, _ *http.Request, _ label.Person) error {
	if err := s.cfg.Ready(); err != nil {
		s.cfg.Log.Debug("not ready", "err", err)
		return refuse(http.StatusServiceUnavailable, "not ready")
	}
	return answer(w, http.StatusOK, map[string]string{"status": "ready"})
}

// getMetrics is open to this machine, by its address and not by what a header says, and to admins.
func (s *Server) getMetrics(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	if ip := net.ParseIP(address(r)); ip == nil || !ip.IsLoopback() {
		by, err := s.cfg.Auth.Person(r)
		if err != nil {
			return err
		}
		if by.Role != string(auth.Admin) {
			return refuse(http.StatusUnauthorized, "only an admin may read the metrics from another machine")
		}
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	s.cfg.Metrics(w)
	return nil
}

func (s *Server) postIngest(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	s.cfg.Ingest.ServeHTTP(w, r)
	return nil
}
