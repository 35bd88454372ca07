package mqtt

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"edgelabel/agent/series"
)

const (
	subscribeTimeout = 10 * time.Second
	refusal          = 0x80 // return code of a SUBACK
)

// begin makes the broker's session hold exactly our filters, and records what was lost while it could not hold messages for us.
func (s *session) begin(ctx context.Context, present bool) error {
	if !present {
		s.memory.forget()
		s.state.Lost = s.state.Lost || s.state.Complete != 0
	}
	s.saveState()
	filters := s.dialect.Filters()
	if err := s.unsubscribe(ctx, filters); err != nil {
		return err
	}
	if err := s.subscribe(ctx, filters); err != nil {
		return err
	}
	if err := s.recordGap(ctx); err != nil {
		return err
	}
	if err := s.publish(ctx, s.dialect.Connected(s.cfg.Now().UnixNano())); err != nil {
		return err
	}
	s.state.Lost, s.state.Complete = false, s.cfg.Now().UnixNano()
	s.saveState()
	return nil
}

// unsubscribe ends what an earlier configuration asked for: a persistent session would deliver it for ever.
func (s *session) unsubscribe(ctx context.Context, filters map[string]byte) error {
	old := slices.DeleteFunc(slices.Clone(s.state.Filters), func(f string) bool { _, still := filters[f]; return still })
	if len(old) == 0 {
		return nil
	}
	if err := s.wait(ctx, s.client.Unsubscribe(old...)); err != nil {
		return fmt.Errorf("unsubscribe %d filters: %w", len(old), err)
	}
	return nil
}

func (s *session) subscribe(ctx context.Context, filters map[string]byte) error {
	token := s.client.SubscribeMultiple(filters, nil)
	if err := s.wait(ctx, token); err != nil {
		return fmt.Errorf("subscribe %d filters: %w", len(filters), err)
	}
	granted := token.(*paho.SubscribeToken).Result()
	s.state.Filters = s.state.Filters[:0]
	for f := range filters {
		if code, answered := granted[f]; !answered || code == refusal {
			s.status.Problem(problemKey(f), "the broker refused the subscription")
			continue
		}
		s.status.Problem(problemKey(f), "")
		s.state.Filters = append(s.state.Filters, f)
	}
	slices.Sort(s.state.Filters)
	s.saveState()
	if len(s.state.Filters) == 0 {
		return fmt.Errorf("subscribe: the broker refused all %d filters", len(filters))
	}
	return nil
}

// publish sends what a dialect has to say. An acknowledgement is waited for, where there is one.
func (s *session) publish(ctx context.Context, all []Publication) error {
	for _, p := range all {
		if err := s.wait(ctx, s.client.Publish(p.Topic, p.QoS, p.Retain, p.Payload)); err != nil {
			return fmt.Errorf("publish %s: %w", problemKey(p.Topic), err)
		}
	}
	return nil
}

// wait for a broker's answer. A connection that is lost meanwhile reports so.
func (s *session) wait(ctx context.Context, t paho.Token) error {
	timeout := time.NewTimer(subscribeTimeout)
	defer timeout.Stop()
	select {
	case <-t.Done():
		return t.Error()
	case err := <-s.gone:
		return &lostError{err}
	case <-timeout.C:
		return errors.New("no answer from the broker")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// recordGap is for what no broker kept for us: everything when it lost the session, otherwise what is subscribed at QoS 0.
func (s *session) recordGap(ctx context.Context) error {
	g := series.Gap{Source: s.cfg.Name, From: s.state.Complete, To: s.cfg.Now().UnixNano(), Reason: series.GapDisconnected}
	switch {
	case s.state.Complete == 0: // never connected before
		return nil
	case s.state.Lost:
		g.Detail = "the broker had lost the session"
	case s.state.Unkept:
		g.Detail = "a broker keeps no messages at QoS 0"
	default:
		return nil
	}
	return s.gap(ctx, g)
}

func (s *session) gap(ctx context.Context, g series.Gap) error {
	if err := s.sink.Gap(ctx, g); err != nil {
		return fmt.Errorf("record gap: %w", err)
	}
	s.status.Gap(g.Reason)
	return nil
}
