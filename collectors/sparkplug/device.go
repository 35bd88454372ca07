package sparkplug

import (
	"fmt"
	"math"

	"edgelabel/agent/series"
)

const (
	maxDevices = 1024 // of one node
	maxTargets = 1 << 16
)

// target is a tag that a metric feeds.
type target struct {
	tag    string
	kind   series.Kind
	column string
	times  string
	newest int64 // UTC ns, event time of the newest sample
}

// binding is one metric of a birth that feeds tags.
type binding struct {
	typ     uint32
	targets []*target
}

// device is one device of a node, or the node's own metrics. It knows what its last birth told.
type device struct {
	address
	alive   bool                // its birth holds
	dead    bool                // its tags are marked as not to be relied on
	lost    int64               // UTC ns: data may be missing since; 0 when nothing is
	names   map[string]*binding // only what feeds tags
	aliases map[uint64]*binding // all of the birth; nil feeds nothing
	tags    []*target
}

// birth replaces what was known, ends a gap, and takes the values that come with it.
func (d *device) birth(n *node, e *event) {
	if d.lost != 0 && d.lost < e.at {
		d.gap(n, e, d.lost, e.at, series.GapDisconnected, "no data until the birth")
	}
	d.alive, d.dead, d.lost = true, false, 0
	d.names, d.aliases, d.tags = map[string]*binding{}, map[uint64]*binding{}, nil
	e.problem(unit(d.group, d.node, d.device), "")
	for i := range e.payload.metrics {
		d.bind(n, e, &e.payload.metrics[i])
	}
	d.complain(n, e)
	d.data(n, e)
}

func (d *device) bind(n *node, e *event, m *metric) {
	if !m.named {
		e.reject(reasonValue, "metric of a birth without a name")
		return
	}
	var b *binding
	for _, c := range n.host.cfg.Metrics {
		if !fits(c.Group, d.group) || !fits(c.Node, d.node) || !fits(c.Device, d.device) || !fits(c.Metric, m.name) {
			continue
		}
		tag := c.tag(d.address, m.name)
		kind, known := n.host.cfg.MQTT.Kind(tag)
		if !known || len(d.tags) == maxTargets {
			continue
		}
		if b == nil {
			b = &binding{typ: m.typ}
		}
		t := &target{tag: tag, kind: kind, column: c.Column, times: c.TimeColumn}
		b.targets, d.tags = append(b.targets, t), append(d.tags, t)
	}
	if b != nil {
		d.names[m.name] = b
	}
	if m.aliased {
		d.aliases[m.alias] = b
	}
}

// complain tells which metrics of the configuration the birth does not have.
func (d *device) complain(n *node, e *event) {
	for _, c := range n.host.cfg.Metrics {
		if c.Group != d.group || c.Node != d.node || c.Device != d.device || c.Metric == Any {
			continue
		}
		what, text := unit(d.group, d.node, d.device)+"/"+c.Metric, ""
		if d.names[c.Metric] == nil {
			text = "the birth has no such metric"
		}
		e.problem(what, text)
	}
}

// data takes the values of a message.
func (d *device) data(n *node, e *event) {
	for i := range e.payload.metrics {
		m := &e.payload.metrics[i]
		b, known := d.names[m.name], true
		if m.aliased && !m.named {
			b, known = d.aliases[m.alias]
		}
		if !known {
			e.reject(reasonAlias, "alias %d is not in the birth of %s", m.alias, unit(d.group, d.node, d.device))
			n.doubt = true
			n.ask(e)
			continue
		}
		if b != nil {
			d.take(n, e, m, b)
		}
	}
}

// take turns one metric into samples.
func (d *device) take(n *node, e *event, m *metric, b *binding) {
	ms := m.time
	if ms == 0 {
		ms = e.payload.time
	}
	at, err := nanos(ms)
	if err != nil {
		e.reject(reasonTime, "metric %q: %v", m.name, err)
		return
	}
	typ := m.typ
	if typ == 0 {
		typ = b.typ
	}
	s := series.Sample{Source: at, Receive: e.at, Status: m.status()}
	if n.doubt {
		s.Status = worse(s.Status, series.StatusUncertain)
	}
	for _, t := range b.targets {
		s.Tag = t.tag
		got, err := t.samples(s, m, typ)
		if err != nil {
			e.reject(reasonValue, "%v", err)
			continue
		}
		for _, x := range got {
			t.newest = max(t.newest, x.Time())
		}
		e.out.Samples = append(e.out.Samples, got...)
	}
}

// samples reads the metric for one tag.
func (t *target) samples(s series.Sample, m *metric, typ uint32) ([]series.Sample, error) {
	switch {
	case m.null || m.value.form == formNone:
		s.Value, s.Status = math.NaN(), worse(s.Status, series.StatusBad)
	case m.value.form == formTemplate:
		return nil, fmt.Errorf("tag %s: templates are not supported", t.tag)
	case m.value.form == formSet:
		return t.rows(s, m.value.data)
	default:
		if err := fill(&s, t.kind, m.value, typ); err != nil {
			return nil, err
		}
	}
	return []series.Sample{s}, nil
}

// death marks the tags as not to be relied on: a bad sample each, and a gap since the node was last heard of.
func (d *device) death(n *node, e *event) {
	if d.dead {
		return
	}
	d.gap(n, e, n.last, e.at, series.GapDisconnected, "death of "+unit(d.group, d.node, d.device))
	d.alive, d.dead, d.lost = false, true, e.at
	for _, t := range d.tags {
		at := max(t.newest+1, e.at+n.skew) // by the node's clock, as its values are, or these would seem too late
		e.out.Samples = append(e.out.Samples, series.Sample{
			Tag: t.tag, Source: at, Receive: e.at, Value: math.NaN(), Status: statusNoCommunication,
		})
	}
}

// gap records for each tag that data is missing.
func (d *device) gap(n *node, e *event, from, to int64, reason, detail string) {
	for _, t := range d.tags {
		e.out.Gaps = append(e.out.Gaps, series.Gap{
			Source: n.host.cfg.MQTT.Name, Tag: t.tag, From: from, To: max(from, to), Reason: reason, Detail: detail,
		})
	}
}
