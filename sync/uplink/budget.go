package uplink

import (
	"sync"
	"time"
)

// DefaultRetries is how many attempts a minute follow a failure, over all targets.
const DefaultRetries = 30

// Budget bounds retries over all targets of a gateway, so that a store that comes back is not met by everybody at once.
type Budget struct {
	perMinute float64

	mu   sync.Mutex
	left float64
	at   time.Time
}

// NewBudget allows so many retries a minute; 0 or less takes DefaultRetries.
func NewBudget(perMinute int) *Budget {
	if perMinute <= 0 {
		perMinute = DefaultRetries
	}
	return &Budget{perMinute: float64(perMinute), left: float64(perMinute)}
}

// take spends one retry and returns how long it has to wait for it. A nil budget is without bound.
func (b *Budget) take(now time.Time) time.Duration {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.at.IsZero() {
		b.left = min(b.left+now.Sub(b.at).Minutes()*b.perMinute, b.perMinute)
	}
	b.at = now
	b.left--
	if b.left >= 0 {
		return 0
	}
	return time.Duration(-b.left / b.perMinute * float64(time.Minute))
}
