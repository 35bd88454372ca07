package mqtt

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
)

const (
	publishType = 3       // MQTT 3.1.1 §2.2.1
	maxRest     = 1 << 28 // what four length bytes can announce, exclusive
	readAtOnce  = 32 << 10
)

// guard stands between the network and the client library, which would read a whole packet of up to 256 MiB into memory. A PUBLISH over
// the limit loses its payload on the way: the library sees its topic and packet id with nothing in it, and acknowledges it. If the
// connection were cut instead, the broker would send the same message for ever. Other packets over the limit, and anything that is not
// MQTT, end the connection.
type guard struct {
	net.Conn
	in       *bufio.Reader
	out      answers
	limit    int                                 // bytes of payload
	dropped  func(topic string, d droppedPacket) // called before the library can see the emptied packet
	room     func()                              // called before each packet: may wait a little, so that the network makes the broker wait; nil does not
	head     []byte                              // to be delivered first
	passthru int                                 // bytes of the current packet still to be delivered
}

// droppedPacket is a publish whose payload was thrown away.
type droppedPacket struct {
	id   uint16 // 0 at QoS 0
	size int    // bytes of payload
}

func newGuard(c net.Conn, limit int, dropped func(string, droppedPacket)) *guard {
	return &guard{Conn: c, in: bufio.NewReaderSize(c, readAtOnce), out: answers{conn: c}, limit: limit, dropped: dropped}
}

// Write implements net.Conn.
func (g *guard) Write(p []byte) (int, error) { return g.out.Write(p) }

// Close implements net.Conn.
func (g *guard) Close() error {
	g.out.close()
	return g.Conn.Close()
}

// Read hands on whole packets in pieces. It is called by one goroutine at a time.
func (g *guard) Read(p []byte) (int, error) {
	for len(g.head) == 0 && g.passthru == 0 {
		if err := g.next(); err != nil {
			return 0, err
		}
	}
	if len(g.head) > 0 {
		n := copy(p, g.head)
		g.head = g.head[n:]
		return n, nil
	}
	n, err := g.in.Read(p[:min(len(p), g.passthru)])
	g.passthru -= n
	return n, err
}

// next looks at the following packet's header.
func (g *guard) next() error {
	if g.room != nil {
		g.room()
	}
	first, err := g.in.ReadByte()
	if err != nil {
		return err
	}
	rest, err := binary.ReadUvarint(g.in)
	if err != nil {
		return err
	}
	if rest >= maxRest {
		return fmt.Errorf("mqtt: packet announces %d bytes, which the protocol does not allow", rest)
	}
	if int(rest) <= g.limit {
		g.head, g.passthru = binary.AppendUvarint([]byte{first}, rest), int(rest)
		return nil
	}
	if first>>4 != publishType {
		return fmt.Errorf("mqtt: packet of type %d announces %d bytes, over the limit of %d", first>>4, rest, g.limit)
	}
	return g.empty(first, int(rest))
}

// empty reads a publish, keeps topic and packet id, and throws the payload away if that is over the limit.
func (g *guard) empty(first byte, rest int) error {
	topic, err := g.prefixed(rest)
	if err != nil {
		return err
	}
	body := append(binary.BigEndian.AppendUint16(nil, uint16(len(topic))), topic...)
	d := droppedPacket{size: rest - len(body)}
	if first&0x06 != 0 { // QoS above 0 brings a packet id
		id := make([]byte, 2)
		if _, err := io.ReadFull(g.in, id); err != nil {
			return err
		}
		body, d.size, d.id = append(body, id...), d.size-2, binary.BigEndian.Uint16(id)
	}
	if d.size <= g.limit {
		g.head = append(binary.AppendUvarint([]byte{first}, uint64(rest)), body...)
		g.passthru = d.size
		return nil
	}
	if _, err := io.CopyN(io.Discard, g.in, int64(d.size)); err != nil {
		return err
	}
	g.dropped(string(topic), d)
	if d.id != 0 {
		g.head = append(binary.AppendUvarint([]byte{first}, uint64(len(body))), body...)
	}
	return nil
}

// prefixed reads the topic, which must leave room for the packet id.
func (g *guard) prefixed(rest int) ([]byte, error) {
	var size [2]byte
	if _, err := io.ReadFull(g.in, size[:]); err != nil {
		return nil, err
	}
	topic := make([]byte, binary.BigEndian.Uint16(size[:]))
	if len(topic)+4 > rest {
		return nil, fmt.Errorf("mqtt: topic of %d bytes in a packet of %d", len(topic), rest)
	}
	_, err := io.ReadFull(g.in, topic)
	return topic, err
}
