package mqtt_test

import (
	"context"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"edgelabel/collectors"
	"edgelabel/collectors/collectortest"
	"edgelabel/collectors/mqtt"
)

const patience = 20 * time.Second

// broker plays a broker by script, for situations that a real one cannot be brought into at will.
type broker struct {
	t  *testing.T
	ln net.Listener
}

func newBroker(t *testing.T) *broker {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return &broker{t, ln}
}

func (b *broker) url() string { return "tcp://" + b.ln.Addr().String() }

// peer is one accepted and subscribed client.
type peer struct {
	t            *testing.T
	conn         net.Conn
	connect      *packets.ConnectPacket
	unsubscribed []string
	subscribed   []string
	acks         chan uint16 // closed when the client has gone
}

// greet takes one client through CONNECT; granted says whether there is a session of it already.
func (b *broker) greet(granted ...bool) *peer {
	b.t.Helper()
	conn, err := b.ln.Accept()
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { conn.Close() })
	p := &peer{t: b.t, conn: conn, acks: make(chan uint16, 1000)}
	p.connect = p.read().(*packets.ConnectPacket)
	ca := packets.NewControlPacket(packets.Connack).(*packets.ConnackPacket)
	ca.SessionPresent = slices.Contains(granted, true)
	p.write(ca)
	return p
}

// accept takes one client through CONNECT and SUBSCRIBE. codes answer the filters; none grants what was asked for.
func (b *broker) accept(present bool, codes ...byte) *peer {
	b.t.Helper()
	p := b.greet(present)
	cp := p.read()
	if u, is := cp.(*packets.UnsubscribePacket); is {
		p.unsubscribed = u.Topics
		ua := packets.NewControlPacket(packets.Unsuback).(*packets.UnsubackPacket)
		ua.MessageID = u.MessageID
		p.write(ua)
		cp = p.read()
	}
	sub := cp.(*packets.SubscribePacket)
	p.subscribed = sub.Topics
	sa := packets.NewControlPacket(packets.Suback).(*packets.SubackPacket)
	sa.MessageID, sa.ReturnCodes = sub.MessageID, sub.Qoss
	if codes != nil {
		sa.ReturnCodes = codes
	}
	p.write(sa)
	go p.listen()
	return p
}

func (p *peer) read() packets.ControlPacket {
	p.t.Helper()
	p.conn.SetReadDeadline(time.Now().Add(patience))
	cp, err := packets.ReadPacket(p.conn)
	if err != nil {
		p.t.Fatalf("read from the collector: %v", err)
	}
	return cp
}

func (p *peer) write(cp packets.ControlPacket) {
	p.t.Helper()
	if err := cp.Write(p.conn); err != nil {
		p.t.Fatalf("write to the collector: %v", err)
	}
}

func (p *peer) listen() {
	defer close(p.acks)
	for {
		cp, err := packets.ReadPacket(p.conn)
		if err != nil {
			return
		}
		if ack, is := cp.(*packets.PubackPacket); is {
			p.acks <- ack.MessageID
		}
	}
}

type flags struct{ dup, retain bool }

func (p *peer) publish(id uint16, topic, payload string, f flags) {
	p.t.Helper()
	m := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	m.TopicName, m.Payload, m.MessageID, m.Dup, m.Retain = topic, []byte(payload), id, f.dup, f.retain
	if id != 0 {
		m.Qos = 1
	}
	p.write(m)
}

// acked waits for exactly these acknowledgements, in this order.
func (p *peer) acked(want ...uint16) {
	p.t.Helper()
	for i, id := range want {
		select {
		case got, ok := <-p.acks:
			if !ok || got != id {
				p.t.Fatalf("acknowledgement %d is for %d (%v); want %v", i, got, ok, want)
			}
		case <-time.After(patience):
			p.t.Fatalf("no acknowledgement for %d", id)
		}
	}
}

// unacked gives a wrong acknowledgement a moment to arrive.
func (p *peer) unacked() {
	p.t.Helper()
	select {
	case got, ok := <-p.acks:
		if ok {
			p.t.Fatalf("acknowledged %d before it was on disk", got)
		}
	case <-time.After(50 * time.Millisecond):
	}
}

// gone waits until the collector has hung up, and returns the acknowledgements that came before.
func (p *peer) gone() (acks []uint16) {
	p.t.Helper()
	for {
		select {
		case id, ok := <-p.acks:
			if !ok {
				return acks
			}
			acks = append(acks, id)
		case <-time.After(patience):
			p.t.Fatal("the collector holds on to the connection")
		}
	}
}

// running is a collector under test, without a supervisor: each Run is one connection.
type running struct {
	t      *testing.T
	c      *mqtt.Collector
	sink   *collectortest.Sink
	status *collectors.Status
	cancel context.CancelFunc
	err    chan error
	wg     sync.WaitGroup
}

func newRunning(t *testing.T, cfg mqtt.Config) *running {
	return &running{t: t, c: newCollector(t, cfg), sink: collectortest.NewSink(), status: collectors.NewStatus("press", time.Now)}
}

func (r *running) start() {
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel, r.err = cancel, make(chan error, 1)
	r.wg.Go(func() { r.err <- r.c.Run(ctx, r.sink, r.status) })
	r.t.Cleanup(func() { cancel(); r.wg.Wait() })
}

// ended waits for Run to return.
func (r *running) ended() error {
	r.t.Helper()
	select {
	case err := <-r.err:
		return err
	case <-time.After(patience):
		r.t.Fatal("Run does not return")
		return nil
	}
}

func (r *running) eventually(what string, ok func() bool) {
	r.t.Helper()
	collectortest.Eventually(r.t, what, ok, func() any { return r.status.Snapshot() })
}

func (r *running) values() (vs []float64) {
	for _, s := range r.sink.All() {
		vs = append(vs, s.Value)
	}
	return vs
}

func (r *running) has(vs ...float64) {
	r.t.Helper()
	r.eventually("the samples arrive", func() bool { return slices.Equal(r.values(), vs) })
}
