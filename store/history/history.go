// Package history keeps raw samples in append-only segment files, bounded by whoever calls Drop.
//
//	Append ─▶ queue ─▶ writer: one block and one sync for all that wait ─▶ N.raw ─▶ seal: by tag and time, with index and pyramid ─▶ N.seg
//	                                                                         └──────────── Read, Reduce ────────────────────────────┘
package history

import (
	"context"
	"sync"

	"edgelabel/agent/series"
	"edgelabel/store/block"
	"edgelabel/store/frame"
	"edgelabel/store/queue"
)

// Defaults.
const (
	DefaultSegment = 4 << 20 // bytes of a raw segment before it is sealed
	DefaultQueue   = 4096    // Appends that may wait for the writer
)

// Headers of the two kinds of segment.
const (
	rawHeader    = "ELRAWSG1"
	sealedHeader = "ELSEALD2"
	sealedBefore = "ELSEALD1" // of version 1: without a pyramid
)

// Config says where the segments are. Zero values take the defaults.
type Config struct {
	Dir        string       // of the segments; exists
	Quarantine string       // of what cannot be read; exists
	Segment    int64        // bytes
	Queue      int          // Appends
	Codec      *block.Codec // nil makes one; an encoder takes more than a MiB

	Admit func() error             // an error turns samples away before they are written; asked before each commit; nil takes all
	Rate  func(tag string) float64 // Hz, of the points of a tag's waves, 0 where it has none; nil: no tag has
}

// History is the store of samples.
type History struct {
	cfg    Config
	codec  *block.Codec
	queue  *queue.Queue[request]
	rolled chan struct{}

	log    *frame.Log      // of the newest segment; set by the writer, under mu
	newest *segment        // that it writes to; the same
	last   uint64          // highest number ever used; writer only
	ends   ends            // writer only
	owed   []series.Sample // ends that become samples with the next commit; writer only

	files sync.RWMutex // read-locked while segment files are read, locked while one is replaced or removed

	mu       sync.Mutex
	segments []*segment // by number; the newest is written to
	latest   map[string]series.Sample
	commits  uint64
	samples  uint64
	sealErr  error // of the newest attempt that went wrong
	unknown  int   // sealed segments that Open had to read

	// carry is the number of the first raw segment that has to stay because the newest lacks ends that it has; 0: none. Set by the writer.
	carry uint64
}

type request struct {
	samples []series.Sample
	ends    []series.Sample
	done    func(error)
}

// Open reads what the segment files hold about themselves, cuts torn tails and returns what was wrong.
func Open(cfg Config) (*History, []frame.Damage, error) {
	if cfg.Segment <= 0 {
		cfg.Segment = DefaultSegment
	}
	if cfg.Queue <= 0 {
		cfg.Queue = DefaultQueue
	}
	if cfg.Rate == nil {
		cfg.Rate = func(string) float64 { return 0 }
	}
	if cfg.Codec == nil {
		codec, err := block.NewCodec()
		if err != nil {
			return nil, nil, err
		}
		cfg.Codec = codec
	}
	h := &History{
		cfg: cfg, codec: cfg.Codec, queue: queue.New[request](cfg.Queue),
		rolled: make(chan struct{}, 1), latest: make(map[string]series.Sample), ends: make(ends),
	}
	known, err := h.loadSummary()
	if err != nil {
		return nil, nil, err
	}
	damages, err := h.load(known)
	if err != nil {
		return nil, nil, err
	}
	if err := h.recall(known); err != nil {
		return nil, nil, err
	}
	h.adopt()
	h.hint()
	return h, damages, nil
}

// Append queues samples and owns the slice from then on. It blocks while the queue is full. done, which may be nil, is called exactly
// once after Append returned nil: from the writer, in the order of the Appends, without an error once the samples are on disk. It must
// not block.
func (h *History) Append(ctx context.Context, samples []series.Sample, done func(error)) error {
	return h.AppendThinned(ctx, samples, nil, done)
}

// AppendThinned is Append for signals of which not every sample is kept. Each of ends is the newest sample of such a signal, of which is
// not known yet whether it is needed: it is on disk too when done is called, in place of the one before, but no part of the history. A
// sample of its tag that is appended later, of the same time or a later one, replaces it. When the process ends before that, it is one of
// the samples that the next Open finds; after an error all that stand become samples with the next Append.
func (h *History) AppendThinned(ctx context.Context, samples, ends []series.Sample, done func(error)) error {
	return h.queue.Push(ctx, request{samples, ends, done})
}

// Run writes and seals until ctx ends. It finishes what is queued before it returns.
func (h *History) Run(ctx context.Context) error {
	var sealer sync.WaitGroup
	sealer.Go(func() { h.seal(ctx) })
	for ctx.Err() == nil {
		select {
		case <-h.queue.Ready():
			h.write(h.queue.Take())
		case <-ctx.Done():
		}
	}
	h.write(h.queue.Close())
	sealer.Wait()
	h.note(h.saveSummary()) // without it the next start takes longer, and nothing else
	return nil
}

// Close fails what Run never came to and closes the files. Call it after Run has returned.
func (h *History) Close() error {
	for _, r := range h.queue.Close() {
		r.answer(queue.ErrClosed)
	}
	if h.log == nil {
		return nil
	}
	return h.log.Close()
}

func (r request) answer(err error) {
	if r.done != nil {
		r.done(err)
	}
}

// Latest returns the newest sample of the tag, by event time. Of an earlier run it knows what the newest segments hold.
func (h *History) Latest(tag string) (series.Sample, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s, ok := h.latest[tag]
	return s, ok
}

// Stats is what the history holds and did.
type Stats struct {
	Bytes    int64 // on disk
	Segments int
	Commits  uint64 // syncs since Open
	Samples  uint64 // written since Open
	Queued   int    // Appends that wait
	SealErr  error  // why the newest segment that could not be sealed could not
}

// Stats counts.
func (h *History) Stats() Stats {
	h.mu.Lock()
	defer h.mu.Unlock()
	st := Stats{Segments: len(h.segments), Commits: h.commits, Samples: h.samples, Queued: h.queue.Len(), SealErr: h.sealErr}
	for _, s := range h.segments {
		st.Bytes += s.bytes
	}
	return st
}

func (h *History) rate(tag string) float64 { return h.cfg.Rate(tag) }

// note keeps what went wrong for Stats.
func (h *History) note(err error) {
	if err == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sealErr = err
}

func (h *History) hint() {
	select {
	case h.rolled <- struct{}{}:
	default:
	}
}
