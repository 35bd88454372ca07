package store

import (
	"crypto/rand"
	"io"
	"log/slog"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Defaults. Budgets are in bytes.
const (
	DefaultSeries   = 4 << 30
	DefaultImages   = 8 << 30
	DefaultWindows  = 1 << 30
	DefaultIndex    = 1 << 30
	DefaultAside    = 1 << 30
	DefaultJournal  = 256 << 20
	DefaultMinFree  = 1 << 30
	DefaultReserve  = 32 << 20
	DefaultSegment  = 4 << 20
	DefaultShrink   = 64 << 20
	DefaultQueue    = 4096
	DefaultGaps     = 100_000
	DefaultKeep     = 10 * time.Second
	DefaultOrphan   = 10 * time.Minute
	DefaultLockWait = 2 * time.Second
)

// Options says how the store behaves. Zero values take the defaults.
type Options struct {
	Series     int64 // budget of raw samples
	Images     int64 // budget of pictures
	Windows    int64 // budget of frozen windows
	Index      int64 // most that index.db may grow to
	Quarantine int64 // budget of what was set aside because it could not be read; the newest index stays also above it
	Shrink     int64 // bytes of index.db in use or free above which Open writes it anew when most are free
	Journal    int64 // bytes of the journal above which it is rewritten to what still counts
	MinFree    int64 // bytes of the disk to leave free: below it, samples go first; negative turns it off
	Reserve    int64 // bytes held for labels and records of what is dropped, which are still taken on a full disk; negative turns it off

	Segment  int64         // bytes of a raw segment
	Queue    int           // requests that may wait for a writer
	Gaps     int           // recorded gaps that are kept for reading windows
	Keep     time.Duration // how often budgets are looked at
	Orphan   time.Duration // how long a picture may wait for an item before it may be evicted
	LockWait time.Duration // how long Open waits for another process to let go

	Targets       []string       // names of the sync targets; an item is synced when every one has it
	Results       []string       // names of those who are told of items and labels as they come, beside sync
	SyncUnlabeled bool           // journal items as soon as they are settled, not with their first label
	Epoch         uint64         // the least epoch to number batches in; 0 keeps what the index has
	Taxonomy      label.Taxonomy // the first revision where there is none
	Tags          []series.Tag   // names, units and rates of signals

	Now   func() time.Time
	Clock func() Clock // goes into every record, see SystemClock; nil writes none
	Rand  io.Reader    // for the ids of labels; nil is crypto/rand
	Log   *slog.Logger
	Probe func(path string) error // checks an index file after an unclean stop, best in a process of its own; nil opens it directly
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		field *int64
		value int64
	}{
		{&o.Series, DefaultSeries},
		{&o.Images, DefaultImages},
		{&o.Windows, DefaultWindows},
		{&o.Index, DefaultIndex},
		{&o.Quarantine, DefaultAside},
		{&o.Shrink, DefaultShrink},
		{&o.Journal, DefaultJournal},
		{&o.MinFree, DefaultMinFree},
		{&o.Reserve, DefaultReserve},
		{&o.Segment, DefaultSegment},
		{(*int64)(&o.Keep), int64(DefaultKeep)},
		{(*int64)(&o.Orphan), int64(DefaultOrphan)},
		{(*int64)(&o.LockWait), int64(DefaultLockWait)},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if o.Queue <= 0 {
		o.Queue = DefaultQueue
	}
	if o.Gaps <= 0 {
		o.Gaps = DefaultGaps
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}
