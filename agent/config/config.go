// Package config is the agent's configuration: a plain struct with defaults, a strict YAML reader that reports every mistake at once with
// line and column, and the checks that a type cannot express.
package config

import (
	"edgelabel/agent/detect"
	"edgelabel/agent/pipeline"
	"edgelabel/collectors/camera"
	"edgelabel/collectors/mqtt"
	"edgelabel/store"
	"edgelabel/ui/auth"
)

// Config is the whole configuration. configs/edgelabel.yaml shows and explains every key.
type Config struct {
	Gateway   Gateway     `yaml:"gateway"`
	Data      Data        `yaml:"data"`
	Log       Log         `yaml:"log"`
	Web       Web         `yaml:"web"`
	Assets    []Asset     `yaml:"assets"`
	Join      Join        `yaml:"join"`
	Tags      []Tag       `yaml:"tags"`
	OPCUA     []OPCUA     `yaml:"opcua"`
	MQTT      []MQTT      `yaml:"mqtt"`
	Sparkplug []Sparkplug `yaml:"sparkplug"`
	Cameras   []Camera    `yaml:"cameras"`
	FTP       FTP         `yaml:"ftp"`
	Results   []Results   `yaml:"results"`
	Sync      Sync        `yaml:"sync"`
	Taxonomy  string      `yaml:"taxonomy"` // file; empty takes the built-in one
}

// Gateway says who and where this machine is, in the terms of ISA-95.
type Gateway struct {
	ID        string `yaml:"id"`
	Site      string `yaml:"site"`
	Area      string `yaml:"area"`
	Line      string `yaml:"line"`
	Simulated bool   `yaml:"simulated"` // every item is marked as simulated and no export takes it
}

// Data says where everything is kept and how much of it.
type Data struct {
	Dir     string   `yaml:"dir"`
	Images  ByteSize `yaml:"images"`
	Windows ByteSize `yaml:"windows"`
	Series  ByteSize `yaml:"series"`
	Index   ByteSize `yaml:"index"`
	Aside   ByteSize `yaml:"quarantine"`
	Free    ByteSize `yaml:"keep_free"`
}

// Log says how the agent logs to stderr.
type Log struct {
	Level  string `yaml:"level"`
	Format string `yaml:"format"`
}

// Web is the page and its interfaces.
type Web struct {
	Listen  string   `yaml:"listen"`
	TLS     Identity `yaml:"tls"`
	Session Duration `yaml:"session"`
	Review  Review   `yaml:"review"`
	Ingest  Ingest   `yaml:"ingest"`
}

// Review is how a second person looks at labels.
type Review struct {
	Blind bool `yaml:"blind"`
}

// Identity is a certificate and its key, PEM files.
type Identity struct {
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
}

// Ingest is the way in for images over HTTP.
type Ingest struct {
	Token     Secret   `yaml:"token"`
	MaxBytes  ByteSize `yaml:"max_bytes"`
	MaxPixels int      `yaml:"max_pixels"`
}

// Asset is a machine: the thing that signals and cameras belong to.
type Asset struct {
	ID          string   `yaml:"id"`
	Name        string   `yaml:"name"`
	Cell        string   `yaml:"cell"`
	PartTag     string   `yaml:"part_tag"`
	Before      Duration `yaml:"before"`
	After       Duration `yaml:"after"`
	MaxDuration Duration `yaml:"max_duration"`

	Random       int           `yaml:"random"`       // windows drawn a day
	Budget       *Budget       `yaml:"budget"`       // nil: each rule keeps its threshold
	Multivariate *Multivariate `yaml:"multivariate"` // nil: each signal is judged alone
}

func (a *Asset) setDefaults() {
	*a = Asset{
		Before: Duration(pipeline.DefaultBefore), After: Duration(pipeline.DefaultAfter), MaxDuration: Duration(pipeline.DefaultMaxDuration),
	}
}

// Multivariate watches all numbers of an asset together.
type Multivariate struct {
	Step       Duration `yaml:"step"`
	Learn      int      `yaml:"learn"` // rows
	Severity   int      `yaml:"severity"`
	OnDelay    Duration `yaml:"on_delay"`
	OffDelay   Duration `yaml:"off_delay"`
	Refractory Duration `yaml:"refractory"`
}

