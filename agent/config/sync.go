package config

import (
	"fmt"
	"net/url"
	"slices"

	"edgelabel/agent/label"
	"edgelabel/sync/uplink"
)

// Sync is the way to the centre.
type Sync struct {
	Unlabeled bool     `yaml:"unlabeled"`
	Retries   int      `yaml:"retries"` // a minute, over all targets
	Levels    []Level  `yaml:"levels"`
	Targets   []Target `yaml:"targets"`

	Catalogue *Catalogue `yaml:"catalogue"` // nil: none
	Control   *Control   `yaml:"control"`   // nil: nobody's word is taken
}

// Level grades the data of a line, an asset or a class.
type Level struct {
	Line  string `yaml:"line"`
	Asset string `yaml:"asset"`
	Class string `yaml:"class"`
	Level string `yaml:"level"`
}

// Target is one central store.
type Target struct {
	Name        string   `yaml:"name"`
	URL         string   `yaml:"url"`
	Region      string   `yaml:"region"`
	AccessKey   Secret   `yaml:"access_key"`
	SecretKey   Secret   `yaml:"secret_key"`
	Credentials string   `yaml:"credentials"`
	CA          string   `yaml:"ca"`
	Proxy       string   `yaml:"proxy"`
	Encryption  string   `yaml:"encryption"`
	Linger      Duration `yaml:"linger"`
	BatchSize   ByteSize `yaml:"batch_size"`
	Uploads     int      `yaml:"uploads"`
	Limit       ByteSize `yaml:"limit"` // bytes per second
	Timetable   []Hours  `yaml:"timetable"`
	Metered     bool     `yaml:"metered"`
	Thumbnails  bool     `yaml:"thumbnails_first"`
	Compress    string   `yaml:"compress"`
	Clearance   string   `yaml:"clearance"`
	Filter      Filter   `yaml:"filter"`
}

// Hours are a stretch of some days with a limit of their own.
type Hours struct {
	Days   string   `yaml:"days"`
	From   string   `yaml:"from"`
	To     string   `yaml:"to"`
	Limit  ByteSize `yaml:"limit"`
	Closed bool     `yaml:"closed"`
}

// Filter picks the items of a target.
type Filter struct {
	Lines    []string `yaml:"lines"`
	Stations []string `yaml:"stations"`
	Kinds    []string `yaml:"kinds"`
	Verdicts []string `yaml:"verdicts"`
	Classes  []string `yaml:"classes"`
}

func (s *Sync) setDefaults() { s.Retries = uplink.DefaultRetries }

func (t *Target) setDefaults() {
	*t = Target{
		Linger: Duration(uplink.DefaultLinger), BatchSize: uplink.DefaultMaxBatchBytes, Uploads: uplink.DefaultUploads,
		Compress: "gzip", Clearance: uplink.Core.String(),
	}
}

func (h *Hours) setDefaults() { *h = Hours{Days: "daily", From: "00:00", To: "24:00"} }

// Table is the target's timetable.
func (t *Target) Table() (*uplink.Timetable, error) {
	table := &uplink.Timetable{Limit: int64(t.Limit)}
	for i, h := range t.Timetable {
		limit := int64(h.Limit)
		if h.Closed {
			limit = -1
		}
		hours, err := uplink.ParseHours(h.Days, h.From, h.To, limit)
		if err != nil {
			return nil, fmt.Errorf("timetable[%d]: %w", i, err)
		}
		table.Hours = append(table.Hours, hours)
	}
	return table, nil
}

// Rules are what may leave for the target; nil when it is everything.
func (s *Sync) Rules(t *Target, line string) (*uplink.Rules, error) {
	f := t.Filter
	clearance, err := uplink.ParseLevel(t.Clearance)
	if err != nil {
		return nil, fmt.Errorf("clearance: %w", err)
	}
	free := clearance == uplink.Core && len(f.Lines)+len(f.Stations)+len(f.Kinds)+len(f.Verdicts)+len(f.Classes) == 0
	if free {
		return nil, nil
	}
	r := &uplink.Rules{Line: line, Clearance: clearance, Filter: uplink.Filter{Lines: f.Lines, Stations: f.Stations, Classes: f.Classes}}
	for _, l := range s.Levels {
		level, err := uplink.ParseLevel(l.Level)
		if err != nil {
			return nil, fmt.Errorf("level: %w", err)
		}
		r.Grades = append(r.Grades, uplink.Grade{Line: l.Line, Asset: l.Asset, Class: l.Class, Level: level})
	}
	for _, k := range f.Kinds {
		r.Filter.Kinds = append(r.Filter.Kinds, label.Kind(k))
	}
	for _, text := range f.Verdicts {
		var v label.Verdict
		if err := v.UnmarshalText([]byte(text)); err != nil {
			return nil, err
		}
		r.Filter.Verdicts = append(r.Filter.Verdicts, v)
	}
	return r, nil
}

func (v *validator) sync(s *Sync) {
	if s.Retries < 0 {
		v.wrong("sync.retries", "want zero (the default) or more")
	}
	for i, l := range s.Levels {
		path := fmt.Sprintf("sync.levels[%d]", i)
		v.oneOf(path+".level", l.Level, "core", "important", "general")
		v.known("asset", path+".asset", l.Asset)
	}
	for i := range s.Targets {
		v.target(fmt.Sprintf("sync.targets[%d]", i), &s.Targets[i])
	}
	v.catalogue("sync.catalogue", s)
	v.control("sync.control", s)
}

func (v *validator) target(path string, t *Target) {
	v.id(path+".name", t.Name)
	v.unique("target", path+".name", t.Name)
	v.file(path+".ca", t.CA)
	v.file(path+".credentials", t.Credentials)
	v.place(path, t)
	if t.Linger < 0 || t.Limit < 0 {
		v.wrong(path, "linger and limit: want zero or more")
	}
	v.positive(path+".batch_size", float64(t.BatchSize))
	v.positive(path+".uploads", float64(t.Uploads))
	v.oneOf(path+".compress", t.Compress, "gzip", "zstd")
	v.oneOf(path+".clearance", t.Clearance, "core", "important", "general")
	if _, err := t.Table(); err != nil {
		v.wrong(path+".timetable", "%v", err)
	}
	v.filter(path+".filter", &t.Filter)
}

func (v *validator) filter(path string, f *Filter) {
	for _, s := range f.Stations {
		v.known("asset", path+".stations", s)
	}
	for _, k := range f.Kinds {
		v.oneOf(path+".kinds", k, string(label.KindImage), string(label.KindWindow), string(label.KindJoint))
	}
	for _, k := range f.Verdicts {
		v.oneOf(path+".verdicts", k, "ok", "not_ok", "not_decidable")
	}
}

// place checks where the store is and how it is entered.
func (v *validator) place(path string, t *Target) {
	u, err := url.Parse(t.URL)
	if err != nil || !slices.Contains([]string{"s3", "file"}, u.Scheme) {
		v.wrong(path+".url", "%q: want s3://bucket/prefix?endpoint=https://host:port or file:///folder", t.URL)
		return
	}
	if u.Scheme == "s3" && t.Credentials == "" && (t.AccessKey.Reveal() == "" || t.SecretKey.Reveal() == "") {
		v.wrong(path, "an s3 target wants access_key and secret_key, or credentials")
	}
	if p, err := url.Parse(t.Proxy); err != nil || t.Proxy != "" && p.Host == "" {
		v.wrong(path+".proxy", "%q: want http://host:port", t.Proxy)
	}
}
