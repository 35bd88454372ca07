package sparkplug

import (
	"encoding/json"
	"time"

	"edgelabel/collectors/mqtt"
)

const (
	maxNodes    = 4096
	rebirthRest = 10 * time.Second // between two requests to one node
)

// Why a message was rejected.
const (
	reasonPayload  = "protobuf"
	reasonBirth    = "unborn"
	reasonAlias    = "unknown_alias"
	reasonValue    = "type"
	reasonTime     = "time"
	reasonTooMany  = "too_many"
	reasonTopic    = "unknown_topic"
	reasonCompress = "compressed"
)

// host is the mqtt.Dialect of a Sparkplug B host application.
type host struct {
	cfg   Config
	nodes map[string]*node // by "group/node"
	since int64            // UTC ns, of the connection: the time in STATE
}

var _ mqtt.Dialect = (*host)(nil)

func newHost(cfg Config) *host { return &host{cfg: cfg, nodes: map[string]*node{}} }

// Filters implements mqtt.Dialect.
func (h *host) Filters() map[string]byte { return filters(h.cfg.Metrics) }

// Will implements mqtt.Dialect: the broker tells the nodes when we are gone.
func (h *host) Will(now int64) *mqtt.Publication {
	h.since = now
	if h.cfg.HostID == "" {
		return nil
	}
	p := h.state(false)
	return &p
}

func (h *host) state(online bool) mqtt.Publication {
	text, _ := json.Marshal(map[string]any{"online": online, "timestamp": h.since / 1e6}) // a bool and a number always can be
	return mqtt.Publication{Topic: namespace + "/STATE/" + h.cfg.HostID, Payload: text, QoS: 1, Retain: true}
}

// Connected implements mqtt.Dialect. Births may have been missed, and aliases may mean something else by now: every node that we know
// or expect is asked for its births.
func (h *host) Connected(now int64) []mqtt.Publication {
	var out []mqtt.Publication
	if h.cfg.HostID != "" {
		out = append(out, h.state(true))
	}
	for _, m := range h.cfg.Metrics {
		if m.exact() {
			h.node(address{group: m.Group, node: m.Node})
		}
	}
	for _, n := range h.nodes {
		n.forget(now)
		out = append(out, n.request(now))
	}
	return out
}

// node is the state of one node, nil when there are too many.
func (h *host) node(a address) *node {
	id := unit(a.group, a.node, "")
	n := h.nodes[id]
	if n == nil && len(h.nodes) < maxNodes {
		n = newNode(h, a)
		h.nodes[id] = n
	}
	return n
}

// Decode implements mqtt.Dialect.
func (h *host) Decode(m mqtt.Message) mqtt.Decoded {
	a, ok := parseTopic(m.Topic)
	if !ok {
		return refuse(reasonTopic, "no topic of a node or device")
	}
	act, known := map[string]func(*node, *event){
		"NBIRTH": (*node).nodeBirth, "DBIRTH": (*node).deviceBirth, "NDATA": (*node).data, "DDATA": (*node).data,
		"NDEATH": (*node).nodeDeath, "DDEATH": (*node).deviceDeath,
	}[a.verb]
	if !known {
		return mqtt.Decoded{} // a command to the node
	}
	p, err := parsePayload(m.Payload)
	switch {
	case err != nil:
		return refuse(reasonPayload, "not a Sparkplug B payload: "+err.Error())
	case p.uuid == "SPBV1.0_COMPRESSED":
		return refuse(reasonCompress, "the node compresses its payloads, which is not supported: switch it off there")
	}
	n := h.node(a)
	if n == nil {
		return refuse(reasonTooMany, "too many edge nodes")
	}
	e := &event{address: a, payload: p, at: m.Received}
	if ms, err := nanos(p.time); err == nil && ms != 0 && a.verb != "NDEATH" { // a will is as old as the node's connection
		n.skew = ms - m.Received
	}
	act(n, e)
	n.last = m.Received
	return e.out
}

func refuse(reason, text string) mqtt.Decoded {
	return mqtt.Decoded{Rejected: []*mqtt.Rejection{rejection(reason, text)}}
}

// rejection has the message kept when it is the message's own fault.
func rejection(reason, text string) *mqtt.Rejection {
	own := reason == reasonPayload || reason == reasonValue || reason == reasonTime
	return &mqtt.Rejection{Reason: reason, Text: text, Keep: own}
}
