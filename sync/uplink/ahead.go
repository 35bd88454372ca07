package uplink

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"edgelabel/agent/journal"
)

// ahead is a set of images on its way before its batch is frozen. Their keys are their own hashes, so nothing but the bytes has to be
// agreed beforehand; what a restart forgets is found again at the centre.
type ahead struct {
	seq    journal.Seq // whose images
	cancel context.CancelFunc
	done   chan struct{} // closed when the fields below are final

	there map[string]journal.Object // by key
	err   error
}

func (a *ahead) ready() bool {
	if a == nil {
		return false
	}
	select {
	case <-a.done:
		return true
	default:
		return false
	}
}

// carry starts to carry images, unless that is on its way; images of another entry give way.
func (f *Forwarder) carry(ctx context.Context, to Target, seq journal.Seq, images []wanted) {
	if f.ahead != nil && f.ahead.seq == seq && !f.ahead.ready() {
		return
	}
	before := map[string]journal.Object{}
	if f.ahead.ready() && f.ahead.seq == seq {
		before = f.ahead.there
	}
	f.drop()
	ctx, cancel := context.WithCancel(ctx)
	a := &ahead{seq: seq, cancel: cancel, done: make(chan struct{}), there: before}
	f.ahead = a
	go func() {
		defer close(a.done)
		a.err = f.each(ctx, to, images, false, func(_ wanted, o journal.Object, reason string) {
			if reason == "" {
				a.there[o.Key] = o
			}
		})
	}()
}

// drop gives up what is carried ahead and waits until nothing of it moves.
func (f *Forwarder) drop() {
	if f.ahead != nil {
		f.ahead.cancel()
		<-f.ahead.done
		f.ahead = nil
	}
}

// each uploads images, a few at a time, and calls yield with what became of each, one call at a time.
func (f *Forwarder) each(ctx context.Context, to Target, images []wanted, urgent bool, yield func(w wanted, o journal.Object, reason string)) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(f.cfg.Uploads)
	var mu sync.Mutex
	for _, w := range images {
		g.Go(func() error {
			o, reason, err := f.image(ctx, to, w, urgent)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			yield(w, o, reason)
			return nil
		})
	}
	return g.Wait()
}
