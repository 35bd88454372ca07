package mqtt_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"edgelabel/collectors/collectortest"
	"edgelabel/collectors/mqtt"
)

// wire is a connection from which only writing matters.
type wire struct {
	net.Conn
	mu     sync.Mutex
	writes [][]byte
	broken error
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes = append(w.writes, bytes.Clone(p))
	return len(p), w.broken
}

func (w *wire) SetWriteDeadline(time.Time) error { return nil }
func (w *wire) Close() error                     { return nil }

func (w *wire) sent() (all []byte, writes int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Join(w.writes, nil), len(w.writes)
}

func puback(id int) []byte { return binary.BigEndian.AppendUint16([]byte{0x40, 2}, uint16(id)) }

func TestAcknowledgementsTravelTogetherAndInOrder(t *testing.T) {
	w := &wire{}
	g := mqtt.NewGuard(w, 100, nil)
	ping := []byte{0xc0, 0}
	var want []byte
	write := func(p []byte) {
		want = append(want, p...)
		if n, err := g.Write(p); n != len(p) || err != nil {
			t.Fatal(n, err)
		}
	}
	for id := range 3000 {
		write(puback(id))
	}
	write(ping) // takes those before it along
	if got, writes := w.sent(); !bytes.Equal(got, want) || writes > 300 {
		t.Errorf("%d of %d bytes in %d writes", len(got), len(want), writes)
	}
	write(puback(7)) // nothing follows: it leaves by itself
	collectortest.Eventually(t, "a lone acknowledgement leaves", func() bool { got, _ := w.sent(); return bytes.Equal(got, want) }, nil)
	write(puback(8))
	g.Close()
	if got, _ := w.sent(); !bytes.Equal(got, want) {
		t.Error("closing lost an acknowledgement")
	}
}

func TestAnAcknowledgementThatCannotLeaveIsAnErrorOfTheNext(t *testing.T) {
	w := &wire{broken: errors.New("reset")}
	g := mqtt.NewGuard(w, 100, nil)
	if _, err := g.Write(puback(1)); err != nil {
		t.Fatal(err)
	}
	collectortest.Eventually(t, "the next write fails", func() bool { _, err := g.Write([]byte{0xc0, 0}); return err != nil }, nil)
}
