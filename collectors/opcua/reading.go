package opcua

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
	"edgelabel/collectors"
)

const (
	historySlack = 2 * time.Second // read on both sides, to see that history joins what is there
	storedTime   = 2 * time.Second // for the store to answer when the connection ends meanwhile
)

var errNotStored = errors.New("not stored")

// reading is one attempt at one tag of a hole.
type reading struct {
	*filler
	hole    *hole
	stretch *stretch

	joined bool // history holds something at or before the beginning: nothing is missing between
	ended  bool // or at or after the end
	stored int
}

func (r *reading) read(ctx context.Context) error {
	t := r.tags[r.stretch.Tag]
	node, err := t.ref.resolve(r.names())
	if err != nil {
		return err
	}
	r.joined = r.stretch.Some
	from, to := r.stretch.From-int64(historySlack), r.stretch.To+int64(historySlack)
	err = r.archive.raw(ctx, node, t.Kind, from, to, func(values []*ua.DataValue) (bool, error) { return true, r.page(ctx, t, node, values) })
	if err == nil {
		r.join(ctx, node)
	}
	return err
}

// join looks further back when history of a quiet tag, or a compressed one, has nothing just before the beginning. Servers that cannot
// answer are taken at their worst.
func (r *reading) join(ctx context.Context, node *ua.NodeID) {
	if !r.joined {
		known, err := r.archive.before(ctx, node, r.stretch.From)
		r.joined = err == nil && known
	}
}

// page stores what a page has of the stretch.
func (r *reading) page(ctx context.Context, t *tag, node *ua.NodeID, values []*ua.DataValue) error {
	var batch []series.Sample
	for _, dv := range values {
		at := stamp(dv)
		r.joined = r.joined || at > 0 && at <= r.stretch.From
		r.ended = r.ended || at >= r.stretch.To
		if at <= r.stretch.From || at >= r.stretch.To {
			continue
		}
		s, err := t.decode(dv, r.cfg.Now().UnixNano())
		if err != nil {
			r.deliver.status.Reject("type")
			continue
		}
		batch = append(batch, s)
	}
	if len(batch) == 0 {
		return nil
	}
	r.join(ctx, node)
	n, first, last := len(batch), batch[0].Time(), batch[len(batch)-1].Time()
	if err := r.keep(ctx, batch); err != nil {
		return err
	}
	if !r.joined {
		r.hole.Left = append(r.hole.Left, r.hole.missing(*r.stretch, r.stretch.From, first, "history begins later"))
	}
	r.joined, r.stored = true, r.stored+n
	r.stretch.From, r.stretch.Some, r.stretch.tries = last, true, 1
	r.deliver.status.Took(n)
	r.deliver.status.Backfilled(n)
	r.progress(*r.hole, false)
	_ = collectors.Pause(ctx, time.Duration(n)*time.Second/time.Duration(r.cfg.BackfillRate)) // the next page finds out that ctx has ended
	return nil
}

// keep waits until the samples are on disk.
func (r *reading) keep(ctx context.Context, batch []series.Sample) error {
	answer := make(chan error, 1)
	if err := r.deliver.sink.Samples(ctx, batch, func(err error) { answer <- err }); err != nil {
		return fmt.Errorf("%w: %w", errNotStored, err)
	}
	select {
	case err := <-answer:
		return stored(err)
	case <-ctx.Done():
	}
	patience := time.NewTimer(storedTime)
	defer patience.Stop()
	select {
	case err := <-answer:
		return stored(err)
	case <-patience.C:
		return fmt.Errorf("%w: no answer in time", errNotStored)
	}
}

func stored(err error) error {
	if err != nil {
		return fmt.Errorf("%w: %w", errNotStored, err)
	}
	return nil
}

// left tells what stays missing after an attempt; false when it is to be tried again.
func (r *reading) left(err error) ([]series.Gap, bool) {
	s := *r.stretch
	code, answered := errors.AsType[ua.StatusCode](err)
	refused := answered && code != ua.StatusBadTimeout && code != ua.StatusBadTooManyOperations
	missing := func(why string) []series.Gap { return []series.Gap{r.hole.missing(s, s.From, s.To, why)} }
	switch {
	case err != nil:
		return missing(fmt.Sprintf("reading it from history: %v", err)), refused || s.tries >= historyTries
	case !r.joined:
		return missing("history begins later"), true
	case !r.ended && !s.Still:
		return missing("history ends earlier"), s.tries >= historyTries
	}
	return nil, true
}
