package mqtt

import (
	"crypto/sha256"
	"io"
	"sync"
)

const remembered = 4096 // deliveries

// memory knows which messages of earlier connections are on disk although the broker may not have seen our acknowledgement. It
// recognises their repetition, which carries the DUP flag and the packet id of the first delivery (MQTT 3.1.1 §4.4). A broker uses an id
// again only after the acknowledgement. So the same id with the same content is the same message, not a second one that says the same.
type memory struct {
	mu   sync.Mutex
	byID map[uint16]*arrival
	ring [remembered]*arrival
	next int
}

type arrival struct {
	id         uint16
	sum        [sha256.Size]byte
	connection uint64
	stored     bool
}

func newMemory() *memory { return &memory{byID: map[uint16]*arrival{}} }

// arrived notes a delivery on the given connection and reports whether it repeats one that is stored. It returns nil for messages that
// are never repeated.
func (m *memory) arrived(d *delivery, connection uint64) (a *arrival, repeated bool) {
	if d.id == 0 {
		return nil, false
	}
	a = &arrival{id: d.id, sum: fingerprint(d), connection: connection}
	m.mu.Lock()
	defer m.mu.Unlock()
	if old := m.byID[d.id]; old != nil && d.redeliver && old.stored && old.connection < connection && old.sum == a.sum {
		return old, true
	}
	if old := m.ring[m.next]; old != nil && m.byID[old.id] == old {
		delete(m.byID, old.id)
	}
	m.ring[m.next], m.byID[a.id] = a, a
	m.next = (m.next + 1) % remembered
	return a, false
}

func (m *memory) stored(as []*arrival) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range as {
		a.stored = true
	}
}

// forget is called when the broker lost the session: packet ids begin anew.
func (m *memory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.byID)
	clear(m.ring[:])
}

func fingerprint(d *delivery) (sum [sha256.Size]byte) {
	h := sha256.New()
	_, _ = io.WriteString(h, d.Topic) // a hash never fails
	_, _ = h.Write([]byte{0})         // cannot be part of a topic
	_, _ = h.Write(d.Payload)
	h.Sum(sum[:0])
	return sum
}
