// Package results tells a line's PLC or MES what was flagged and how it was judged.
//
//	store: item or label ─▶ waiting results (with it, in one commit) ─▶ Forwarder ─▶ Publisher: broker ─▶ taken off
//
// At least once: what the broker has acknowledged is taken off the list afterwards. It waits beside sync and holds up nothing.
package results

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
)

// Defaults of Config.
const (
	DefaultTopic  = "edgelabel/{gateway}/{asset}/{event}"
	DefaultMaxAge = time.Hour
)

const (
	atOnce     = 64 // results of one round
	minBackoff = time.Second
	maxBackoff = time.Minute
	lookAgain  = 10 * time.Second // without a hint
)

// Outbox is what the store keeps for a consumer until it was told.
type Outbox interface {
	// Results lists the oldest that wait. The body is that of a label, and nil where the label has gone.
	Results(ctx context.Context, consumer string, limit int) ([]journal.Entry, error)

	// ResultsDone takes some off the list, durably.
	ResultsDone(ctx context.Context, consumer string, seqs []journal.Seq) error

	// ResultsWaiting counts them.
	ResultsWaiting(ctx context.Context, consumer string) (int, error)
}

// Items looks at an item; the error wraps label.ErrNotFound for one that is gone.
type Items interface {
	Item(ctx context.Context, id string) (label.Row, []label.Label, error)
}

// Publication is one message on its way.
type Publication struct {
	Topic   string
	Payload []byte
	Retain  bool
}

// Publisher sends messages and returns after each was acknowledged; after an error any of them may have arrived.
type Publisher interface {
	Send(ctx context.Context, all []Publication) error
	Close()
}

// Config says what is published and how.
type Config struct {
	Name    string // of the consumer
	Gateway string
	Topic   string        // template with Names in braces
	Events  []Event       // empty is all
	Retain  bool          // the broker keeps the last message of each topic
	MaxAge  time.Duration // what is older when its turn comes is of no use any more: counted and not sent; 0 is DefaultMaxAge

	Outbox    Outbox
	Items     Items
	Publisher Publisher
	Hint      <-chan struct{} // something may be waiting
	Now       func() time.Time
	Log       *slog.Logger
}

// Forwarder publishes what waits for one consumer.
type Forwarder struct {
	cfg    Config
	topic  template
	status box
}

// New checks the configuration and starts nothing.
func New(cfg Config) (*Forwarder, error) {
	t, err := parseTopic(cfg.Topic)
	if err != nil {
		return nil, fmt.Errorf("results %s: %w", cfg.Name, err)
	}
	if cfg.MaxAge == 0 {
		cfg.MaxAge = DefaultMaxAge
	}
	f := &Forwarder{cfg: cfg, topic: t}
	f.status.edit(func(s *Status) { s.Name, s.State, s.Since = cfg.Name, Idle, cfg.Now().UnixNano() })
	return f, nil
}

// Run publishes until ctx ends, and returns nil then. Failures are shown in the status and tried again for ever.
func (f *Forwarder) Run(ctx context.Context) error {
	defer f.cfg.Publisher.Close()
	for failures := 0; ctx.Err() == nil; {
		n, err := f.round(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			failures++
			f.failed(err, failures)
			sleep(ctx, backoff(failures), nil)
		case n < atOnce:
			failures = 0
			sleep(ctx, lookAgain, f.cfg.Hint)
		default:
			failures = 0
		}
	}
	return nil
}

// round sends what waits, up to a number, and tells how many that were.
func (f *Forwarder) round(ctx context.Context) (int, error) {
	list, err := f.cfg.Outbox.Results(ctx, f.cfg.Name, atOnce)
	if err != nil {
		return 0, fmt.Errorf("read what waits: %w", err)
	}
	if len(list) == 0 {
		f.status.edit(func(s *Status) { s.is(Idle, f.cfg.Now()); s.Pending, s.Error = 0, "" })
		return 0, nil
	}
	r, err := f.render(ctx, list)
	if err != nil {
		return 0, err
	}
	f.status.edit(func(s *Status) { s.is(Sending, f.cfg.Now()); s.Oldest = list[0].At })
	if len(r.out) > 0 {
		if err := f.cfg.Publisher.Send(ctx, r.out); err != nil {
			return 0, err
		}
	}
	if err := f.cfg.Outbox.ResultsDone(ctx, f.cfg.Name, r.seqs); err != nil {
		return 0, fmt.Errorf("note what was sent: %w", err)
	}
	return len(list), f.sent(ctx, r)
}

