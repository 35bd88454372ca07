package uplink

import (
	"sync"

	"edgelabel/agent/journal"
)

// State says what a forwarder is doing.
type State string

const (
	Idle      State = "idle"      // nothing to send
	Uploading State = "uploading" // a batch is on its way
	Waiting   State = "waiting"   // something went wrong; it tries again, except when Cloned
)

// Status is a snapshot for the status page and the metrics.
type Status struct {
	Name      string         `json:"name"` // of the target
	State     State          `json:"state"`
	Since     int64          `json:"since"`            // UTC ns
	Error     string         `json:"error,omitempty"`  // of the last attempt, empty after a good one
	Retry     int64          `json:"retry,omitempty"`  // UTC ns, the next attempt; 0 when none is planned
	Pending   int            `json:"pending"`          // entries that wait
	Closed    bool           `json:"closed,omitempty"` // the timetable lets nothing leave now
	Lanes     map[string]int `json:"lanes,omitempty"`  // of those that wait, by lane
	Oldest    int64          `json:"oldest,omitempty"` // UTC ns, when the oldest of them was written
	Rate      float64        `json:"rate"`             // entries per second, over the last minutes
	BytesRate float64        `json:"bytesRate"`        // bytes per second, over the same
	Ends      int64          `json:"ends,omitempty"`   // UTC ns, when the backlog will be gone at this rate; 0 when there is none or nothing is known
	LastBatch uint64         `json:"lastBatch"`
	LastSync  int64          `json:"lastSync"`         // UTC ns
	Cloned    bool           `json:"cloned,omitempty"` // stopped for good, see ErrCloned
	Exclusive bool           `json:"exclusive"`        // the store honours conditional writes

	Batches  uint64 `json:"batches"` // counters since the start
	Entries  uint64 `json:"entries"`
	Bytes    uint64 `json:"bytes"`
	Failures uint64 `json:"failures"`
	Above    uint64 `json:"above"`   // entries withheld because they are graded above the clearance
	Unasked  uint64 `json:"unasked"` // entries passed over by the filter
}

type statusBox struct {
	now func() int64

	mu    sync.Mutex
	s     Status
	speed speed
}

// backlog notes what waits and estimates when it will be gone.
func (b *statusBox) backlog(now journal.Backlog) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &b.s
	s.Lanes, s.Oldest, s.Pending = map[string]int{}, now.Oldest, 0
	for lane, n := range now.Lanes {
		s.Lanes[lane.String()] = n
		s.Pending += n
	}
	at := b.now()
	s.Rate, s.BytesRate = b.speed.at(at, s.Entries, s.Bytes)
	s.Ends = 0
	if s.Pending > 0 && s.Rate > 0 {
		s.Ends = at + int64(float64(s.Pending)/s.Rate*1e9)
	}
}

// speed is a rate over a minute or two: since the last mark but one.
type speed struct{ old, mark point }

type point struct {
	at             int64 // UTC ns
	entries, bytes uint64
}

// markEvery is how often a new mark is set, in ns.
const markEvery = 60e9

func (v *speed) at(now int64, entries, bytes uint64) (entriesRate, bytesRate float64) {
	p := point{now, entries, bytes}
	if v.mark.at == 0 {
		v.old, v.mark = p, p
	}
	if now-v.mark.at >= markEvery {
		v.old, v.mark = v.mark, p
	}
	took := float64(now-v.old.at) / 1e9
	if took <= 0 {
		return 0, 0
	}
	return float64(entries-v.old.entries) / took, float64(bytes-v.old.bytes) / took
}

func (b *statusBox) edit(change func(*Status)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := b.s.State
	change(&b.s)
	if b.s.State != before || b.s.Since == 0 {
		b.s.Since = b.now()
	}
}

func (b *statusBox) get() Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.s
}
