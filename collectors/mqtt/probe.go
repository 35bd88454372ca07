package mqtt

import (
	"context"
	"fmt"
	"net"
	"net/url"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// Probe connects and signs in once, under a client id of its own and with a session that ends with it, so that nothing is taken from
// the session of the agent. It subscribes to nothing.
func Probe(ctx context.Context, cfg Config) error {
	c, err := New(cfg)
	if err != nil {
		return err
	}
	conf, err := cfg.TLS.config()
	if err != nil {
		return err
	}
	s := &session{Collector: c}
	opts := s.options().SetClientID(cfg.ClientID + "-probe").SetCleanSession(true).
		SetDefaultPublishHandler(func(paho.Client, paho.Message) {}).SetConnectionLostHandler(func(paho.Client, error) {}).
		SetCustomOpenConnectionFn(func(u *url.URL, _ paho.ClientOptions) (net.Conn, error) { return dial(ctx, u, conf) })
	client := paho.NewClient(opts)
	defer client.Disconnect(goodbye)
	token := client.Connect()
	select {
	case <-token.Done():
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := token.Error(); err != nil {
		return fmt.Errorf("mqtt %s: %w", withoutPassword(cfg.URL), whyNot(err))
	}
	return nil
}
