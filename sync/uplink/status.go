package uplink

import "sync"

// State says what a forwarder is doing.
type State string

const (
	Idle      State = "idle"      // nothing to send
	Uploading State = "uploading" // a batch is on its way
	Waiting   State = "waiting"   // something went wrong; it tries again, except when Cloned
)

// Status is a snapshot for the status page and the metrics.
type Status struct {
	Name      string `json:"name"` // of the target
	State     State  `json:"state"`
	Since     int64  `json:"since"`           // UTC ns
	Error     string `json:"error,omitempty"` // of the last attempt, empty after a good one
	Retry     int64  `json:"retry,omitempty"` // UTC ns, the next attempt; 0 when none is planned
	Pending   int    `json:"pending"`         // entries known to wait; at least so many
	LastBatch uint64 `json:"lastBatch"`
	LastSync  int64  `json:"lastSync"`         // UTC ns
	Cloned    bool   `json:"cloned,omitempty"` // stopped for good, see ErrCloned
	Exclusive bool   `json:"exclusive"`        // the store honours conditional writes

	Batches  uint64 `json:"batches"` // counters since the start
	Entries  uint64 `json:"entries"`
	Bytes    uint64 `json:"bytes"`
	Failures uint64 `json:"failures"`
}

type statusBox struct {
	now func() int64

	mu sync.Mutex
	s  Status
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
