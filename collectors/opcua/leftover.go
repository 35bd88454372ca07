package opcua

import (
	"context"
	"time"

	"github.com/gopcua/opcua"

	"edgelabel/collectors"
)

// dismissTimeout is what ending a session of before may take: the server answered a moment ago.
const dismissTimeout = 5 * time.Second

// open connects, and first ends the session that a lost connection has left at the server. A server keeps such a session, with everything
// that it watches, until it times out. A server that allows few sessions or monitored items would refuse the next one meanwhile, and a
// line that fails again and again would fill up any server.
func (c *Collector) open(ctx context.Context, status *collectors.Status) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	s, err := reach(ctx, c.cfg, status.Problem)
	if err != nil {
		return nil, err
	}
	if c.left != nil {
		err := s.dismiss(ctx, c.left)
		c.cfg.Log.Debug("ended the session of the connection before", "source", c.cfg.Name, "err", err) // else it ends by itself
		c.left = nil
	}
	if err := s.enter(ctx, true); err != nil {
		return nil, err
	}
	return s, nil
}

// dismiss takes over a session on a channel of its own, which proves that it is ours, and closes it with its subscriptions.
func (s *session) dismiss(ctx context.Context, left *opcua.Session) error {
	ctx, cancel := context.WithTimeout(ctx, dismissTimeout)
	defer cancel()
	dial := newDialer(ctx)
	defer dial.release()
	client, err := s.newClient(dial)
	if err != nil {
		return err
	}
	return guard(func() error {
		if err := client.Dial(ctx); err != nil {
			return err
		}
		defer func() { _ = client.Close(ctx) }() // never an error: what it cannot close the server forgets in time
		return client.ActivateSession(ctx, left)
	})
}
