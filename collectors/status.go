package collectors

import (
	"errors"
	"maps"
	"sync"
	"time"
)

// ErrRejected marks input that can never be stored: count it, acknowledge it to its source and go on.
var ErrRejected = errors.New("rejected")

// State is what a source is doing.
type State string

const (
	Starting   State = "starting"
	Connecting State = "connecting"
	Up         State = "up"
	Waiting    State = "waiting" // failed, and waits to try again
	Stopped    State = "stopped"
)

// Status is where a collector reports to, and what /metrics and the status page read. All methods may be called from any goroutine.
type Status struct {
	now func() time.Time

	mu       sync.Mutex
	snap     Snapshot
	pictures pictures
}

// Snapshot is a copy of a status.
type Snapshot struct {
	Name       string
	State      State
	Since      time.Time // of State
	Err        string    // why it is not up, empty when it is
	Retry      time.Time // when the next attempt begins, zero unless Waiting
	Attempts   uint64    // connection attempts since the start of the agent
	Samples    uint64
	Images     uint64
	Duplicates uint64
	Backfilled uint64            // samples read back from the source's own history; Samples counts them too
	Rejected   map[string]uint64 // reason → inputs
	Gaps       map[string]uint64 // reason → gap records
	LastSample time.Time         // receive time, zero before the first
	Problems   map[string]string // tag, node or file → what is wrong with it now

	ClockKnown  bool          // the source tells its time
	ClockOffset time.Duration // the source's clock minus this gateway's, as far as it can be measured

	Pictures Pictures // of a camera
}

// NewStatus returns the status of the named source. now is the gateway's clock.
func NewStatus(name string, now func() time.Time) *Status {
	return &Status{now: now, snap: Snapshot{
		Name: name, State: Starting, Since: now(),
		Rejected: map[string]uint64{}, Gaps: map[string]uint64{}, Problems: map[string]string{},
	}}
}

// Snapshot copies the status.
func (s *Status) Snapshot() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.snap
	c.Pictures = s.pictures.Pictures
	c.Pictures.Rate = s.pictures.rate(s.now())
	c.Rejected, c.Gaps, c.Problems = maps.Clone(c.Rejected), maps.Clone(c.Gaps), maps.Clone(c.Problems)
	return c
}

// Up says that data can flow.
func (s *Status) Up() { s.set(Up, nil, time.Time{}) }

// Took counts samples that the sink took.
func (s *Status) Took(samples int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snap.Samples += uint64(samples)
	s.snap.LastSample = s.now()
}

// TookImage counts an image that the sink stored.
func (s *Status) TookImage() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snap.Images++
	s.snap.LastSample = s.now()
}

// Backfilled counts samples that the sink took and that were read back from the source's own history.
func (s *Status) Backfilled(samples int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snap.Backfilled += uint64(samples)
}

// Clock notes how far the source's clock is ahead of this gateway's; negative when it is behind.
func (s *Status) Clock(offset time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snap.ClockKnown, s.snap.ClockOffset = true, offset
}

// Duplicate counts input that was there already.
func (s *Status) Duplicate(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snap.Duplicates += uint64(n)
}

// Reject counts input that cannot be used. reason is a short constant: it becomes a metric's label.
func (s *Status) Reject(reason string) { s.RejectN(reason, 1) }

// RejectN counts n inputs that cannot be used; none leaves no trace of the reason.
func (s *Status) RejectN(reason string, n uint64) {
	if n == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snap.Rejected[reason] += n
}

// Gap counts a gap record.
func (s *Status) Gap(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snap.Gaps[reason]++
}

// Problem says what is wrong with one tag, node or file of the source; an empty text says that it is well again. At most maxProblems
// are kept: those that do not fit are counted as rejected only.
func (s *Status) Problem(what, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if text == "" {
		delete(s.snap.Problems, what)
		return
	}
	if _, known := s.snap.Problems[what]; known || len(s.snap.Problems) < maxProblems {
		s.snap.Problems[what] = text
	}
}

const maxProblems = 200

func (s *Status) set(state State, err error, retry time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.snap.State != state {
		s.snap.Since = s.now()
	}
	if state == Connecting {
		s.snap.Attempts++
	}
	s.snap.State, s.snap.Retry = state, retry
	if err != nil {
		s.snap.Err = err.Error()
	} else if state == Up {
		s.snap.Err = ""
	}
}
