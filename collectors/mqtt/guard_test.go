package mqtt_test

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"edgelabel/collectors/mqtt"
)

// stream is a connection from which only reading matters.
type stream struct {
	net.Conn
	io.Reader
}

func (s stream) Read(p []byte) (int, error) { return s.Reader.Read(p) }

func publish(t testing.TB, qos byte, id uint16, topic string, size int) []byte {
	t.Helper()
	p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	p.TopicName, p.Payload, p.Qos, p.MessageID = topic, bytes.Repeat([]byte{'x'}, size), qos, id
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGuardEmptiesLargePublishes(t *testing.T) {
	var in bytes.Buffer
	in.Write(publish(t, 1, 1, "a", 100))
	in.Write(publish(t, 1, 2, "a/large", 101))
	in.Write(publish(t, 0, 0, "b/large", 1<<20))
	in.Write(publish(t, 1, 3, strings.Repeat("t", 90), 99))
	in.Write(publish(t, 0, 0, "a", 7))
	dropped := map[string]mqtt.DroppedPacket{}
	g := mqtt.NewGuard(stream{Reader: iotest.OneByteReader(&in)}, 100, func(topic string, d mqtt.DroppedPacket) { dropped[topic] = d })

	for i, want := range []struct {
		id   uint16
		size int
	}{{1, 100}, {2, 0}, {3, 99}, {0, 7}} {
		cp, err := packets.ReadPacket(g)
		if err != nil {
			t.Fatal(err)
		}
		p := cp.(*packets.PublishPacket)
		if p.MessageID != want.id || len(p.Payload) != want.size {
			t.Errorf("packet %d: id %d with %d bytes; want %+v", i, p.MessageID, len(p.Payload), want)
		}
	}
	if _, err := packets.ReadPacket(g); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	if d := dropped["a/large"]; d.ID() != 2 || d.Size() != 101 {
		t.Errorf("a/large: %+v", d)
	}
	if d := dropped["b/large"]; d.ID() != 0 || d.Size() != 1<<20 || len(dropped) != 2 {
		t.Errorf("dropped: %+v", dropped)
	}
}

func TestGuardRefusesWhatIsNotMQTT(t *testing.T) {
	for name, in := range map[string][]byte{
		"length of five bytes":     {0x30, 0xff, 0xff, 0xff, 0xff, 0x01},
		"large packet, no topic":   {0x30, 0xff, 0x7f, 0xff, 0xff},
		"topic longer than packet": append([]byte{0x32, 0xff, 0x01, 0xff, 0xff}, make([]byte, 70000)...),
		"large SUBACK":             {0x90, 0xff, 0x7f, 0, 1},
	} {
		g := mqtt.NewGuard(stream{Reader: bytes.NewReader(in)}, 100, func(string, mqtt.DroppedPacket) {})
		if b, err := io.ReadAll(g); err == nil {
			t.Errorf("%s: passed %d bytes", name, len(b))
		}
	}
}

func FuzzGuard(f *testing.F) {
	f.Add(publish(f, 1, 9, "a/b", 300))
	f.Add(publish(f, 0, 0, "a/b", 30))
	f.Add([]byte{0xd0, 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		g := mqtt.NewGuard(stream{Reader: bytes.NewReader(in)}, 64, func(topic string, d mqtt.DroppedPacket) {
			if d.Size() <= 64 {
				t.Errorf("dropped %d bytes of %q", d.Size(), topic)
			}
		})
		if out, _ := io.ReadAll(g); len(out) > len(in)+5 {
			t.Errorf("%d bytes became %d", len(in), len(out))
		}
	})
}
