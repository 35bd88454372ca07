package mqtt_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"context"
	"fmt"

	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/mqtt"
)

// BenchmarkIntake is the way of one message of 100 bytes at QoS 1 from the socket to the sink and of its PUBACK back.
func BenchmarkIntake(b *testing.B) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	c, err := mqtt.New(mqtt.Config{
		Name: "bench", URL: "tcp://" + ln.Addr().String(), ClientID: "bench",
		Kind:   func(string) (series.Kind, bool) { return series.Number, true },
		Topics: []mqtt.Topic{{Filter: "bench/{n}", QoS: 1, Payload: mqtt.JSON, Tag: "bench.{n}", Value: "v", Time: "ts", TimeFormat: "unix_ns"}},
	})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	sink := &counting{}
	go func() { ended <- c.Run(ctx, sink, collectors.NewStatus("bench", time.Now)) }()
	conn, err := ln.Accept()
	if err != nil {
		b.Fatal(err)
	}
	greetFast(b, conn)
	b.ReportAllocs()
	b.ResetTimer()
	flood(b, conn, b.N)
	b.StopTimer()
	if n := sink.n.Load(); n != int64(b.N) {
		b.Errorf("%d samples of %d", n, b.N)
	}
	cancel()
	conn.Close()
	<-ended
}

// counting is a sink that takes everything at once.
type counting struct{ n atomic.Int64 }

func (c *counting) Samples(_ context.Context, batch []series.Sample, done func(error)) error {
	c.n.Add(int64(len(batch)))
	done(nil)
	return nil
}

func (c *counting) Image(context.Context, collectors.Picture) (collectors.Stored, error) {
	return collectors.Stored{}, nil
}

func (c *counting) Gap(context.Context, series.Gap) error { return nil }

// greetFast answers CONNECT and SUBSCRIBE.
func greetFast(b *testing.B, conn net.Conn) {
	in := make([]byte, 1024)
	if _, err := conn.Read(in); err != nil {
		b.Fatal(err)
	}
	if _, err := conn.Write([]byte{0x20, 2, 0, 0}); err != nil {
		b.Fatal(err)
	}
	n, err := conn.Read(in)
	if err != nil || n < 4 {
		b.Fatal(err)
	}
	if _, err := conn.Write([]byte{0x90, 3, in[2], in[3], 1}); err != nil {
		b.Fatal(err)
	}
}

// flood sends n messages with at most 1000 of them unanswered.
func flood(b *testing.B, conn net.Conn, n int) {
	var out bytes.Buffer
	acks := make([]byte, 4*1000)
	sent, acked, rest := 0, 0, 0
	for acked < n {
		for out.Reset(); sent < n && sent-acked < 1000; sent++ {
			payload := fmt.Appendf(nil, `{"tag":"t%d","v":%d,"ts":%d,"pad":"%s"}`, sent%8, sent, 1767323045000000000+int64(sent), "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
			out.Write([]byte{0x32, byte(2 + 7 + 2 + len(payload)), 0, 7})
			fmt.Fprintf(&out, "bench/%d", sent%8)
			out.Write(binary.BigEndian.AppendUint16(nil, uint16(sent%65000)+1))
			out.Write(payload)
		}
		if _, err := conn.Write(out.Bytes()); err != nil {
			b.Fatal(err)
		}
		got, err := conn.Read(acks)
		if err != nil && err != io.EOF {
			b.Fatal(err)
		}
		got += rest
		acked, rest = acked+got/4, got%4
	}
}
