package collectortest

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"edgelabel/collectors"
)

// Door is the network in front of something that receives pictures, and the cameras behind it: each sends its picture again and again
// until it is told that it is on disk. It is a Peer; the collector under test listens with Listen.
type Door struct {
	picture func(n int) []byte
	try     func(addr, name string, data []byte) bool
	ended   chan struct{}
	cameras sync.WaitGroup

	mu   sync.Mutex
	ln   net.Listener
	addr string // once it is known
	shut bool
}

var _ Peer = (*Door)(nil)

// NewDoor returns a door that is shut. picture makes the n-th picture; try sends one once and reports whether it was acknowledged.
func NewDoor(t *testing.T, picture func(n int) []byte, try func(addr, name string, data []byte) bool) *Door {
	d := &Door{picture: picture, try: try, ended: make(chan struct{}), shut: true}
	t.Cleanup(func() {
		close(d.ended)
		d.cameras.Wait()
	})
	return d
}

// Listen is net.Listen on loopback, always at the same address; it fails while the door is shut.
func (d *Door) Listen(network, _ string) (net.Listener, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut {
		return nil, errors.New("network is down")
	}
	address := d.addr
	if address == "" {
		address = "127.0.0.1:0"
	}
	ln, err := net.Listen(network, address)
	if err == nil {
		d.ln, d.addr = ln, ln.Addr().String()
	}
	return ln, err
}

// Start implements Peer.
func (d *Door) Start(*testing.T) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = false
}

// Stop implements Peer.
func (d *Door) Stop(*testing.T) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = true
	d.ln.Close()
}

// Send implements Peer. It does not wait for the picture to arrive.
func (d *Door) Send(_ *testing.T, n int) {
	data := d.picture(n)
	d.cameras.Go(func() {
		for !d.try(d.address(), pictureName(n), data) {
			select {
			case <-d.ended:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
}

// SendBad implements Peer.
func (d *Door) SendBad(*testing.T) {
	d.cameras.Go(func() { d.try(d.address(), "bad.png", []byte("scrap")) })
}

// Has implements Peer.
func (d *Door) Has(s *Sink, n int) bool {
	return slices.ContainsFunc(s.Images(), func(p collectors.Picture) bool { return p.Name == pictureName(n) })
}

func (d *Door) address() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.addr
}

func pictureName(n int) string { return fmt.Sprintf("p%d.png", n) }
