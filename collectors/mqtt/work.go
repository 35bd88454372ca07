package mqtt

import (
	"context"
	"fmt"
	"strings"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"edgelabel/agent/series"
)

const (
	maxBatch  = 256 // messages
	maxKey    = 200 // bytes of a topic on the status page
	maxTopics = 200 // topics with a problem
	saveEvery = time.Minute
)

// lostError is the end of a connection that was up.
type lostError struct{ err error }

func (e *lostError) Error() string { return e.err.Error() }

// missed counts messages at QoS 0 for which there was no room: the broker will not send them again.
type missed struct {
	n        int
	from, to int64 // UTC ns
}

// batch is what one call of the sink carries.
type batch struct {
	samples    []series.Sample
	deliveries []*delivery
	arrivals   []*arrival
}

// work hands messages to the sink until the connection ends, the sink fails, or the inbox has run over and is empty again.
func (s *session) work(ctx context.Context) error {
	for {
		if s.overflow.Load() && len(s.inbox) == 0 {
			s.overflows.Add(1)
			return errOverflow
		}
		select {
		case d := <-s.inbox:
			if err := s.take(ctx, d); err != nil {
				return err
			}
		case r := <-s.pictures.refused:
			s.refuse(r)
		case err := <-s.gone:
			return &lostError{err}
		case err := <-s.refused:
			return fmt.Errorf("store: %w", err)
		case <-ctx.Done():
			return nil
		}
	}
}

// take hands over one message and those that wait behind it. It never waits for more: the broker may send none until these are
// acknowledged.
func (s *session) take(ctx context.Context, d *delivery) error {
	var b batch
	for {
		s.release(d)
		if err := s.add(ctx, &b, d); err != nil {
			return err
		}
		if len(b.deliveries) >= maxBatch || len(s.inbox) == 0 {
			break
		}
		d = <-s.inbox
	}
	if err := s.flush(ctx, &b); err != nil {
		return err
	}
	s.remember()
	return s.reportMissed(ctx)
}

// release makes room in the inbox.
func (s *session) release(d *delivery) {
	s.queued.Add(-footprint(d.Payload))
	select {
	case s.taken <- struct{}{}:
	default: // nobody has looked since the last
	}
}

// add decodes a message into the batch. A picture goes to the sink at once, after the samples that came before it.
func (s *session) add(ctx context.Context, b *batch, d *delivery) error {
	if d.Retained && !s.cfg.AcceptRetained {
		s.status.Reject(reasonRetains)
		b.deliveries = append(b.deliveries, d)
		return nil
	}
	a, repeated := s.memory.arrived(d, s.connections)
	if repeated {
		s.status.Duplicate(1)
		b.deliveries = append(b.deliveries, d)
		return nil
	}
	s.state.Unkept = s.state.Unkept || d.id == 0 && !d.Retained
	got := s.decode(d)
	s.report(d, got.Rejected)
	s.bury(d, got.Rejected)
	if err := s.aside(ctx, b, got); err != nil {
		return err
	}
	if got.Picture != nil {
		return s.picture(ctx, b, d, a, *got.Picture)
	}
	b.deliveries = append(b.deliveries, d)
	b.samples = append(b.samples, got.Samples...)
	if a != nil {
		b.arrivals = append(b.arrivals, a)
	}
	return nil
}

// aside is what a message brings besides its values. The values before it go first.
func (s *session) aside(ctx context.Context, b *batch, got Decoded) error {
	for _, p := range got.Problems {
		s.status.Problem(problemKey(p.What), p.Text)
	}
	if len(got.Gaps) > 0 {
		if err := s.flush(ctx, b); err != nil {
			return err
		}
	}
	for _, g := range got.Gaps {
		if err := s.gap(ctx, g); err != nil {
			return err
		}
	}
	return s.publish(ctx, got.Publish)
}

func (s *session) decode(d *delivery) Decoded {
	if d.dropped > 0 {
		return refuse(tooLarge(d.dropped, s.cfg.MaxPayload))
	}
	return s.dialect.Decode(d.Message)
}

// flush hands the batch to the sink, which acknowledges it once it is on disk.
func (s *session) flush(ctx context.Context, b *batch) error {
	full := *b
	*b = batch{}
	if len(full.deliveries) == 0 {
		return nil
	}
	s.ledger.hand(len(full.deliveries))
	if len(full.samples) == 0 { // rejected or repeated
		s.settled(full, nil)
		return nil
	}
	count := len(full.samples)
	if err := s.sink.Samples(ctx, full.samples, func(err error) { s.settled(full, err) }); err != nil {
		s.ledger.drop(len(full.deliveries))
		return fmt.Errorf("hand %d samples over: %w", count, err)
	}
	s.status.Took(count)
	return nil
}

// settled is the sink's answer to a batch. It may come from any goroutine, also after the connection has ended.
func (s *session) settled(b batch, err error) {
	if err != nil {
		s.ledger.drop(len(b.deliveries))
		s.fail(err)
		return
	}
	s.memory.stored(b.arrivals)
	s.ledger.settle(b.deliveries)
}

// fail ends the connection because the sink could not store.
func (s *session) fail(err error) {
	select {
	case s.refused <- err:
	default: // one is enough
	}
}

// report counts what cannot be stored and shows the last of it for each topic. A message without faults clears its topic.
func (s *session) report(d *delivery, rejected []*Rejection) {
	key := problemKey(d.Topic)
	if len(rejected) == 0 {
		if s.trouble[key] {
			delete(s.trouble, key)
			s.status.Problem(key, "")
		}
		return
	}
	for _, r := range rejected {
		s.status.Reject(r.Reason)
	}
	if len(s.trouble) >= maxTopics && !s.trouble[key] {
		return
	}
	s.trouble[key] = true
	s.status.Problem(key, rejected[0].Text+"; payload "+excerpt(d.Payload))
}

// remember notes from time to time until when the stream is complete, for the gap record should the broker lose our session.
func (s *session) remember() {
	now := s.cfg.Now()
	s.state.Complete = now.UnixNano()
	if now.Sub(s.saved) >= saveEvery {
		s.saved = now
		s.saveState()
	}
}

func (s *session) miss(m paho.Message) {
	if m.Qos() > 0 || m.Retained() {
		return // comes again
	}
	now := s.cfg.Now().UnixNano()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.missed.n == 0 {
		s.missed.from = now
	}
	s.missed.n, s.missed.to = s.missed.n+1, now
}

func (s *session) reportMissed(ctx context.Context) error {
	s.mu.Lock()
	m := s.missed
	s.missed = missed{}
	s.mu.Unlock()
	if m.n == 0 {
		return nil
	}
	return s.gap(ctx, series.Gap{
		Source: s.cfg.Name, From: m.from, To: m.to, Reason: series.GapOverflow,
		Detail: fmt.Sprintf("%d messages at QoS 0 arrived faster than they could be stored", m.n),
	})
}

// problemKey makes a topic or filter fit for the status page.
func problemKey(topic string) string {
	return strings.ToValidUTF8(topic[:min(len(topic), maxKey)], "\uFFFD")
}
