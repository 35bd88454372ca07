package agent

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/sources"
	"edgelabel/agent/vision/board"
	"edgelabel/collectors"
	"edgelabel/store"
	"edgelabel/ui"
	"edgelabel/ui/auth"
)

func (a *Agent) newPage() (err error) {
	a.auth, err = auth.Open(auth.Config{Dir: a.cfg.Data.Dir, Session: time.Duration(a.cfg.Web.Session), Now: a.opt.Now})
	if err != nil {
		return err
	}
	ingest, err := a.sources.Ingest(a.sink())
	if err != nil {
		return err
	}
	packs, err := starterPacks()
	if err != nil {
		return err
	}
	g := a.cfg.Gateway
	a.page, err = ui.New(ui.Config{
		Items: a.store, Labels: countedLabels{a.store, a.opt.Now, &a.labels, &a.refused}, Media: album{a.store, a.gauges}, Feed: a.store, Cameras: a.gauges, Checkerboard: board.Find, Auth: a.auth,
		Rules: a.rules, Drill: &a.line, Proposer: proposer{a.pipeline}, Learning: a.learning.page(),
		Gateway: ui.Gateway{ID: g.ID, Site: g.Site, Line: g.Line, Version: a.opt.Version, Simulated: g.Simulated},
		Place:   label.Place{Site: g.Site, Area: g.Area, Line: g.Line},
		Status:  a.status, Signals: a.signals, Ready: a.isReady, Metrics: a.writeMetrics, Ingest: ingest,
		Now: a.opt.Now, Log: a.opt.Log, MaxPixels: a.cfg.Web.Ingest.MaxPixels,
		BlindReview: a.cfg.Web.Review.Blind, Packs: packs,
	})
	return err
}

var errStarting = errors.New("starting or stopping")

func (a *Agent) isReady() error {
	if !a.ready.Load() {
		return errStarting
	}
	return nil
}

// status is what the status page shows.
func (a *Agent) status(ctx context.Context) ui.Status {
	var s ui.Status
	cleaned := a.pipeline.Stats().Sources
	for _, src := range a.sources.All() {
		one := sourceStatus(src)
		one.Corrected = cleaned[one.Name].Rejected
		s.Sources = append(s.Sources, one)
	}
	for i, f := range a.uplinks {
		s.Targets = append(s.Targets, targetStatus(&a.cfg.Sync.Targets[i], f.Status()))
	}
	for _, f := range a.results {
		s.Targets = append(s.Targets, resultsStatus(f.Status()))
	}
	if a.catalogue != nil {
		s.Targets = append(s.Targets, catalogueStatus(a.catalogue.State()))
	}
	if a.control != nil {
		s.Targets = append(s.Targets, controlStatus(a.control.State()))
	}
	st, err := a.store.Stats(ctx)
	if err != nil {
		a.opt.Log.Warn("store statistics", "error", err)
		return s
	}
	s.Disk = disk(st)
	return s
}

func disk(st store.Stats) ui.Disk {
	d := ui.Disk{Free: st.Free, Full: st.Full}
	for _, c := range []struct {
		name  string
		usage store.Usage
	}{{"images", st.Images}, {"windows", st.Windows}, {"series", st.Series}, {"index", st.Index}, {"journal", st.Journal}, {"quarantine", st.Quarantine}} {
		d.Used += c.usage.Bytes
		d.Classes = append(d.Classes, ui.Class{Name: c.name, Bytes: c.usage.Bytes, Budget: c.usage.Budget})
	}
	for _, n := range st.Evicted {
		d.Evicted += n
	}
	return d
}

func sourceStatus(src sources.Source) ui.Source {
	s := src.Status.Snapshot()
	return ui.Source{
		Name: s.Name, Kind: src.Kind, State: string(s.State), Since: nanos(s.Since), Error: s.Err, Retry: nanos(s.Retry),
		Samples: s.Samples, Images: s.Images, Duplicates: s.Duplicates, Rejected: s.Rejected, Gaps: s.Gaps,
		LastSample: nanos(s.LastSample), Problems: s.Problems, Backfilled: s.Backfilled, ClockOffset: clockOffset(s),
		Pictures: pictures(src.Kind, s.Pictures),
	}
}

// pictures is nil for what is no camera.
func pictures(kind string, p collectors.Pictures) *ui.Pictures {
	if kind != sources.Camera {
		return nil
	}
	return &ui.Pictures{Bytes: p.Bytes, LastBytes: p.LastBytes, Last: nanos(p.Last), Rate: p.Rate}
}

// clockOffset is nil for a source that does not tell its time.
func clockOffset(s collectors.Snapshot) *int64 {
	if !s.ClockKnown {
		return nil
	}
	ns := int64(s.ClockOffset)
	return &ns
}

// nanos is UTC nanoseconds, 0 for the zero time.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// signals lists every configured tag with its newest sample.
func (a *Agent) signals() []ui.Signal {
	all := make([]ui.Signal, 0, len(a.tags))
	for _, t := range a.tags {
		s := ui.Signal{Tag: t}
		if last, ok := a.store.Latest(t.ID); ok {
			s.Last = &ui.Last{T: last.Time(), V: last.Value, Quality: last.Quality()}
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(x, y ui.Signal) int { return cmp.Or(cmp.Compare(x.Asset, y.Asset), cmp.Compare(x.ID, y.ID)) })
	return all
}

// up reports whether a source delivers.
func up(s collectors.Snapshot) float64 {
	if s.State == collectors.Up {
		return 1
	}
	return 0
}
