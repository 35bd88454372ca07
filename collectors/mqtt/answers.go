package mqtt

import (
	"net"
	"sync"
	"time"
)

const (
	pubackType = 4 // MQTT 3.1.1 §2.2.1
	pubackSize = 4 // bytes
	mostHeld   = 4 << 10
	holdFor    = time.Millisecond
)

// answers gathers acknowledgements, which come in bursts after a commit, so that a burst takes one system call and not one each. None is
// held for longer than holdFor, and whatever else is written goes behind those before it.
type answers struct {
	conn net.Conn

	mu    sync.Mutex
	held  []byte
	timer *time.Timer // runs while something is held; nil before the first
	err   error       // of a write in the background, for the next Write
}

// Write implements io.Writer.
func (a *answers) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err != nil {
		return 0, a.err
	}
	a.held = append(a.held, p...)
	if puback := len(p) == pubackSize && p[0]>>4 == pubackType; puback && len(a.held) < mostHeld {
		a.laterLocked()
		return len(p), nil
	}
	if a.flushLocked(); a.err != nil {
		return 0, a.err
	}
	return len(p), nil
}

func (a *answers) laterLocked() {
	switch {
	case len(a.held) > pubackSize: // it runs already
	case a.timer == nil:
		a.timer = time.AfterFunc(holdFor, a.flush)
	default:
		a.timer.Reset(holdFor)
	}
}

func (a *answers) flush() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.flushLocked()
}

// flushLocked writes under the mutex: what is written next has to wait for it anyway, and the connection has a deadline.
func (a *answers) flushLocked() {
	if len(a.held) == 0 || a.err != nil {
		return
	}
	if a.err = a.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); a.err != nil {
		return
	}
	_, a.err = a.conn.Write(a.held)
	a.held = a.held[:0]
}

// close sends what is held and ends the timer.
func (a *answers) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.timer != nil {
		a.timer.Stop()
	}
	a.flushLocked()
}
