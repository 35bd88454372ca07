package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
)

// Broker is an MQTT broker inside the program, which one user may read.
type Broker struct {
	server *mqtt.Server
	url    string
}

// NewBroker listens on a free port of the loopback interface. Serve begins to answer.
func NewBroker(user, password string) (*Broker, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("demo broker: %w", err)
	}
	server := mqtt.New(&mqtt.Options{InlineClient: true, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	ledger := &auth.Ledger{Auth: auth.AuthRules{{Username: auth.RString(user), Password: auth.RString(password), Allow: true}}}
	if err := server.AddHook(new(auth.Hook), &auth.Options{Ledger: ledger}); err != nil {
		return nil, fmt.Errorf("demo broker: %w", err)
	}
	if err := server.AddListener(listeners.NewNet("demo", l)); err != nil {
		return nil, fmt.Errorf("demo broker: %w", err)
	}
	return &Broker{server: server, url: "tcp://" + l.Addr().String()}, nil
}

// URL is where the broker listens.
func (b *Broker) URL() string { return b.url }

// Serve starts to answer and returns.
func (b *Broker) Serve() error { return b.server.Serve() }

// Close ends every connection.
func (b *Broker) Close() error { return b.server.Close() }

// Publish sends the readings that come over MQTT.
func (b *Broker) Publish(r Reading, oil bool) error {
	if err := b.send("demo/press1/vibration", map[string]any{"rms": round(r.Vibration, 3), "ts": r.At.UnixMilli()}); err != nil {
		return err
	}
	if !oil {
		return nil
	}
	return b.send("demo/press1/oil", map[string]any{"temperature": round(r.Temperature, 2), "ts": r.At.UnixMilli()})
}

func (b *Broker) send(topic string, message map[string]any) error {
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return b.server.Publish(topic, body, false, 1)
}
