package sparkplug

import (
	"fmt"

	"edgelabel/agent/series"
	"edgelabel/collectors/mqtt"
)

// event is one message about a node, and what it leads to.
type event struct {
	address
	payload payload
	at      int64 // UTC ns, of its arrival
	out     mqtt.Decoded
}

func (e *event) reject(reason, format string, args ...any) {
	e.out.Rejected = append(e.out.Rejected, rejection(reason, fmt.Sprintf(format, args...)))
}

func (e *event) problem(what, text string) {
	e.out.Problems = append(e.out.Problems, mqtt.Problem{What: what, Text: text})
}

// node is one edge node. Its sequence number runs over its own messages and those of its devices.
type node struct {
	host    *host
	address address
	devices map[string]*device // by name; the node's own metrics under ""

	born  bool   // births since our connection are complete
	doubt bool   // a message is missing since the birth: aliases may mean something else
	seq   uint8  // of the newest message
	bd    uint64 // counts the node's connections; ties a death to its birth
	last  int64  // UTC ns, arrival of the newest message
	skew  int64  // ns, the node's clock minus ours; the way here counts as clock
	asked int64  // UTC ns, of the newest request for a birth
}

func newNode(h *host, a address) *node {
	return &node{host: h, address: a, devices: map[string]*device{}}
}

func (n *node) device(name string) *device {
	d := n.devices[name]
	if d == nil && len(n.devices) < maxDevices {
		a := n.address
		a.device = name
		d = &device{address: a}
		n.devices[name] = d
	}
	return d
}

// forget is for a new connection. The session itself records what is missing until now.
func (n *node) forget(now int64) {
	n.born, n.last = false, max(n.last, now)
	for _, d := range n.devices {
		if d.alive {
			d.alive, d.lost = false, now
		}
	}
}

// request asks the node for its births.
func (n *node) request(now int64) mqtt.Publication {
	n.asked = now
	return mqtt.Publication{
		Topic:   namespace + "/" + n.address.group + "/NCMD/" + n.address.node,
		Payload: rebirth(now),
	}
}

// ask requests births, but not again and again from a node that does not answer.
func (n *node) ask(e *event) {
	if n.asked == 0 || e.at-n.asked >= int64(rebirthRest) || e.at < n.asked {
		e.out.Publish = append(e.out.Publish, n.request(e.at))
	}
}

// follow checks the sequence. After a gap the node's values are uncertain until its next birth.
func (n *node) follow(e *event) {
	got := uint8(e.payload.seq)
	want := n.seq + 1
	n.seq = got
	if !n.born || got == want {
		return
	}
	n.doubt = true
	e.reject("sequence", "message %d follows %d: some are missing", got, want-1)
	for _, d := range n.devices {
		d.gap(n, e, n.last, e.at, series.GapOverflow, "the sequence of messages is broken")
	}
}

// nodeBirth begins a node anew: its devices follow with births of their own.
func (n *node) nodeBirth(e *event) {
	bd, ok := sessionOf(e.payload)
	if ok && bd != n.bd { // it was gone in between, and nobody told us
		for name, d := range n.devices {
			if name != "" {
				d.death(n, e)
			} else if d.alive {
				d.gap(n, e, n.last, e.at, series.GapDisconnected, "the edge node was gone")
			}
		}
	}
	n.born, n.doubt, n.seq, n.bd = true, false, uint8(e.payload.seq), bd
	for name, d := range n.devices {
		d.alive = d.alive && name == ""
	}
	e.problem(unit(e.group, e.node, ""), "")
	if d := n.device(""); d != nil {
		d.birth(n, e)
	}
}

// sessionOf is the number that counts the node's connections.
func sessionOf(p payload) (uint64, bool) {
	for i := range p.metrics {
		if p.metrics[i].name == "bdSeq" && p.metrics[i].value.form == formInt {
			return p.metrics[i].value.bits, true
		}
	}
	return 0, false
}

func (n *node) deviceBirth(e *event) {
	n.follow(e)
	d := n.device(e.device)
	switch {
	case d == nil:
		e.reject(reasonTooMany, "more than %d devices", maxDevices)
		return
	case !n.born || n.doubt:
		n.ask(e)
	}
	d.birth(n, e)
}

func (n *node) data(e *event) {
	n.follow(e)
	d := n.device(e.device)
	if d == nil || !n.born || !d.alive {
		n.unborn(d, e)
		return
	}
	if n.doubt {
		n.ask(e)
	}
	d.data(n, e)
}

// unborn is for data that cannot be understood before the birth.
func (n *node) unborn(d *device, e *event) {
	e.reject(reasonBirth, "data before the birth")
	if d != nil && d.lost == 0 {
		d.lost = n.last
	}
	n.ask(e)
}

// nodeDeath takes all devices along. One that belongs to an earlier connection of the node comes late and means nothing.
func (n *node) nodeDeath(e *event) {
	if bd, ok := sessionOf(e.payload); ok && n.born && bd != n.bd {
		return
	}
	n.born = false
	e.problem(unit(e.group, e.node, ""), "the edge node is gone")
	for _, d := range n.devices {
		d.death(n, e)
	}
}

func (n *node) deviceDeath(e *event) {
	n.follow(e)
	if d := n.device(e.device); d != nil {
		e.problem(unit(e.group, e.node, e.device), "the edge node has lost the device")
		d.death(n, e)
	}
}
