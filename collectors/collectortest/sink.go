package collectortest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"

	"edgelabel/agent/series"
	"edgelabel/collectors"
)

// Sink is a collectors.Sink that keeps everything in memory. It can be told to block, to hold acknowledgements back and to fail. All
// methods may be called from any goroutine.
type Sink struct {
	mu      sync.Mutex
	open    chan struct{} // closed while input may pass
	holding bool
	held    []func(error)
	fail    error
	samples []series.Sample
	images  []collectors.Picture
	gaps    []series.Gap
	known   map[string]bool // images by camera, name and hash
}

// NewSink returns an empty sink that takes everything and acknowledges at once.
func NewSink() *Sink {
	open := make(chan struct{})
	close(open)
	return &Sink{open: open, known: map[string]bool{}}
}

// Samples implements collectors.Sink. It calls done before it returns, unless Hold was called.
func (s *Sink) Samples(ctx context.Context, batch []series.Sample, done func(error)) error {
	if err := s.pass(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	err := s.fail
	if err == nil {
		s.samples = append(s.samples, batch...)
	}
	if done != nil && s.holding {
		s.held = append(s.held, done)
		done = nil
	}
	s.mu.Unlock()
	if done != nil {
		done(err)
	}
	return nil
}

// Image implements collectors.Sink.
func (s *Sink) Image(ctx context.Context, p collectors.Picture) (collectors.Stored, error) {
	if err := s.pass(ctx); err != nil {
		return collectors.Stored{}, err
	}
	sum := sha256.Sum256(p.Data)
	stored := collectors.Stored{SHA256: hex.EncodeToString(sum[:])}
	key := p.Camera + "\x00" + p.Name + "\x00" + stored.SHA256
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return collectors.Stored{}, s.fail
	}
	if stored.Duplicate = s.known[key]; !stored.Duplicate {
		s.known[key] = true
		s.images = append(s.images, p)
	}
	return stored, nil
}

// Gap implements collectors.Sink.
func (s *Sink) Gap(ctx context.Context, g series.Gap) error {
	if err := s.pass(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	s.gaps = append(s.gaps, g)
	return nil
}

// pass waits while the sink is blocked.
func (s *Sink) pass(ctx context.Context) error {
	s.mu.Lock()
	open := s.open
	s.mu.Unlock()
	select {
	case <-open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Block makes every method of the Sink interface wait until the returned function is called, which may happen more than once.
func (s *Sink) Block() (unblock func()) {
	closed := make(chan struct{})
	s.mu.Lock()
	s.open = closed
	s.mu.Unlock()
	return sync.OnceFunc(func() { close(closed) })
}

// Hold makes the sink take samples but keep their acknowledgements back until Release.
func (s *Sink) Hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holding = true
}

// Release ends Hold and calls every done that was kept back with err. It returns how many there were.
func (s *Sink) Release(err error) int {
	s.mu.Lock()
	held := s.held
	s.held, s.holding = nil, false
	s.mu.Unlock()
	for _, done := range held {
		done(err)
	}
	return len(held)
}

// Fail makes the sink store nothing: done, Image and Gap get err until Fail(nil).
func (s *Sink) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = err
}

// All returns a copy of the samples in the order of their arrival.
func (s *Sink) All() []series.Sample {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.samples)
}

// Tag returns the samples of one tag in the order of their arrival.
func (s *Sink) Tag(id string) []series.Sample {
	return slices.DeleteFunc(s.All(), func(x series.Sample) bool { return x.Tag != id })
}

// Images returns a copy of the pictures in the order of their arrival, each once.
func (s *Sink) Images() []collectors.Picture {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.images)
}

// Gaps returns a copy of the gap records in the order of their arrival.
func (s *Sink) Gaps() []series.Gap {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.gaps)
}
