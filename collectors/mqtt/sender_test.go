package mqtt_test

import (
	"context"
	"fmt"
	"testing"

	paho "github.com/eclipse/paho.mqtt.golang"

	"edgelabel/collectors/collectortest"
	"edgelabel/collectors/mqtt"
)

// TestSenderIsHeardByTheBroker sends through a real broker that goes away and comes back in between.
func TestSenderIsHeardByTheBroker(t *testing.T) {
	m := newMosquitto(t)
	m.start(t)
	s, err := mqtt.NewSender(mqtt.Config{Name: "mes", URL: m.url(), ClientID: "results"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	heard := make(chan string, 1000)
	listen := func() paho.Client {
		c := paho.NewClient(paho.NewClientOptions().AddBroker(m.url()).SetClientID("plc").SetAutoReconnect(false))
		if token := c.Connect(); !token.WaitTimeout(patience) || token.Error() != nil {
			t.Fatal(token.Error())
		}
		token := c.Subscribe("line/#", 1, func(_ paho.Client, m paho.Message) { heard <- m.Topic() + " " + string(m.Payload()) })
		if !token.WaitTimeout(patience) || token.Error() != nil {
			t.Fatal(token.Error())
		}
		return c
	}
	send := func(from, to int) error {
		var all []mqtt.Publication
		for n := from; n < to; n++ {
			all = append(all, mqtt.Publication{Topic: "line/x", Payload: fmt.Appendf(nil, "%d", n)})
		}
		return s.Send(t.Context(), all)
	}
	plc := listen()
	if err := send(0, 200); err != nil {
		t.Fatal(err)
	}
	for n := range 200 {
		if got := <-heard; got != fmt.Sprintf("line/x %d", n) {
			t.Fatalf("message %d is %q", n, got)
		}
	}
	plc.Disconnect(100)
	m.stop()
	if err := send(200, 201); err == nil {
		t.Error("sent without a broker")
	}
	m.start(t)
	plc = listen()
	defer plc.Disconnect(100)
	collectortest.Eventually(t, "the sender finds the broker again", func() bool { return send(200, 201) == nil }, nil)
	if got := <-heard; got != "line/x 200" {
		t.Errorf("after the broker came back: %q", got)
	}
}

// TestSenderDoesNotTakeALostConnectionForAnAnswer has the broker leave without a PUBACK.
func TestSenderDoesNotTakeALostConnectionForAnAnswer(t *testing.T) {
	b := newBroker(t)
	s, err := mqtt.NewSender(mqtt.Config{Name: "mes", URL: b.url(), ClientID: "results"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sent := make(chan error, 1)
	go func() { sent <- s.Send(t.Context(), []mqtt.Publication{{Topic: "a", Payload: []byte("1")}}) }()
	p := b.greet()
	p.read() // the PUBLISH
	p.conn.Close()
	if err := <-sent; err == nil {
		t.Error("a message that was never acknowledged counts as sent")
	}

	ctx, cancel := context.WithCancel(t.Context())
	go func() { sent <- s.Send(ctx, []mqtt.Publication{{Topic: "a", Payload: []byte("1")}}) }()
	b.greet().read()
	cancel()
	if err := <-sent; err == nil {
		t.Error("stopped while waiting, and counts as sent")
	}
}

func TestSenderChecksItsConnection(t *testing.T) {
	for _, cfg := range []mqtt.Config{
		{Name: "mes", URL: "http://x", ClientID: "c"}, {Name: "mes", URL: "tcp://x:1"}, {URL: "tcp://x:1", ClientID: "c"},
	} {
		if _, err := mqtt.NewSender(cfg); err == nil {
			t.Errorf("no error for name %q, url %q, client id %q", cfg.Name, cfg.URL, cfg.ClientID)
		}
	}
}
