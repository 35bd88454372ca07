package mqtt

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"edgelabel/collectors"
)

const (
	pingTimeout  = 10 * time.Second
	writeTimeout = 10 * time.Second
	goodbye      = 500 // milliseconds for the last acknowledgements and the DISCONNECT to leave
)

var errOverflow = errors.New("more messages arrived than the inbox holds: reconnecting, so that the broker sends the rest again")

// session is one connection: a client of its own, which is never used again, because a client library's reconnect would mix packet ids
// of two connections. An acknowledgement can therefore only travel on the connection that brought the message.
type session struct {
	*Collector
	sink   collectors.Sink
	status *collectors.Status
	client paho.Client
	will   *Publication // nil for none

	inbox  chan *delivery
	queued atomic.Int64  // bytes in inbox
	taken  chan struct{} // holds a token when a message has left the inbox
	ledger *ledger
	done   chan struct{} // closed when nothing more will be acknowledged

	pictures pictures

	closing  atomic.Bool   // takes nothing more
	shut     chan struct{} // closed with it
	overflow atomic.Bool
	gone     chan error // connection lost
	refused  chan error // the sink could not store

	mu     sync.Mutex
	large  map[uint16]int // packet id → bytes of payload that the guard threw away
	missed missed

	trouble map[string]bool // topics with a problem; the worker's own
	saved   time.Time       // when the state was written last; the worker's own
}

func newSession(c *Collector, sink collectors.Sink, status *collectors.Status) *session {
	return &session{
		Collector: c, sink: sink, status: status,
		inbox: make(chan *delivery, c.cfg.Inflight), taken: make(chan struct{}, 1), ledger: newLedger(), done: make(chan struct{}),
		pictures: newPictures(), shut: make(chan struct{}),
		gone: make(chan error, 1), refused: make(chan error, 1),
		large: map[uint16]int{}, trouble: map[string]bool{}, saved: c.cfg.Now(),
	}
}

