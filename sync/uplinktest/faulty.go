package uplinktest

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"edgelabel/sync/uplink"
)

// Fault is one way in which a far end fails.
type Fault string

const (
	None      Fault = ""
	Refused   Fault = "refused"   // an error, and nothing was done
	Ambiguous Fault = "ambiguous" // it was done, and the answer was an error
	Corrupt   Fault = "corrupt"   // Head tells another size, Get gives other bytes; writes are Refused
	Slow      Fault = "slow"      // it takes Delay
)

// Delay is how long a Slow call takes.
const Delay = 10 * time.Second

// ErrInjected is the error of a failed call.
var ErrInjected = errors.New("500 Internal Server Error (injected)")

// Faulty passes calls to a target and fails those that Choose picks.
type Faulty struct {
	uplink.Target
	Choose func(call int, method, key string) Fault // call counts from 0; one call at a time

	mu    sync.Mutex
	calls int
}

// Calls is the number of calls so far.
func (f *Faulty) Calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

func (f *Faulty) choose(ctx context.Context, method, key string) (Fault, error) {
	f.mu.Lock()
	fault := f.Choose(f.calls, method, key)
	f.calls++
	f.mu.Unlock()
	if fault != Slow {
		return fault, nil
	}
	t := time.NewTimer(Delay)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return fault, ctx.Err()
	case <-t.C:
		return fault, nil
	}
}

func (f *Faulty) PutIfAbsent(ctx context.Context, key string, body io.ReadSeeker, size int64, sha256 string) (bool, error) {
	fault, err := f.choose(ctx, "putIfAbsent", key)
	if err != nil || fault == Refused || fault == Corrupt {
		return false, errors.Join(err, ErrInjected)
	}
	existed, err := f.Target.PutIfAbsent(ctx, key, body, size, sha256)
	if fault == Ambiguous {
		return false, ErrInjected
	}
	return existed, err
}

func (f *Faulty) Head(ctx context.Context, key string) (uplink.Info, error) {
	fault, err := f.choose(ctx, "head", key)
	if err != nil || fault == Refused || fault == Ambiguous {
		return uplink.Info{}, errors.Join(err, ErrInjected)
	}
	info, err := f.Target.Head(ctx, key)
	if fault == Corrupt {
		info.Size++
	}
	return info, err
}

func (f *Faulty) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	fault, err := f.choose(ctx, "get", key)
	switch {
	case err != nil || fault == Refused || fault == Ambiguous:
		return nil, errors.Join(err, ErrInjected)
	case fault == Corrupt:
		return io.NopCloser(io.MultiReader(strings.NewReader("{"), errReader{})), nil
	}
	return f.Target.Get(ctx, key)
}

func (f *Faulty) Put(ctx context.Context, key string, body []byte) error {
	fault, err := f.choose(ctx, "put", key)
	if err != nil || fault == Refused || fault == Corrupt {
		return errors.Join(err, ErrInjected)
	}
	err = f.Target.Put(ctx, key, body)
	if fault == Ambiguous {
		return ErrInjected
	}
	return err
}

// errReader is a connection that breaks.
type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
