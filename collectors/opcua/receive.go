package opcua

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
	"edgelabel/collectors"
)

const (
	watchEvery = 250 * time.Millisecond
	settleTime = time.Second     // after the first heartbeat, until each tag's present value is there
	clockSlack = 2 * time.Second // by how much the server's clock may differ before somebody is told
)

var (
	errSilent = errors.New("connected, but silent")
	errLost   = errors.New("connection lost")
)

// receiver turns the publications of one connection into samples. It never waits for the sink.
type receiver struct {
	cfg    Config
	tags   []*tag
	outage *outage
	queue  *queue
	holes  *ledger // nil: nothing is read back
	status *collectors.Status

	gaps    tagGaps
	publish time.Duration // how long a value may wait at the server
	heard   time.Time     // when something came last
	up      bool
	upSince time.Time
}

// receive reads until the connection fails or ctx ends.
func (r *receiver) receive(ctx context.Context, s *session, n *nodes) error {
	watch, retry := time.NewTicker(watchEvery), time.NewTicker(r.cfg.RetryNodes)
	defer watch.Stop()
	defer retry.Stop()
	defer func() { r.flushGaps(true) }()
	for {
		select {
		case <-ctx.Done():
			return r.rest(n.sub.notes)
		case <-s.lost:
			if err := r.rest(n.sub.notes); err != nil {
				return err
			}
			return errLost
		case note := <-n.sub.notes:
			if err := r.take(note); err != nil {
				return err
			}
		case <-watch.C:
			r.settleHoles()
			if silence := r.cfg.Now().Sub(r.heard); silence > n.sub.silent {
				return fmt.Errorf("%w for %v", errSilent, silence.Round(100*time.Millisecond))
			}
		case <-retry.C:
			if err := n.retry(ctx); err != nil {
				return err
			}
		}
	}
}

// rest takes what had arrived before the connection ended.
func (r *receiver) rest(notes <-chan *opcua.PublishNotificationData) error {
	for {
		select {
		case note := <-notes:
			if err := r.take(note); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

func (r *receiver) take(note *opcua.PublishNotificationData) error {
	if note.Error != nil {
		return fmt.Errorf("subscription: %w", note.Error)
	}
	switch v := note.Value.(type) {
	case *ua.DataChangeNotification:
		r.heard = r.cfg.Now()
		r.values(v.MonitoredItems, r.heard)
		r.flushGaps(false)
	case *ua.StatusChangeNotification:
		return fmt.Errorf("the server ended the subscription: %w", v.Status)
	}
	return nil
}

func (r *receiver) values(items []*ua.MonitoredItemNotification, now time.Time) {
	batch := make([]series.Sample, 0, len(items))
	var newest int64
	for _, it := range items {
		switch {
		case it == nil || it.Value == nil:
		case it.ClientHandle == heartbeatHandle:
			r.heartbeat(it.Value, now)
		case it.ClientHandle >= firstHandle && it.ClientHandle-firstHandle < uint32(len(r.tags)):
			if s, ok := r.sample(r.tags[it.ClientHandle-firstHandle], it.Value, now); ok {
				batch = append(batch, s)
				newest = max(newest, s.Source)
			}
		}
	}
	if newest > r.outage.alive.device && (r.up || !r.outage.known) { // the first sample ever may come before the first heartbeat
		r.outage.seen(r.cfg.Name, moment{device: newest, gateway: now.UnixNano()})
	}
	if len(batch) > 0 {
		r.queue.put(batch...)
	}
}

// sample decodes one value; false when it is not to be kept.
func (r *receiver) sample(t *tag, dv *ua.DataValue, now time.Time) (series.Sample, bool) {
	s, err := decode(t.Tag, t.Kind, dv, now.UnixNano())
	if err != nil {
		t.unfit = true
		r.status.Reject("type")
		r.status.Problem(t.Tag, err.Error())
		return s, false
	}
	if t.unfit {
		t.unfit = false
		r.status.Problem(t.Tag, "")
	}
	first := t.fresh
	t.fresh = false
	if t.after == 0 {
		t.after = s.Time()
	}
	if first && t.known && s.Same(t.last) { // the server begins each subscription with the value that it has
		r.status.Duplicate(1)
		return s, false
	}
	if t.known && overflowed(s.Status) {
		r.gaps.add(r.cfg.Name, t.Tag, t.last.Time(), s.Time(), now)
	}
	t.last, t.known = s, true
	t.last.Wave = slices.Clone(s.Wave) // the sink owns the other
	return s, true
}

// heartbeat notes that everything up to the server's present time has arrived.
func (r *receiver) heartbeat(dv *ua.DataValue, now time.Time) {
	m := moment{device: stamp(dv), gateway: now.UnixNano()}
	if dv.Value != nil {
		if t, ok := dv.Value.Value().(time.Time); ok && t.Year() >= 1970 && t.Year() < 2262 {
			m.device = t.UnixNano()
		}
	}
	if m.device == 0 {
		m.device = m.gateway
	}
	r.status.Problem("clock", clockWarning(time.Duration(m.device-m.gateway), r.publish))
	if g, ok := r.outage.seen(r.cfg.Name, m); ok {
		r.hole(g)
	}
	if !r.up {
		r.up, r.upSince = true, now
		r.status.Up()
	}
}

// clockWarning allows for the time that a value waits at the server for its publication.
func clockWarning(offset, publish time.Duration) string {
	if offset <= clockSlack && offset >= -clockSlack-publish {
		return ""
	}
	return clockText(offset) + ": samples carry the server's time"
}

func (r *receiver) flushGaps(everything bool) {
	for _, g := range r.gaps.ready(r.cfg.Now(), everything) {
		r.queue.addGap(g)
	}
}
