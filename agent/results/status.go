package results

import (
	"sync"
	"time"
)

// State says what a forwarder is doing.
type State string

const (
	Idle    State = "idle"
	Sending State = "sending"
	Waiting State = "waiting" // failed, and waits to try again
)

// Status is a snapshot for the status page and the metrics.
type Status struct {
	Name      string
	State     State
	Since     int64  // UTC ns, of State
	Error     string // of the last attempt, empty after a good one
	Pending   int    // results that wait
	Oldest    int64  // UTC ns, of those that are on their way; 0 for none
	Last      int64  // UTC ns, when the last message was acknowledged
	Published uint64 // counters since the start
	Expired   uint64 // too old when their turn came
	Gone      uint64 // their item was dropped meanwhile
	Failures  uint64
}

func (s *Status) is(state State, now time.Time) {
	if s.State != state {
		s.State, s.Since = state, now.UnixNano()
	}
}

// Status may be called at any time.
func (f *Forwarder) Status() Status {
	f.status.mu.Lock()
	defer f.status.mu.Unlock()
	return f.status.s
}

type box struct {
	mu sync.Mutex
	s  Status
}

func (b *box) edit(change func(*Status)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(&b.s)
}
