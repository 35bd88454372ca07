package uplink

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"
)

// Defaults of Config.
const (
	DefaultMaxBatchBytes   = 64 << 20
	DefaultMaxBatchEntries = 1000
	DefaultLinger          = time.Second
	DefaultPoll            = 30 * time.Second
	DefaultBackoffMin      = time.Second
	DefaultBackoffMax      = time.Minute
	DefaultUploads         = 4
)

// Config is what a Forwarder needs. Gateway, Name, Target, Outbox and Blobs are required; zero means the default elsewhere.
type Config struct {
	Gateway string // id, unique at the centre
	Site    string // of labels, and of items that name none
	Line    string
	Version string // of this program, for the advisory state
	Epoch   uint64 // starts a new chain of batches; an operator raises it after a clone or a restore. 0 is 1
	Name    string // of the target, the outbox's key

	Target    Target
	Outbox    Outbox
	Blobs     Blobs
	Items     Items           // looks at the items that entries speak of; required with Rules
	Progress  Progress        // counts what waits, for the status; may be nil
	Journaled <-chan struct{} // a hint that there are new entries; this forwarder alone receives from it. May be nil

	MaxBatchBytes   int64         // of bodies, images and windows; a single larger entry still goes, alone
	MaxBatchEntries int           // memory and retry cost are bounded by it
	Linger          time.Duration // how long to gather entries after a hint
	Poll            time.Duration // how often to look without a hint
	BackoffMin      time.Duration // full jitter between 0 and a bound that doubles from here
	BackoffMax      time.Duration
	Uploads         int // images on their way at the same time

	Limit   func(time.Time) int64 // bytes per second now; 0 is no limit, less than 0 sends nothing. nil is no limit
	Metered bool                  // only labels and the items that they judge leave
	Zstd    bool                  // pack rows with zstd instead of gzip
	Budget  *Budget               // of retries, shared by all targets; nil sets none
	// Thumbnail is a small JPEG of a picture, by its SHA-256: it goes ahead of the picture. The same picture gives the same bytes. nil: none go.
	Thumbnail func(ctx context.Context, sha256 string) ([]byte, error)

	Rules *Rules // what may leave for this target; nil: everything
	Audit Audit  // is told what is withheld; may be nil

	Now  func() time.Time
	Rand func() float64 // 0..1
	Log  *slog.Logger
}

func (c *Config) check() error {
	if c.Gateway == "" || c.Name == "" || c.Target == nil || c.Outbox == nil || c.Blobs == nil {
		return errors.New("forwarder: gateway, name, target, outbox and blobs are required")
	}
	if (c.Rules != nil || c.Thumbnail != nil) && c.Items == nil {
		return errors.New("forwarder: rules and thumbnails need items")
	}
	return nil
}

func (c *Config) setDefaults() {
	c.Epoch = cmp.Or(c.Epoch, 1)
	c.MaxBatchBytes = cmp.Or(c.MaxBatchBytes, DefaultMaxBatchBytes)
	c.MaxBatchEntries = cmp.Or(c.MaxBatchEntries, DefaultMaxBatchEntries)
	c.Linger = cmp.Or(c.Linger, DefaultLinger)
	c.Poll = cmp.Or(c.Poll, DefaultPoll)
	c.BackoffMin = cmp.Or(c.BackoffMin, DefaultBackoffMin)
	c.BackoffMax = cmp.Or(c.BackoffMax, DefaultBackoffMax)
	c.Uploads = cmp.Or(c.Uploads, DefaultUploads)
	c.Log = cmp.Or(c.Log, slog.Default())
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Float64
	}
}
