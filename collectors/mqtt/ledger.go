package mqtt

import "sync"

// delivery is one message as it arrived on one connection.
type delivery struct {
	Message
	id        uint16 // packet id, 0 at QoS 0
	redeliver bool   // the broker's DUP flag
	dropped   int    // bytes of payload that the guard threw away
	ack       func() // sends the PUBACK on the connection that brought the message; does nothing once that is gone
	settled   bool   // guarded by the ledger
}

// ledger keeps the deliveries of one connection in the order of their arrival, in which they must be acknowledged (MQTT 3.1.1 §4.6).
// The broker bounds it: it has at most 65535 messages unacknowledged.
type ledger struct {
	wake chan struct{} // holds a token when something was settled

	mu    sync.Mutex
	queue []*delivery
	inUse int // handed to the sink and not settled
}

func newLedger() *ledger { return &ledger{wake: make(chan struct{}, 1)} }

func (l *ledger) add(d *delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = append(l.queue, d)
}

// hand notes that the sink has deliveries, each of which settle or drop will name.
func (l *ledger) hand(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inUse += n
}

// settle marks deliveries that were handed out as done with: they may be acknowledged.
func (l *ledger) settle(ds []*delivery) {
	l.mu.Lock()
	for _, d := range ds {
		d.settled = true
	}
	l.inUse -= len(ds)
	l.mu.Unlock()
	l.signal()
}

// drop takes back deliveries that the sink could not store. They stay unacknowledged, and with them all that came later.
func (l *ledger) drop(n int) {
	l.mu.Lock()
	l.inUse -= n
	l.mu.Unlock()
	l.signal()
}

func (l *ledger) signal() {
	select {
	case l.wake <- struct{}{}:
	default: // a token is waiting already
	}
}

// next takes the oldest delivery off the ledger if it may be acknowledged.
func (l *ledger) next() *delivery {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 || !l.queue[0].settled {
		return nil
	}
	d := l.queue[0]
	l.queue[0] = nil
	l.queue = l.queue[1:]
	return d
}

// idle reports whether the sink has nothing of this connection any more.
func (l *ledger) idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.inUse == 0
}

// ready reports whether the oldest delivery may be acknowledged and is not yet.
func (l *ledger) ready() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.queue) > 0 && l.queue[0].settled
}
