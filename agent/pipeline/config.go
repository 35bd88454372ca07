package pipeline

import (
	"log/slog"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// What a Config takes where it is silent.
const (
	DefaultQueue         = 65536 // samples
	DefaultBefore        = 10 * time.Second
	DefaultAfter         = 10 * time.Second
	DefaultMaxDuration   = 2 * time.Minute
	DefaultImageBefore   = 5 * time.Second
	DefaultImageAfter    = 2 * time.Second
	DefaultJoinWithin    = 30 * time.Second
	DefaultJoinTolerance = time.Second
	DefaultGrace         = time.Second
	DefaultTick          = 250 * time.Millisecond
	DefaultRing          = 1 << 20 // samples of one asset, 3 to 10 bytes each
)

// Config says what the pipeline does with what comes in.
type Config struct {
	Queue     int         // samples that may wait for the pipeline; a batch that is larger waits alone. 0 is DefaultQueue
	Place     label.Place // site, area and line of this gateway
	Simulated bool        // every item is marked as simulated

	Assets  []Asset
	Tags    []Tag
	Cameras []Camera

	// Lookup describes a tag that Tags does not name, when its first sample comes. Where it is nil or says no, the samples are stored and
	// nothing else.
	Lookup func(tag string) (Tag, bool)

	JoinWithin    time.Duration // how late an image may come and still join an item; 0 is DefaultJoinWithin
	JoinTolerance time.Duration // how far outside an item's window an image of the same moment may lie; 0 is DefaultJoinTolerance
	Grace         time.Duration // how long after its newest sample a signal counts as only slow, not silent; 0 is DefaultGrace

	Detector func(series.Tag, detect.Rule) (detect.Detector, error)                         // builds the detector of a rule
	Panel    func(asset series.Tag, tags []series.Tag, r detect.Rule) (detect.Panel, error) // builds what watches an asset; nil where no asset has Together
	Formula  Formulas                                                                       // compiles rules over several signals; nil where there are none
	Tuned    func(detect.Rule) detect.Rule                                                  // a complete rule as people have tuned it; nil: nobody did
	Shelved  func(rule string, at int64) bool                                               // whether a rule makes no items at an event time, UTC ns; nil is never
	Clocks   func() map[string]time.Duration                                                // by source, how far its clock is ahead of this gateway's, to be taken off; nil takes nothing off. Asked at every tick
	Memory   Memory                                                                         // keeps what detectors have learnt; nil lets them begin anew with each start
	Now      func() time.Time                                                               // the gateway's clock
	Tick     <-chan time.Time                                                               // drives time while signals are silent; nil is every DefaultTick
	NewID    func() string                                                                  // a new ULID
	Log      *slog.Logger
}

// Asset is one machine: its signals and pictures make common items.
type Asset struct {
	ID      string
	Name    string
	Cell    string
	PartTag string // tag whose value is the part or serial number in the machine; empty when there is none

	Before      time.Duration // recorded before the onset; 0 is DefaultBefore
	After       time.Duration // recorded after the last candidate has closed; 0 is DefaultAfter
	MaxDuration time.Duration // an item ends this long after its onset whatever goes on; 0 is DefaultMaxDuration
	Ring        int           // samples kept in memory; 0 is DefaultRing

	Budget detect.Budget // how many candidates somebody wants to look at; zero: each rule keeps its threshold

	Together *Together // nil where each signal is judged alone
}

// Tag is a signal and how its samples are made sound.
type Tag struct {
	series.Tag
	Scale  float64  // stored value = raw value * Scale + Offset; 0 is 1
	Offset float64  // in Unit
	Min    *float64 // plausible range in Unit, after scale and offset; a value outside becomes StatusBadOutOfRange. nil is open
	Max    *float64

	// MaxDelay is how much later than a newer sample one may come and still be judged; detection waits that long. Zero judges at once.
	MaxDelay time.Duration

	Rules []detect.Rule // nil takes detect.Defaults, empty is none

	Cleaning Cleaning // beyond scale and range

	Features Features // of a tag with blocks: signals to derive from them; nil is none
}

// Select says which of a camera's pictures become items by themselves.
type Select string

const (
	SelectNG    Select = "ng"    // those that the camera itself judged not OK
	SelectEvery Select = "every" // every EveryN-th
	SelectAll   Select = "all"
	SelectNone  Select = "none" // only those that a candidate of the asset asks for
)

// Camera is one source of pictures.
type Camera struct {
	Name       string
	Asset      string // id of the asset it looks at; empty when it belongs to none
	Select     Select // empty is SelectNG
	EveryN     int
	Before     time.Duration // signals shown before the picture's moment; 0 is DefaultImageBefore
	After      time.Duration // and after it; 0 is DefaultImageAfter
	MMPerPx    float64       // 0 when it is not calibrated
	MMPerCount float64       // of height maps; 0 when its pictures show no heights
}

func (c Config) complete() Config {
	c.Queue = or(c.Queue, DefaultQueue)
	c.JoinWithin = or(c.JoinWithin, DefaultJoinWithin)
	c.JoinTolerance = or(c.JoinTolerance, DefaultJoinTolerance)
	c.Grace = or(c.Grace, DefaultGrace)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func (a Asset) complete() Asset {
	a.Before = or(a.Before, DefaultBefore)
	a.After = or(a.After, DefaultAfter)
	a.MaxDuration = or(a.MaxDuration, DefaultMaxDuration)
	a.Ring = or(a.Ring, DefaultRing)
	return a
}

func (c Camera) complete() Camera {
	c.Select = or(c.Select, SelectNG)
	c.EveryN = max(c.EveryN, 1)
	c.Before = or(c.Before, DefaultImageBefore)
	c.After = or(c.After, DefaultImageAfter)
	return c
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
