package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"edgelabel/agent/journal"
	"edgelabel/sync/uplink"
)

// Defaults of Follow.
const (
	DefaultPoll = 5 * time.Second
	backoffMin  = 2 * time.Second
	backoffMax  = 5 * time.Minute
)

// Receipts says what is at the centre.
type Receipts interface {
	// Last returns the target's newest receipt; ok is false before the first.
	Last(ctx context.Context, target string) (r journal.Receipt, ok bool, err error)
}

// FollowConfig is what a Follower needs; all but Poll, Rand and Log are required.
type FollowConfig struct {
	Database Config
	Gateway  string
	Name     string // of the target, as Receipts knows it
	Target   uplink.Target
	Receipts Receipts
	Poll     time.Duration  // how often to look for a new receipt
	Rand     func() float64 // 0..1
	Log      *slog.Logger
}

// State is a snapshot for the status page and the metrics.
type State struct {
	Error    string // of the last attempt; empty after a good one
	Number   uint64 // of the last batch that is in the catalogue
	Behind   uint64 // batches of this epoch that are at the centre and not in the catalogue
	Batches  uint64 // counters since the start
	Failures uint64
}

// Follower brings each batch of this gateway into the catalogue after it is at the centre. It reads the batch back from there, so that a
// catalogue that was fed is the same as one that was made from the bucket. Whether it can does not matter to the way to the centre.
type Follower struct {
	cfg FollowConfig

	mu    sync.Mutex
	state State
}

// NewFollower checks the configuration and connects to nothing.
func NewFollower(cfg FollowConfig) (*Follower, error) {
	if _, err := Parse(cfg.Database); err != nil {
		return nil, err
	}
	if cfg.Poll == 0 {
		cfg.Poll = DefaultPoll
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Float64
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return &Follower{cfg: cfg}, nil
}

// State may be called at any time.
func (f *Follower) State() State {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

func (f *Follower) edit(change func(*State)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.state)
}

// Run follows until the context ends, and returns nil then. Failures are retried for ever, with full jitter.
func (f *Follower) Run(ctx context.Context) error {
	for failures := 0; ctx.Err() == nil; {
		before := f.State().Batches
		err := f.follow(ctx)
		if ctx.Err() != nil {
			break
		}
		if failures++; f.State().Batches > before {
			failures = 1
		}
		f.failed(ctx, err)
		f.cfg.Log.Warn("catalogue not fed", "error", err)
		bound := min(backoffMin<<min(failures-1, 10), backoffMax)
		wait(ctx, time.Duration(f.cfg.Rand()*float64(bound)))
	}
	return nil
}

// failed notes an error, and how much the catalogue lacks by now.
func (f *Follower) failed(ctx context.Context, why error) {
	r, ok, err := f.cfg.Receipts.Last(ctx, f.cfg.Name)
	f.edit(func(s *State) {
		s.Error, s.Failures = why.Error(), s.Failures+1
		if err == nil && ok && s.Number > 0 && r.Number > s.Number {
			s.Behind = r.Number - s.Number
		}
	})
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// follow catches up with what is at the centre and then brings batch after batch, over one connection, until something fails.
func (f *Follower) follow(ctx context.Context) error {
	c, err := Open(ctx, f.cfg.Database)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Check(ctx); err != nil {
		return err
	}
	at, err := c.Position(ctx, f.cfg.Gateway)
	if err != nil {
		return err
	}
	err = uplink.EachBatch(ctx, f.cfg.Target, f.cfg.Gateway, at, func(b *uplink.Contents) error { return f.load(ctx, c, at, b) })
	for err == nil && ctx.Err() == nil {
		if err = f.catchUp(ctx, c, at); err == nil {
			f.edit(func(s *State) { s.Error = "" })
			wait(ctx, f.cfg.Poll)
		}
	}
	return err
}

// catchUp brings what the newest receipt says is at the centre.
func (f *Follower) catchUp(ctx context.Context, c *Catalogue, at map[uint64]uint64) error {
	if err := c.conn.Ping(ctx); err != nil {
		return fmt.Errorf("catalogue: %w", err)
	}
	r, ok, err := f.cfg.Receipts.Last(ctx, f.cfg.Name)
	if err != nil || !ok {
		return err
	}
	for at[r.Epoch] < r.Number {
		f.edit(func(s *State) { s.Behind = r.Number - at[r.Epoch] })
		b, err := uplink.ReadBatch(ctx, f.cfg.Target, f.cfg.Gateway, r.Epoch, at[r.Epoch]+1)
		if err != nil {
			return err
		}
		if err := f.load(ctx, c, at, b); err != nil {
			return err
		}
	}
	f.edit(func(s *State) { s.Number, s.Behind = at[r.Epoch], 0 })
	return nil
}

var errForeign = errors.New("a manifest of another gateway")

func (f *Follower) load(ctx context.Context, c *Catalogue, at map[uint64]uint64, b *uplink.Contents) error {
	if b.Gateway != f.cfg.Gateway {
		return fmt.Errorf("%s: %w", b.Key, errForeign)
	}
	if err := c.Load(ctx, b); err != nil {
		return err
	}
	at[b.Epoch] = b.Number
	f.edit(func(s *State) { s.Number, s.Batches = b.Number, s.Batches+1 })
	return nil
}
