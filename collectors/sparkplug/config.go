// Package sparkplug collects samples from Sparkplug B edge nodes, as a host application (Eclipse Sparkplug 3.0.0). The session with the
// broker is that of package mqtt.
//
//	edge node ─▶ broker ─▶ mqtt session ─▶ host: births ▸ aliases ▸ sequence ─▶ Sink
//	    ▲                                   │
//	    └────────── NCMD rebirth ───────────┘  unknown alias, sequence gap, first contact
//
// Sparkplug's data are QoS 0: what is lost between node and gateway shows as a gap in the sequence and is recorded as one.
package sparkplug

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"edgelabel/agent/series"
	"edgelabel/collectors/mqtt"
)

// Any in a Metric stands for every group, node, device or metric.
const Any = "+"

// Config describes a host application. MQTT is the connection; its Topics and Dialect are left empty.
type Config struct {
	MQTT    mqtt.Config
	HostID  string // published as STATE, so that edge nodes buffer while we are away; empty publishes none
	Metrics []Metric
}

// Metric maps metrics of edge nodes to tags.
type Metric struct {
	Group, Node string // exact or Any
	Device      string // exact, Any, or empty for the node's own metrics
	Metric      string // exact or Any
	// Tag is the tag's id, with {group}, {node}, {device} and {metric} put in; / and spaces in those become dots. With Any above, what
	// is no known tag then is passed over.
	Tag string
	// Column is for DataSets: the column with the values. Its rows become one sample each, with the times in TimeColumn (ms since 1970),
	// or the block of a wave.
	Column, TimeColumn string
}

// New checks the configuration and returns a collector. It does not connect.
func New(cfg Config) (*mqtt.Collector, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("sparkplug source %q: %w", cfg.MQTT.Name, err)
	}
	cfg.MQTT.Dialect = newHost(cfg)
	return mqtt.New(cfg.MQTT)
}

// Probe connects and signs in once, as mqtt.Probe. It speaks to no edge node.
func Probe(ctx context.Context, cfg Config) error {
	if err := cfg.check(); err != nil {
		return fmt.Errorf("sparkplug source %q: %w", cfg.MQTT.Name, err)
	}
	cfg.MQTT.Dialect = newHost(cfg)
	return mqtt.Probe(ctx, cfg.MQTT)
}

func (c *Config) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.MQTT.Kind == nil {
		return errors.New("no tags are known")
	}
	if strings.ContainsAny(c.HostID, "/+#") {
		bad("host id %q: want no / + or #", c.HostID)
	}
	if len(c.Metrics) == 0 {
		bad("no metrics")
	}
	for i, m := range c.Metrics {
		if err := m.check(c.MQTT.Kind); err != nil {
			bad("metric %d: %w", i, err)
		}
	}
	return errors.Join(errs...)
}

func (m Metric) check(kind func(string) (series.Kind, bool)) error {
	for what, name := range map[string]string{"group": m.Group, "node": m.Node, "metric": m.Metric, "tag": m.Tag} {
		if name == "" {
			return fmt.Errorf("%s is missing", what)
		}
	}
	for _, name := range []string{m.Group, m.Node, m.Device} {
		if name != Any && strings.ContainsAny(name, "/+#") {
			return fmt.Errorf("%q: want a name without / + and #, or + alone", name)
		}
	}
	k, known := kind(m.Tag)
	switch {
	case !known && !strings.Contains(m.Tag, "{"):
		return fmt.Errorf("tag %q is not configured", m.Tag)
	case m.Column == "" && m.TimeColumn != "":
		return errors.New("time column without a column of values")
	case k == series.Wave && m.TimeColumn != "":
		return errors.New("a wave takes its rows as one block: no time column")
	}
	return nil
}

func fits(pattern, name string) bool { return pattern == name || pattern == Any && name != "" }

// exact reports whether the metric names one node.
func (m Metric) exact() bool { return m.Group != Any && m.Node != Any }

var dots = strings.NewReplacer("/", ".", " ", ".")

// tag is the id for one metric.
func (m Metric) tag(a address, name string) string {
	return strings.NewReplacer("{group}", dots.Replace(a.group), "{node}", dots.Replace(a.node),
		"{device}", dots.Replace(a.device), "{metric}", dots.Replace(name)).Replace(m.Tag)
}

// filters subscribes each node once: overlapping filters may bring a message twice.
func filters(metrics []Metric) map[string]byte {
	type pair struct{ group, node string }
	var all []pair
	for _, m := range metrics {
		all = append(all, pair{m.Group, m.Node})
	}
	out := map[string]byte{}
	for _, p := range all {
		covered := slices.ContainsFunc(all, func(o pair) bool { return o != p && fits(o.group, p.group) && fits(o.node, p.node) })
		if !covered {
			out[strings.Join([]string{namespace, p.group, Any, p.node, "#"}, "/")] = 1
		}
	}
	return out
}