func (m *Multivariate) setDefaults() {
	*m = Multivariate{
		Step: Duration(pipeline.DefaultStep), Learn: detect.DefaultLearn, Severity: detect.DefaultSeverity,
		Refractory: Duration(detect.DefaultRefractory),
	}
}

// Join says when an image and the signals of the same part or moment become one item.
type Join struct {
	Within    Duration `yaml:"within"`
	Tolerance Duration `yaml:"tolerance"`
}

// Tag is one signal: how to read it, how to clean it and what to flag. Without Rules the default detectors watch it; an empty list is none.
type Tag struct {
	ID       string   `yaml:"id"`
	Name     string   `yaml:"name"`
	Asset    string   `yaml:"asset"`
	Kind     string   `yaml:"kind"`
	Unit     string   `yaml:"unit"`
	Rate     float64  `yaml:"rate"`
	Scale    float64  `yaml:"scale"`
	Offset   float64  `yaml:"offset"`
	Min      *float64 `yaml:"min"`
	Max      *float64 `yaml:"max"`
	MaxDelay Duration `yaml:"max_delay"`
	Accept   string   `yaml:"accept"` // all, uncertain, good: the worst quality that is not dropped
	Stale    Duration `yaml:"stale"`
	Counter  *Counter `yaml:"counter"` // nil: the value is no counter
	History  *History `yaml:"history"` // nil: every sample is stored
	Rules    []Rule   `yaml:"rules"`

	Vibration *Vibration `yaml:"vibration"` // nil derives nothing
}

func (t *Tag) setDefaults() { *t = Tag{Kind: "number", Scale: 1, Accept: "all"} }

// Rule flags candidates on one tag. Exactly one of its blocks is given.
type Rule struct {
	Name       string   `yaml:"name"`
	Severity   int      `yaml:"severity"`
	OnDelay    Duration `yaml:"on_delay"`
	OffDelay   Duration `yaml:"off_delay"`
	Refractory Duration `yaml:"refractory"`
	When       string   `yaml:"when"` // a condition over several signals; empty: always

	OutOfService bool `yaml:"out_of_service"`

	Limit      *Limit      `yaml:"limit"`
	Deviation  *Deviation  `yaml:"deviation"`
	Stuck      *Stuck      `yaml:"stuck"`
	Missing    *Missing    `yaml:"missing"`
	Rate       *Rate       `yaml:"rate"`
	Expression *Expression `yaml:"expression"`
	SPC        *SPC        `yaml:"spc"`
	RobustZ    *RobustZ    `yaml:"robust_z"`
	Novelty    *Novelty    `yaml:"novelty"`
	Shape      *Shape      `yaml:"shape"`
	Change     *Change     `yaml:"change"`
}

func (r *Rule) setDefaults() { *r = Rule{Severity: detect.DefaultSeverity} }

// Limit flags values beyond LL, L, H or HH.
type Limit struct {
	LL       *float64 `yaml:"ll"`
	L        *float64 `yaml:"l"`
	H        *float64 `yaml:"h"`
	HH       *float64 `yaml:"hh"`
	Deadband float64  `yaml:"deadband"`
}

// Stuck flags a value that does not change although samples arrive.
type Stuck struct {
	For     Duration `yaml:"for"`
	Epsilon float64  `yaml:"epsilon"`
}

// Missing flags a signal that sends nothing.
type Missing struct {
	After Duration `yaml:"after"`
}

// Rate flags a change faster than Max units per second, measured over at least Over.
type Rate struct {
	Max      float64  `yaml:"max"`
	Over     Duration `yaml:"over"`
	Deadband float64  `yaml:"deadband"`
}

// RobustZ flags values far from the rolling median, in units of the rolling median absolute deviation.
type RobustZ struct {
	Threshold float64 `yaml:"threshold"`
	Samples   int     `yaml:"samples"`
	MinScale  float64 `yaml:"min_scale"`
}

func (r *RobustZ) setDefaults() {
	*r = RobustZ{Threshold: detect.DefaultThreshold, Samples: detect.DefaultWindow}
}

// Novelty flags levels and patterns that the signal has not shown before.
type Novelty struct {
	Learn     int     `yaml:"learn"` // samples
	Threshold float64 `yaml:"threshold"`
}

func (n *Novelty) setDefaults() {
	*n = Novelty{Learn: detect.DefaultLearn, Threshold: detect.DefaultNovelty}
}