func (s *session) run(ctx context.Context) error {
	var acks sync.WaitGroup
	acks.Go(s.acknowledge)
	defer acks.Wait()
	defer close(s.done)

	present, err := s.connect(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer s.leave()
	since := s.cfg.Now()
	inner, cancel := context.WithCancel(ctx)
	if err = s.begin(inner, present); err == nil {
		s.status.Up()
		err = s.work(inner)
	}
	s.closing.Store(true)
	close(s.shut)
	s.drain()
	cancel()
	s.finish()
	if lost, is := errors.AsType[*lostError](err); is {
		return s.lost(lost.err, s.cfg.Now().Sub(since))
	}
	s.flaps = 0
	return err
}

// leave says the will itself, which a broker keeps quiet about when the connection is closed in order.
func (s *session) leave() {
	if s.will != nil && s.client.IsConnectionOpen() {
		s.client.Publish(s.will.Topic, s.will.QoS, s.will.Retain, s.will.Payload).WaitTimeout(goodbye * time.Millisecond)
	}
	s.client.Disconnect(goodbye)
}

// connect returns whether the broker still knew our session.
func (s *session) connect(ctx context.Context) (present bool, err error) {
	conf, err := s.cfg.TLS.config()
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := func() bool { return true }
	opts := s.options()
	opts.SetCustomOpenConnectionFn(func(u *url.URL, _ paho.ClientOptions) (net.Conn, error) {
		conn, err := dial(ctx, u, conf)
		if err != nil {
			return nil, err
		}
		stop = context.AfterFunc(ctx, func() { _ = conn.Close() }) // ends a handshake that nobody waits for
		g := newGuard(conn, s.cfg.MaxPayload, s.dropped)
		g.room = s.room
		return g, nil
	})
	if s.will = s.dialect.Will(s.cfg.Now().UnixNano()); s.will != nil {
		opts.SetBinaryWill(s.will.Topic, s.will.Payload, s.will.QoS, s.will.Retain)
	}
	s.client = paho.NewClient(opts)
	token := s.client.Connect().(*paho.ConnectToken)
	token.Wait() // both waits inside are bounded, and end with ctx
	stop()
	cancel()
	return token.SessionPresent(), whyNot(token.Error())
}

// options is what every connection has in common.
func (c *Config) options() *paho.ClientOptions {
	return paho.NewClientOptions().
		AddBroker(c.URL).SetClientID(c.ClientID).SetUsername(c.User).SetPassword(c.Password).
		SetProtocolVersion(4).SetResumeSubs(false).
		SetAutoReconnect(false).SetConnectRetry(false).SetConnectTimeout(connectTimeout).
		SetKeepAlive(c.KeepAlive).SetPingTimeout(pingTimeout).SetWriteTimeout(writeTimeout)
}

func (s *session) options() *paho.ClientOptions {
	return s.cfg.options().SetCleanSession(false).SetOrderMatters(true).SetAutoAckDisabled(true).
		SetDefaultPublishHandler(func(_ paho.Client, m paho.Message) { s.arrived(m) }).
		SetConnectionLostHandler(func(_ paho.Client, err error) { s.gone <- err })
}

// longestHold is how long the reader waits for the sink: less than a ping may take.
const longestHold = pingTimeout / 2

// room lets the reader wait while the inbox is nearly full, so that the network holds the broker back and nothing has to be given up.
// A sink that takes nothing for long is not waited for: the inbox runs over then, and the broker keeps the rest.
func (s *session) room() {
	if !s.crowded() || s.closing.Load() || s.overflow.Load() {
		return
	}
	limit := time.NewTimer(longestHold)
	defer limit.Stop()
	for s.crowded() {
		select {
		case <-s.taken:
		case <-s.shut:
			return
		case <-limit.C:
			return
		}
	}
}

func (s *session) crowded() bool {
	return len(s.inbox) > cap(s.inbox)*3/4 || s.queued.Load() > int64(s.cfg.MaxQueued-s.cfg.MaxPayload)/2
}

// arrived runs on the library's reader and must not block: pings would go unanswered. There is one such handler for all messages,
// because with one for each filter overlapping filters would deliver twice.
func (s *session) arrived(m paho.Message) {
	if s.closing.Load() || s.overflow.Load() {
		s.miss(m)
		return
	}
	size := footprint(m.Payload())
	if len(s.inbox) == cap(s.inbox) || s.queued.Load() > 0 && s.queued.Load()+size > int64(s.cfg.MaxQueued) {
		s.miss(m)
		if m.Qos() > 0 {
			s.overflow.Store(true)
		}
		return
	}
	d := &delivery{
		Message:   Message{m.Topic(), m.Payload(), m.Retained(), s.cfg.Now().UnixNano()},
		redeliver: m.Duplicate(), ack: m.Ack,
	}
	if m.Qos() > 0 {
		d.id = m.MessageID()
		d.dropped = s.takeDropped(d.id)
	}
	s.queued.Add(size)
	s.ledger.add(d)
	s.inbox <- d // has room: nobody else sends
}

// footprint is about what a waiting message takes, in bytes.
func footprint(payload []byte) int64 { return int64(len(payload)) + 512 }

// dropped is called by the guard, before the emptied packet arrives.
func (s *session) dropped(topic string, d droppedPacket) {
	if d.id == 0 { // at QoS 0 nothing arrives
		s.status.Reject(reasonLarge)
		s.status.Problem(problemKey(topic), tooLarge(d.size, s.cfg.MaxPayload).Text)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.large[d.id] = d.size
}

func (s *session) takeDropped(id uint16) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	size := s.large[id]
	delete(s.large, id)
	return size
}

// acknowledge sends what the ledger releases, so that neither the sink's goroutines nor the worker wait for the network.
func (s *session) acknowledge() {
	for {
		for d := s.ledger.next(); d != nil; d = s.ledger.next() {
			d.ack()
		}
		select {
		case <-s.ledger.wake:
		case <-s.done:
			return
		}
	}
}

// drain waits for what the sink still has: each message acknowledged now is one that the broker does not repeat.
func (s *session) drain() {
	limit := time.NewTimer(s.cfg.Drain)
	defer limit.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !s.ledger.idle() || s.ledger.ready() {
		select {
		case <-tick.C:
		case r := <-s.pictures.refused:
			s.refuse(r)
		case <-limit.C:
			return
		}
	}
}
