//go:build e2e

package e2e_test

import (
	enc "encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// floodSender speaks just enough MQTT 3.1.1 to publish at QoS 1, cheaply: what is measured shares the machine with it.
type floodSender struct {
	conn     net.Conn // nil when there is none
	err      error    // the first
	id       uint16
	inflight int
	packet   []byte
	answers  [4096]byte
	partial  int // bytes of an answer that came in part
}

func dialSender(port int, name string) *floodSender {
	s := &floodSender{}
	if s.conn, s.err = net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); s.err != nil {
		return s
	}
	hello := append([]byte{0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60}, byte(len(name)>>8), byte(len(name)))
	hello = append(hello, name...)
	s.write(append([]byte{0x10, byte(len(hello))}, hello...))
	if s.err == nil {
		_, s.err = s.conn.Read(s.answers[:4])
	}
	return s
}

func (s *floodSender) close() {
	if s.conn != nil {
		s.conn.Close()
	}
}

func (s *floodSender) write(b []byte) {
	if s.err == nil {
		_, s.err = s.conn.Write(b)
	}
}

// send publishes, and waits while the broker owes answers to more than window messages.
func (s *floodSender) send(topic string, payload []byte, window int) {
	s.id = s.id%65535 + 1
	s.packet = enc.AppendUvarint(append(s.packet[:0], 0x32), uint64(4+len(topic)+len(payload)))
	s.packet = append(enc.BigEndian.AppendUint16(s.packet, uint16(len(topic))), topic...)
	s.packet = append(enc.BigEndian.AppendUint16(s.packet, s.id), payload...)
	s.write(s.packet)
	s.inflight++
	s.settle(window)
}

// settle reads answers until the broker owes no more than so many.
func (s *floodSender) settle(owed int) {
	for s.err == nil && s.inflight > owed {
		var n int
		n, s.err = s.conn.Read(s.answers[:])
		n += s.partial
		s.inflight, s.partial = s.inflight-n/4, n%4
	}
}

// witness stands between the agent and the broker and notes which messages the agent acknowledges.
type witness struct {
	ln     net.Listener
	broker int

	mu    sync.Mutex
	acked map[string]map[float64]bool // by topic
	n     int
}

func newWitness(t *testing.T, broker int) *witness {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	w := &witness{ln: ln, broker: broker, acked: map[string]map[float64]bool{}}
	go func() {
		for {
			agent, err := ln.Accept()
			if err != nil {
				return
			}
			go w.carry(agent)
		}
	}()
	return w
}

func (w *witness) port() int { return w.ln.Addr().(*net.TCPAddr).Port }

func (w *witness) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.n
}

func (w *witness) acknowledged() map[string]map[float64]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.acked
}

// carry forwards one connection. What an id stands for is known on this connection only.
func (w *witness) carry(agent net.Conn) {
	defer agent.Close()
	broker, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", w.broker), 5*time.Second)
	if err != nil {
		return
	}
	defer broker.Close()
	open := map[uint16]*packets.PublishPacket{} // guarded by w.mu
	go forward(agent, broker, func(p packets.ControlPacket) {
		if m, is := p.(*packets.PublishPacket); is && m.Qos > 0 {
			w.mu.Lock()
			open[m.MessageID] = m
			w.mu.Unlock()
		}
	})
	forward(broker, agent, func(p packets.ControlPacket) {
		if a, is := p.(*packets.PubackPacket); is {
			w.note(open, a.MessageID)
		}
	})
}

// forward ends both connections when one ends.
func forward(to, from net.Conn, see func(packets.ControlPacket)) {
	defer to.Close()
	defer from.Close()
	for {
		p, err := packets.ReadPacket(from)
		if err != nil {
			return
		}
		see(p)
		if p.Write(to) != nil {
			return
		}
	}
}

func (w *witness) note(open map[uint16]*packets.PublishPacket, id uint16) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := open[id]
	delete(open, id)
	var said struct{ V float64 }
	if m == nil || json.Unmarshal(m.Payload, &said) != nil {
		return
	}
	if w.acked[m.TopicName] == nil {
		w.acked[m.TopicName] = map[float64]bool{}
	}
	w.acked[m.TopicName][said.V] = true
	w.n++
}

// bitmap is a grey picture of 1000 by 1000 pixels that differs from every other's.
func bitmap(n int) []byte {
	const side, palette = 1000, 1024
	b := make([]byte, 54+palette+side*side)
	copy(b, "BM")
	le := enc.LittleEndian
	le.PutUint32(b[2:], uint32(len(b)))
	le.PutUint32(b[10:], 54+palette)
	le.PutUint32(b[14:], 40)
	le.PutUint32(b[18:], side)
	le.PutUint32(b[22:], side)
	le.PutUint16(b[26:], 1)
	le.PutUint16(b[28:], 8)
	le.PutUint32(b[34:], side*side)
	le.PutUint32(b[46:], 256)
	for i := range 256 {
		copy(b[54+4*i:], []byte{byte(i), byte(i), byte(i), 0})
	}
	le.PutUint64(b[54+palette:], uint64(n))
	return b
}
