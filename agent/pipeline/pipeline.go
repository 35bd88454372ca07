// Package pipeline carries samples and pictures from the collectors to the store and makes items of what looks wrong.
//
//	Samples ─▶ queue ─▶ clean ─┬─▶ Recorder.AppendThinned ─▶ done one goroutine; the stages are plain values and have no clock:
//	                           ├─▶ ring (window)                   event time comes with the samples
//	                           └─▶ order ─▶ detect ─▶ candidate ─┐
//	Picture ─▶ Recorder.AddImage ─▶ queue ─▶ camera's rule ──────┴─▶ item ─▶ Items
//
// What waits for the goroutine is bounded: a full queue makes the sources wait.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Pipeline is the way from the collectors to the store. New makes one, Run works it; Samples, Picture, Gap and Stats may be called from
// any goroutine, before, during and after Run.
type Pipeline struct {
	cfg     Config
	rec     Recorder
	items   Items
	queue   *queue
	acks    acks
	meter   *meter
	cameras map[string]Camera

	// The rest belongs to the goroutine of Run.
	clock   int64 // the gateway's, when the message at hand was sent or the tick came
	seed    maphash.Seed
	started int64
	refused uint64 // acks.failures when the cleaners forgot last
	streams map[string]*stream
	parts   map[string][]*asset // tag of the part number → assets
	assets  map[string]*asset
	all     []*asset
	watches []*watch
	tallies map[string]*tally // by rule

	unfinished []label.Item // of before, which the store had no room to finish

	published int64 // gateway's clock at which the rules' states were copied

	taken map[string]uint64 // pictures by camera
	shown shown
	work  []work
	of    *block // of the sample at hand

	learnt learnt
}

type work struct {
	st *stream
	s  series.Sample
	of *block // what it is derived from; nil: it came as it is
}

// message is what waits in the queue: samples with done, a picture or a gap.
type message struct {
	at     int64 // gateway's clock
	weight int64
	batch  []series.Sample
	done   func(error)
	shot   *shot
	gap    *series.Gap
	errand *errand
	lesson *lesson
}

// loneRing is the ring of a tag that belongs to no asset, in samples.
const loneRing = 1 << 14

// maxTags bounds what Config.Lookup may add.
const maxTags = 20_000

// New checks the configuration and returns a pipeline that stands still. Its errors name the tag, asset or camera.
func New(cfg Config, rec Recorder, items Items) (*Pipeline, error) {
	cfg = cfg.complete()
	if cfg.NewID == nil || cfg.Detector == nil {
		return nil, errors.New("pipeline: NewID and Detector are needed")
	}
	cfg.Detector = tuned(cfg.Detector, cfg.Tuned)
	p := &Pipeline{
		cfg: cfg, rec: rec, items: items, queue: newQueue(cfg.Queue), meter: newMeter(), seed: maphash.MakeSeed(),
		cameras: map[string]Camera{}, streams: map[string]*stream{}, parts: map[string][]*asset{}, assets: map[string]*asset{},
		taken: map[string]uint64{}, shown: newShown(), tallies: map[string]*tally{},
	}
	if cfg.Panel == nil && slices.ContainsFunc(cfg.Assets, func(a Asset) bool { return a.Together != nil }) {
		return nil, errors.New("pipeline: Panel is needed")
	}
	if err := errors.Join(p.addAssets(), p.addTags(), p.addWatches(), p.addCameras()); err != nil {
		return p, err
	}
	p.purses()
	p.meter.rules, p.meter.watched = p.states(), p.watched()
	return p, nil
}

