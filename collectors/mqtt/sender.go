package mqtt

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

const sendTimeout = 15 * time.Second // for a connection, and for the answers to one call of Send

var errLostWhileSending = errors.New("connection lost before the broker had answered")

// Sender publishes messages of our own at QoS 1. It connects when there is something to say and keeps the connection; after a failure it
// makes a new one. Its methods must not be called at the same time.
type Sender struct {
	cfg    Config
	client paho.Client // nil while there is no connection
	gone   chan error
}

// NewSender checks what cfg says about the connection; the rest is not looked at. It does not connect.
func NewSender(cfg Config) (*Sender, error) {
	cfg.setDefaults()
	if err := errors.Join(cfg.checkBroker()...); err != nil {
		return nil, fmt.Errorf("mqtt publisher %q: %w", cfg.Name, err)
	}
	return &Sender{cfg: cfg}, nil
}

// Send publishes all in their order and returns after the broker has acknowledged each. After an error any of them may have arrived: they
// are to be sent again. With nothing to publish it only sees to the connection.
func (s *Sender) Send(ctx context.Context, all []Publication) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err := s.connect(ctx)
	if err == nil {
		err = s.publish(ctx, all)
	}
	if err != nil {
		s.Close()
		return fmt.Errorf("mqtt %s: %w", withoutPassword(s.cfg.URL), err)
	}
	return nil
}

// Close ends the connection. Twice is harmless, and Send makes a new one.
func (s *Sender) Close() {
	if s.client != nil {
		s.client.Disconnect(goodbye)
		s.client = nil
	}
}

func (s *Sender) publish(ctx context.Context, all []Publication) error {
	tokens := make([]paho.Token, len(all))
	for i, p := range all {
		tokens[i] = s.client.Publish(p.Topic, 1, p.Retain, p.Payload)
	}
	for i, t := range tokens {
		select {
		case <-t.Done():
		case err := <-s.gone:
			return errors.Join(errLostWhileSending, err)
		case <-ctx.Done():
			return fmt.Errorf("publish %s: no answer: %w", problemKey(all[i].Topic), ctx.Err())
		}
		if err := t.Error(); err != nil {
			return fmt.Errorf("publish %s: %w", problemKey(all[i].Topic), err)
		}
	}
	if !s.client.IsConnectionOpen() { // a token may end well because its connection ended
		return errLostWhileSending
	}
	return nil
}

func (s *Sender) connect(ctx context.Context) error {
	if s.client != nil && s.client.IsConnectionOpen() {
		return nil
	}
	s.Close()
	conf, err := s.cfg.TLS.config()
	if err != nil {
		return err
	}
	gone := make(chan error, 1)
	opts := s.cfg.options().SetCleanSession(true).
		SetConnectionLostHandler(func(_ paho.Client, err error) { gone <- err }).
		SetCustomOpenConnectionFn(func(u *url.URL, _ paho.ClientOptions) (net.Conn, error) {
			conn, err := dial(ctx, u, conf)
			if err != nil {
				return nil, err
			}
			return newGuard(conn, s.cfg.MaxPayload, func(string, droppedPacket) {}), nil
		})
	client := paho.NewClient(opts)
	token := client.Connect()
	select {
	case <-token.Done():
	case <-ctx.Done():
		client.Disconnect(0)
		return fmt.Errorf("connect: %w", ctx.Err())
	}
	if err := token.Error(); err != nil {
		return fmt.Errorf("connect: %w", whyNot(err))
	}
	s.client, s.gone = client, gone
	return nil
}