// MQTT is one broker.
type MQTT struct {
	Name           string   `yaml:"name"`
	URL            string   `yaml:"url"`
	ClientID       string   `yaml:"client_id"`
	User           string   `yaml:"user"`
	Password       Secret   `yaml:"password"`
	TLS            MQTTTLS  `yaml:"tls"`
	KeepAlive      Duration `yaml:"keep_alive"`
	MaxPayload     ByteSize `yaml:"max_payload"`
	AcceptRetained bool     `yaml:"accept_retained"`
	DeadLetters    ByteSize `yaml:"dead_letters"`
	Clock          Clock    `yaml:"clock"`
	Topics         []Topic  `yaml:"topics"`
}

func (m *MQTT) setDefaults() {
	*m = MQTT{KeepAlive: Duration(mqtt.DefaultKeepAlive), MaxPayload: mqtt.DefaultMaxPayload, DeadLetters: mqtt.DefaultDeadBytes}
}

// MQTTTLS is how a broker is trusted and how the agent proves itself to it.
type MQTTTLS struct {
	CA            string `yaml:"ca"`
	Cert          string `yaml:"cert"`
	Key           string `yaml:"key"`
	ServerName    string `yaml:"server_name"`
	AllowInsecure bool   `yaml:"allow_insecure"`
}

// Camera is one source of images. Its images come from a folder, over FTP, HTTP or MQTT, or it is asked for them (snapshot, rtsp).
type Camera struct {
	Name       string     `yaml:"name"`
	Asset      string     `yaml:"asset"`
	MMPerPx    float64    `yaml:"mm_per_px"`
	MMPerCount float64    `yaml:"mm_per_count"`
	Select     string     `yaml:"select"`
	Every      int        `yaml:"every"`
	Before     Duration   `yaml:"before"`
	After      Duration   `yaml:"after"`
	Folder     *Folder    `yaml:"folder"`
	FTP        *CameraFTP `yaml:"ftp"`
	Snapshot   *Still     `yaml:"snapshot"`
	RTSP       *Still     `yaml:"rtsp"`
	Inspect    *Inspect   `yaml:"inspect"` // nil: its images are not compared with good ones
	Model      *Model     `yaml:"model"`   // nil: no model is asked
}

func (c *Camera) setDefaults() {
	*c = Camera{Select: "all", Before: Duration(pipeline.DefaultImageBefore), After: Duration(pipeline.DefaultImageAfter)}
}

// Folder is a folder that a camera writes to.
type Folder struct {
	Dir       string   `yaml:"dir"`
	Pattern   string   `yaml:"pattern"`
	Settle    Duration `yaml:"settle"`
	After     string   `yaml:"after"`
	Done      string   `yaml:"done"`
	Bad       string   `yaml:"bad"`
	KeepBytes ByteSize `yaml:"keep_bytes"`
	Poll      Duration `yaml:"poll"`
	OK        []string `yaml:"ok"`
	NotOK     []string `yaml:"not_ok"`
	Sidecar   *Sidecar `yaml:"sidecar"`
}

func (f *Folder) setDefaults() {
	*f = Folder{
		Settle: Duration(camera.DefaultSettle), After: string(camera.Move), KeepBytes: camera.DefaultKeepBytes, Poll: Duration(camera.DefaultPollInterval),
		OK: okWords(), NotOK: notOKWords(),
	}
}

// Defaults that belong to no component.
const (
	DefaultListen = "127.0.0.1:8080"
	DefaultIndex  = 512 << 20 // bytes: half of what the index may take, for 32-bit gateways
)

// Default is what holds where a file says nothing.
func Default() *Config {
	c := &Config{
		Join: Join{Within: Duration(pipeline.DefaultJoinWithin), Tolerance: Duration(pipeline.DefaultJoinTolerance)},
		Data: Data{
			Dir: "edgelabel-data", Images: store.DefaultImages, Windows: store.DefaultWindows, Series: store.DefaultSeries,
			Index: DefaultIndex, Aside: store.DefaultAside, Free: store.DefaultMinFree,
		},
		Log: Log{Level: "info", Format: "text"},
		Web: Web{
			Listen: DefaultListen, Session: Duration(auth.DefaultSession),
			Ingest: Ingest{MaxBytes: camera.DefaultMaxBytes, MaxPixels: camera.DefaultMaxPixels},
		},
	}
	c.FTP.setDefaults()
	c.Sync.setDefaults()
	return c
}