func (p *Pipeline) addAssets() error {
	var errs []error
	for _, c := range p.cfg.Assets {
		if c.ID == "" || p.assets[c.ID] != nil {
			errs = append(errs, fmt.Errorf("asset %q: id is empty or there twice", c.ID))
			continue
		}
		tags := p.tagsOf(c.ID)
		a := p.addAsset(c, tags)
		if c.Together == nil {
			continue
		}
		var err error
		if a.board, err = newBoard(series.Tag{ID: c.ID, Name: c.Name}, tags, *c.Together, p.cfg.Panel); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (p *Pipeline) tagsOf(asset string) []series.Tag {
	var tags []series.Tag
	for _, t := range p.cfg.Tags {
		if t.Asset == asset && t.Kind != series.Text {
			tags = append(tags, t.Tag)
		}
	}
	return tags
}

func (p *Pipeline) addAsset(c Asset, tags []series.Tag) *asset {
	a := newAsset(c.complete(), tags, p.cfg)
	p.all = append(p.all, a)
	if c.ID != "" {
		p.assets[c.ID] = a
	}
	if c.PartTag != "" {
		p.parts[c.PartTag] = append(p.parts[c.PartTag], a)
	}
	return a
}

func (p *Pipeline) addTags() error {
	var errs []error
	for _, t := range p.cfg.Tags {
		if t.ID == "" || p.streams[t.ID] != nil {
			errs = append(errs, fmt.Errorf("tag %q: id is empty or there twice", t.ID))
			continue
		}
		if _, err := p.addTag(t); err != nil {
			errs = append(errs, fmt.Errorf("tag %s: %w", t.ID, err))
		}
	}
	return errors.Join(errs...)
}

// addTag makes the stream of a tag. A tag without an asset makes items of its own.
func (p *Pipeline) addTag(t Tag) (*stream, error) {
	st, err := newStream(t, p.cfg.Detector, p.seed)
	if err != nil {
		return nil, err
	}
	st.counts = p.meter.source(t.Source)
	p.streams[t.ID] = st
	switch a := p.assets[t.Asset]; {
	case t.Asset != "" && a == nil:
		return nil, fmt.Errorf("asset %q is not known", t.Asset)
	case a != nil:
		a.join(st)
	case t.Kind != series.Text:
		p.addAsset(Asset{Ring: loneRing}, []series.Tag{t.Tag}).join(st)
	}
	return st, nil
}

func (p *Pipeline) addWatches() (err error) {
	var order []*stream
	for _, t := range p.cfg.Tags {
		if st := p.streams[t.ID]; st != nil {
			order = append(order, st)
		}
	}
	p.watches, err = weave(p.streams, order, p.cfg.Detector, p.cfg.Formula)
	return err
}

func (p *Pipeline) addCameras() error {
	var errs []error
	for _, c := range p.cfg.Cameras {
		if _, twice := p.cameras[c.Name]; c.Name == "" || twice {
			errs = append(errs, fmt.Errorf("camera %q: name is empty or there twice", c.Name))
		}
		if c.Asset != "" && p.assets[c.Asset] == nil {
			errs = append(errs, fmt.Errorf("camera %s: asset %q is not known", c.Name, c.Asset))
		}
		p.cameras[c.Name] = c.complete()
	}
	return errors.Join(errs...)
}

// Run works until ctx ends, which is no error. It first finishes what an earlier stop left unfinished. Every batch and picture that it
// was given and did not come to is answered with ErrStopped. It runs once.
func (p *Pipeline) Run(ctx context.Context) error {
	defer p.stop()
	p.clock = p.cfg.Now().UnixNano()
	p.started = p.clock
	if err := p.recover(ctx); ctx.Err() != nil {
		return nil
	} else if err != nil {
		return fmt.Errorf("finish items of before: %w", err)
	}
	p.recall()
	defer p.keepAll()
	defer p.storeAllHeld(ctx)
	p.clocks()
	tick := p.cfg.Tick
	if tick == nil {
		ticker := time.NewTicker(DefaultTick)
		defer ticker.Stop()
		tick = ticker.C
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.queue.wake:
			if m, ok := p.queue.pop(); ok {
				p.handle(ctx, m)
			}
		case <-tick:
			p.tick(ctx)
		}
	}
}

func (p *Pipeline) stop() {
	for _, m := range p.queue.close() {
		switch {
		case m.shot != nil:
			m.shot.reply <- answer{err: ErrStopped}
		case m.errand != nil:
			m.errand.done <- ErrStopped
		case m.lesson != nil:
			m.lesson.done <- lessonAnswer{err: ErrStopped}
		case m.done != nil:
			m.done(ErrStopped)
		}
	}
}

func (p *Pipeline) handle(ctx context.Context, m message) {
	p.clock = m.at
	switch {
	case m.shot != nil && m.shot.found != nil:
		item, err := p.flag(ctx, m.shot.im, *m.shot.found)
		m.shot.reply <- answer{item: item, err: err}
	case m.shot != nil:
		item, err := p.take(ctx, m.shot.im, m.shot.known)
		m.shot.reply <- answer{item: item, err: err}
	case m.gap != nil:
		p.keepGap(*m.gap)
	case m.errand != nil:
		m.errand.done <- m.errand.do(ctx)
	case m.lesson != nil:
		m.lesson.done <- p.teach(m.lesson)
	default:
		p.samples(ctx, m)
	}
}

// tick moves event time on where signals are silent. While messages wait, silence is not yet known: the clock stays at the last one.
func (p *Pipeline) tick(ctx context.Context) {
	if p.queue.length() == 0 {
		p.clock = max(p.clock, p.cfg.Now().UnixNano())
	}
	for _, a := range p.all {
		for _, st := range a.streams {
			for _, ev := range st.tick(p.clock, int64(p.cfg.Grace)) {
				p.event(ctx, a, st.rests[ev.Candidate.Rule], ev)
			}
		}
	}
	p.finishMore(ctx)
	p.quiet(ctx)
	p.clocks()
	for _, w := range p.watches {
		p.look(ctx, w, true)
	}
	for _, a := range p.all {
		p.rows(ctx, a)
		p.unshelf(ctx, a)
		p.settleDue(ctx, a)
		a.tidy(p.clock)
	}
	p.keepSome()
	p.publish()
}

// Samples implements the collectors' sink: see collectors.Sink.
func (p *Pipeline) Samples(ctx context.Context, batch []series.Sample, done func(error)) error {
	m := message{at: p.cfg.Now().UnixNano(), weight: int64(len(batch)), batch: batch, done: done}
	if err := p.queue.push(ctx, m); err != nil {
		return fmt.Errorf("queue %d samples: %w", len(batch), err)
	}
	return nil
}

// Gap implements the collectors' sink: see collectors.Sink.
func (p *Pipeline) Gap(ctx context.Context, g series.Gap) error {
	if err := p.rec.AddGap(ctx, g); err != nil {
		return fmt.Errorf("gap of %s: %w", g.Source, err)
	}
	if err := p.queue.push(ctx, message{at: p.cfg.Now().UnixNano(), gap: &g}); err != nil {
		return fmt.Errorf("queue gap of %s: %w", g.Source, err)
	}
	return nil
}

// Stats copies the counters.
func (p *Pipeline) Stats() Stats {
	s := p.meter.stats()
	s.Queue, s.QueueSize = p.queue.length(), p.cfg.Queue
	if n := p.acks.failures.Load(); n > 0 {
		s.Failures["append"] = n
	}
	return s
}
