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
	keysEvery  = 2 * time.Second
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
	roster *roster
	nodes  *nodes
	events []*watch
	outage *outage
	queue  *queue
	holes  *ledger // nil: nothing is read back
	status *collectors.Status

	gaps    tagGaps
	up      bool // every feed's heart beats
	upSince time.Time
	offset  time.Duration // smoothed, of the server's clock
	refresh bool          // the server wants to be asked for its conditions
}

// receive reads until the connection fails or ctx ends.
func (r *receiver) receive(ctx context.Context, s *session) error {
	watch, retry, keys := time.NewTicker(watchEvery), time.NewTicker(r.cfg.RetryNodes), time.NewTicker(keysEvery)
	defer watch.Stop()
	defer retry.Stop()
	defer keys.Stop()
	defer func() { r.flushGaps(true) }()
	for {
		select {
		case <-ctx.Done():
			return r.rest(r.nodes.notes)
		case <-s.lost:
			if err := r.rest(r.nodes.notes); err != nil {
				return err
			}
			return errLost
		case note := <-r.nodes.notes:
			if err := r.take(note); err != nil {
				return err
			}
		case <-watch.C:
			r.settleHoles()
			if err := r.silence(); err != nil {
				return err
			}
			if err := r.refreshConditions(ctx); err != nil {
				return err
			}
		case <-keys.C:
			if s.keys.replaced() {
				return errReplaced
			}
		case <-retry.C:
			if err := r.nodes.retry(ctx, s); err != nil {
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
	f := r.feed(note.SubscriptionID)
	if f == nil {
		return nil
	}
	f.heard = r.cfg.Now()
	switch v := note.Value.(type) {
	case *ua.DataChangeNotification:
		r.values(f, v.MonitoredItems, f.heard)
		r.flushGaps(false)
	case *ua.EventNotificationList:
		r.happened(v.Events, f.heard)
	case *ua.StatusChangeNotification:
		return fmt.Errorf("the server ended the subscription: %w", v.Status)
	}
	return nil
}

func (r *receiver) feed(id uint32) *feed {
	for _, f := range r.nodes.feeds {
		if f.id == id {
			return f
		}
	}
	return nil
}

// silence is an error when a feed has been silent for too long.
func (r *receiver) silence() error {
	for _, f := range r.nodes.feeds {
		if silence := r.cfg.Now().Sub(f.heard); silence > f.silent {
			return fmt.Errorf("%w for %v (%s)", errSilent, silence.Round(100*time.Millisecond), f.group.title())
		}
	}
	return nil
}

func (r *receiver) values(f *feed, items []*ua.MonitoredItemNotification, now time.Time) {
	batch := make([]series.Sample, 0, len(items))
	var newest int64
	var beat *ua.DataValue
	for _, it := range items {
		switch {
		case it == nil || it.Value == nil:
		case it.ClientHandle == heartbeatHandle:
			beat = it.Value
		case it.ClientHandle >= firstHandle && it.ClientHandle-firstHandle < uint32(len(r.roster.all)):
			if s, ok := r.sample(r.roster.all[it.ClientHandle-firstHandle], it.Value, now, f.poll != nil); ok {
				batch = append(batch, s)
				newest = max(newest, s.Source)
			}
		}
	}
	if len(batch) > 0 {
		r.queue.put(batch...)
	}
	if beat != nil {
		r.heartbeat(f, beat, now)
	}
	if newest > f.alive.device && (f.up || !r.outage.known) { // the first sample ever may come before the first heartbeat
		f.alive = moment{device: newest, gateway: now.UnixNano()}
		r.advance(now)
	}
}

func (r *receiver) happened(events []*ua.EventFieldList, now time.Time) {
	for _, e := range events {
		if e == nil || e.ClientHandle < firstEvent || e.ClientHandle-firstEvent >= uint32(len(r.events)) {
			continue
		}
		samples, again := r.events[e.ClientHandle-firstEvent].take(e.EventFields, now.UnixNano())
		r.refresh = r.refresh || again
		if len(samples) > 0 {
			r.queue.put(samples...)
		}
	}
}

func (r *receiver) refreshConditions(ctx context.Context) error {
	if !r.refresh {
		return nil
	}
	r.refresh = false
	return r.nodes.refresh(ctx)
}

// sample decodes one value; false when it is not to be kept.
func (r *receiver) sample(t *tag, dv *ua.DataValue, now time.Time, polled bool) (series.Sample, bool) {
	if polled && !r.readable(t, dv) {
		return series.Sample{}, false
	}
	s, err := t.decode(dv, now.UnixNano())
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
	if polled && t.known && !first && unchanged(s, t.last) {
		return s, false
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

// readable notes whether a node that is read again and again can be.
func (r *receiver) readable(t *tag, dv *ua.DataValue) bool {
	switch refused := isRefusal(dv.Status); {
	case refused:
		t.refused = true
		r.status.Problem(t.Tag, refusedText(t, dv.Status, r.nodes.feeds[t.group].every))
		return false
	case t.refused:
		t.refused = false
		r.status.Problem(t.Tag, "")
	}
	return true
}

// unchanged tells that reading gave what it gave before. Without a time of the device each reading would look new.
func unchanged(s, last series.Sample) bool {
	if s.Source == 0 && last.Source == 0 {
		s.Receive = last.Receive
	}
	return s.Same(last)
}

// heartbeat notes that everything of the feed up to the server's present time has arrived.
func (r *receiver) heartbeat(f *feed, dv *ua.DataValue, now time.Time) {
	m := moment{device: stamp(dv), gateway: now.UnixNano()}
	if dv.Value != nil {
		if t, ok := dv.Value.Value().(time.Time); ok && t.Year() >= 1970 && t.Year() < 2262 {
			m.device = t.UnixNano()
		}
	}
	if m.device == 0 {
		m.device = m.gateway
	}
	r.clock(time.Duration(m.device-m.gateway), f.every)
	f.alive, f.up = m, true
	r.advance(now)
}

// clock follows the server's clock. Every measurement is late by the time that the value waited at the server, so the earliest counts
// most.
func (r *receiver) clock(offset, waits time.Duration) {
	if offset > r.offset || r.offset-offset > waits+clockSlack {
		r.offset = offset
	} else {
		r.offset += (offset - r.offset) / 16
	}
	r.status.Clock(r.offset)
	r.status.Problem("clock", clockWarning(offset, waits))
}

// advance notes up to when nothing is missing of any feed.
func (r *receiver) advance(now time.Time) {
	least, all := moment{}, true
	for _, f := range r.nodes.feeds {
		all = all && f.up
		if f.alive.device != 0 && (least.device == 0 || f.alive.device < least.device) {
			least = f.alive
		}
	}
	if !all && r.outage.known {
		return
	}
	if g, ok := r.outage.seen(r.cfg.Name, least); ok {
		r.hole(g)
	}
	if all && !r.up {
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