func (f *Forwarder) sent(ctx context.Context, r rendered) error {
	waiting, err := f.cfg.Outbox.ResultsWaiting(ctx, f.cfg.Name)
	if err != nil {
		return fmt.Errorf("count what waits: %w", err)
	}
	now := f.cfg.Now()
	f.status.edit(func(s *Status) {
		s.is(Idle, now)
		s.Error, s.Oldest, s.Pending = "", 0, waiting
		s.Published, s.Expired, s.Gone = s.Published+uint64(len(r.out)), s.Expired+r.expired, s.Gone+r.gone
		if len(r.out) > 0 {
			s.Last = now.UnixNano()
		}
	})
	return nil
}

func (f *Forwarder) failed(err error, failures int) {
	waiting, countErr := f.cfg.Outbox.ResultsWaiting(context.Background(), f.cfg.Name)
	f.status.edit(func(s *Status) {
		s.is(Waiting, f.cfg.Now())
		s.Error, s.Failures = err.Error(), s.Failures+1
		if countErr == nil {
			s.Pending = waiting
		}
	})
	if failures == 1 {
		f.cfg.Log.Warn("results are not published", "consumer", f.cfg.Name, "error", errors.Join(err, countErr))
	}
}

// rendered is one round's messages.
type rendered struct {
	out           []Publication
	seqs          []journal.Seq // of everything that is done with once they are sent
	seen          map[string]bool
	expired, gone uint64
}

// render makes the messages. Those that nobody asked for, that came too late or whose item has gone are done with unsent, as is an item
// that has changed again since and is among them anyway.
func (f *Forwarder) render(ctx context.Context, list []journal.Entry) (rendered, error) {
	r := rendered{seen: map[string]bool{}}
	for _, e := range list {
		if err := f.one(ctx, e, &r); err != nil {
			return r, err
		}
		r.seqs = append(r.seqs, e.Seq)
	}
	return r, nil
}

func (f *Forwarder) one(ctx context.Context, e journal.Entry, r *rendered) error {
	event := ItemEvent
	if e.Kind == journal.Label {
		event = VerdictEvent
	}
	switch {
	case !f.wants(event):
		return nil
	case f.cfg.Now().UnixNano()-e.At > int64(f.cfg.MaxAge):
		r.expired++
		return nil
	}
	m, err := f.message(ctx, e)
	if errors.Is(err, label.ErrNotFound) {
		r.gone++
		return nil
	}
	if err != nil || r.seen[m.ID] {
		return err
	}
	r.seen[m.ID] = true
	p, err := m.encode(f.topic, f.cfg.Retain)
	r.out = append(r.out, p)
	return err
}

func (f *Forwarder) wants(e Event) bool {
	return len(f.cfg.Events) == 0 || slices.Contains(f.cfg.Events, e)
}

func (f *Forwarder) message(ctx context.Context, e journal.Entry) (*Message, error) {
	id := e.Key
	var l label.Label
	if e.Kind == journal.Label {
		if e.Body == nil {
			return nil, label.ErrNotFound
		}
		if err := json.Unmarshal(e.Body, &l); err != nil {
			return nil, fmt.Errorf("label %s: %w", e.Key, err)
		}
		id = l.Item
	}
	row, _, err := f.cfg.Items.Item(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("item %s: %w", id, err)
	}
	if e.Kind == journal.Label {
		return ofLabel(f.cfg.Gateway, &row.Item, &l), nil
	}
	return ofItem(f.cfg.Gateway, &row.Item, e.At), nil
}

// backoff is a random part of a wait that doubles.
func backoff(failures int) time.Duration {
	ceiling := min(minBackoff<<min(failures-1, 10), maxBackoff)
	return time.Duration((0.5 + rand.Float64()/2) * float64(ceiling))
}

// sleep returns when the time is over, ctx ends or a hint comes.
func sleep(ctx context.Context, d time.Duration, hint <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-hint:
	case <-ctx.Done():
	}
}
