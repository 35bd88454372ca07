// Package agent wires the collectors, the pipeline, the store, the page and sync into one program.
//
//	OPC UA ─┐                                                             ┌─▶ page (people label) ─┐
//	MQTT ───┼─▶ collectors ─▶ sink ─▶ pipeline ─▶ store ◀──── labels ─────┘                        │
//	camera ─┘                                       └─▶ outbox ─▶ uplink ─▶ bucket
package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"

	"edgelabel/agent/centre"
	"edgelabel/agent/config"
	"edgelabel/agent/control"
	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/drill"
	"edgelabel/agent/gauge"
	"edgelabel/agent/label"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/plan"
	"edgelabel/agent/results"
	"edgelabel/agent/series"
	"edgelabel/agent/sources"
	"edgelabel/agent/vision/beside"
	"edgelabel/collectors"
	"edgelabel/configs"
	"edgelabel/store"
	"edgelabel/store/failpoint"
	"edgelabel/sync/postgres"
	"edgelabel/sync/uplink"
	"edgelabel/ui"
	"edgelabel/ui/auth"

	"github.com/oklog/ulid/v2"
)

// The store serves everybody, and nobody imports it: here is the proof that it does.
var (
	_ pipeline.Recorder = (*store.Store)(nil)
	_ pipeline.Items    = (*store.Store)(nil)
	_ pipeline.Finder   = (*store.Store)(nil)
	_ pipeline.Memory   = (*store.Store)(nil)
	_ ui.Items          = (*store.Store)(nil)
	_ ui.Labels         = (*store.Store)(nil)
	_ ui.Media          = (*store.Store)(nil)
	_ ui.Reducer        = (*store.Store)(nil)
	_ ui.Feed           = (*store.Store)(nil)
	_ uplink.Outbox     = (*store.Store)(nil)
	_ uplink.Blobs      = (*store.Store)(nil)
	_ collectors.Sink   = (*sink)(nil)
	_ beside.Flagger    = (*pipeline.Pipeline)(nil)
)

// Options is what the program around the agent decides.
type Options struct {
	Version string
	Log     *slog.Logger
	Now     func() time.Time
	Probe   func(path string) error // checks an index file after an unclean stop; see store.Options
}

// Agent is the whole program. New opens files and the page's port; Run works until told to stop; nothing runs in between.
type Agent struct {
	cfg  *config.Config
	opt  Options
	tags []series.Tag

	store     *store.Store
	pipeline  *pipeline.Pipeline
	rules     *rulebook
	inspect   *beside.Inspector
	models    []*beside.Inspector // for each camera with a model
	files     modelFiles          // of models that helpers run
	gauges    *gauge.Cameras
	learning  learning
	sources   *sources.Sources
	uplinks   []*uplink.Forwarder
	results   []*results.Forwarder
	catalogue *postgres.Follower // nil: none
	control   *control.Follower  // nil: nobody's word is taken
	centre    centre.Works       // what it changes
	line      drill.Line
	hints     *fan
	auth      *auth.Auth
	page      *ui.Server
	listener  net.Listener
	ready     atomic.Bool
	labels    atomic.Uint64 // made durable since the start
	refused   atomic.Uint64 // labels that did not fit the taxonomy, since the start
}

// New builds the agent. When it returns an error nothing is left open.
func New(cfg *config.Config, opt Options) (_ *Agent, err error) {
	a := &Agent{cfg: cfg, opt: opt, line: drill.Line{Now: opt.Now}}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	if a.listener, err = net.Listen("tcp", cfg.Web.Listen); errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("page: %w; another program has web.listen, or this one runs already", err)
	} else if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	all := plan.Tags(cfg)
	a.tags = plan.Bare(all)
	if err = a.openStore(); err != nil {
		return nil, err
	}
	if a.sources, err = sources.New(cfg, a.tags, sources.Options{Now: opt.Now, Log: opt.Log, LastSeen: a.lastSeen}); err != nil {
		return nil, err
	}
	if err = a.openCentre(all); err != nil {
		return nil, err
	}
	if a.rules, err = openRules(cfg.Data.Dir, all, func() int64 { return opt.Now().UnixNano() }); err != nil {
		return nil, err
	}
	if err = a.learning.openBook(a.cfg.Data.Dir); err != nil {
		return nil, err
	}
	a.pipeline, err = pipeline.New(pipeline.Config{
		Place:  label.Place{Site: cfg.Gateway.Site, Area: cfg.Gateway.Area, Line: cfg.Gateway.Line},
		Assets: plan.Assets(cfg), Tags: all, Cameras: plan.Cameras(cfg), Simulated: cfg.Gateway.Simulated,
		JoinWithin: time.Duration(cfg.Join.Within), JoinTolerance: time.Duration(cfg.Join.Tolerance),
		Detector: catalog.New, Panel: catalog.NewPanel, Memory: a.store, Clocks: a.sources.Clocks(), Formula: catalog.Formula, Shelved: a.rules.hides, Tuned: a.learning.book.Tuned, Now: opt.Now, NewID: func() string { return ulid.Make().String() }, Log: opt.Log,
	}, a.store, a.store)
	if err != nil {
		return nil, err
	}
	if err = a.openGauges(); err != nil {
		return nil, err
	}
	a.rules.states, a.rules.spent = a.pipeline.Rules, a.pipeline.Budgets
	if err = a.openLearning(); err != nil {
		return nil, err
	}
	if a.inspect, err = a.newInspector(); err != nil {
		return nil, err
	}
	if err = a.newModels(); err != nil {
		return nil, err
	}
	if err = errors.Join(a.newUplinks(), a.newCatalogue(), a.newControl()); err != nil {
		return nil, err
	}
	return a, a.newPage()
}

func (a *Agent) openStore() error {
	taxonomy, err := firstTaxonomy(a.cfg)
	if err != nil {
		return err
	}
	var targets []string
	for _, t := range a.cfg.Sync.Targets {
		targets = append(targets, t.Name)
	}
	a.store, err = store.Open(a.cfg.Data.Dir, store.Options{
		Series: failpoint.Size(failpoint.SeriesBudget, int64(a.cfg.Data.Series)), Images: int64(a.cfg.Data.Images), Windows: int64(a.cfg.Data.Windows),
		Index: int64(a.cfg.Data.Index), Quarantine: int64(a.cfg.Data.Aside), MinFree: int64(a.cfg.Data.Free),
		Segment: failpoint.Size(failpoint.SegmentSize, store.DefaultSegment), Journal: failpoint.Size(failpoint.JournalSize, store.DefaultJournal),
		Targets: targets, Results: consumers(a.cfg), SyncUnlabeled: a.cfg.Sync.Unlabeled, Taxonomy: *taxonomy, Tags: a.tags,
		Now: a.opt.Now, Clock: store.SystemClock(), Log: a.opt.Log, Probe: a.opt.Probe,
	})
	if err != nil {
		return fmt.Errorf("store %s: %w", a.cfg.Data.Dir, err)
	}
	return nil
}

func firstTaxonomy(cfg *config.Config) (*label.Taxonomy, error) {
	if cfg.Taxonomy == "" {
		return config.ParseTaxonomy("taxonomy.yaml", configs.Taxonomy)
	}
	return config.LoadTaxonomy(cfg.Taxonomy)
}

// URL is where the page answers.
func (a *Agent) URL() string {
	scheme := "http"
	if a.cfg.Web.TLS.Cert != "" {
		scheme = "https"
	}
	address := a.listener.Addr().(*net.TCPAddr)
	if address.IP.IsUnspecified() {
		return fmt.Sprintf("%s://localhost:%d", scheme, address.Port)
	}
	return fmt.Sprintf("%s://%s", scheme, address)
}

// Auth is the people who may sign in.
func (a *Agent) Auth() *auth.Auth { return a.auth }

// Run works until ctx ends. ready, which may be nil, is called once when the page answers.
func (a *Agent) Run(ctx context.Context, ready func()) error {
	defer a.close()
	inner := ring{{"store", a.store.Run}}
	middle := ring{{"pipeline", a.pipeline.Run}, {"hints", a.hints.run}}
	middle = append(middle, a.learning.tasks()...)
	for _, f := range a.uplinks {
		middle = append(middle, task{"sync", f.Run})
	}
	for _, f := range a.results {
		middle = append(middle, task{"results", f.Run})
	}
	if a.catalogue != nil {
		middle = append(middle, task{"catalogue", a.catalogue.Run})
	}
	if a.control != nil {
		middle = append(middle, task{"control", a.control.Run})
	}
	outer := ring{{"page", func(ctx context.Context) error { return a.serve(ctx, ready) }}, {"live page", a.page.Run}}
	for _, s := range a.sources.All() {
		if s.Collector != nil {
			outer = append(outer, task{"source " + s.Status.Snapshot().Name, func(ctx context.Context) error { return a.sources.Supervise(ctx, s, a.sink()) }})
		}
	}
	judges := ring{{"inspection", a.inspect.Run}}
	for _, m := range a.models {
		judges = append(judges, task{"model", m.Run})
	}
	for _, f := range a.files {
		judges = append(judges, task{"model helper", f.helper.Run})
	}
	return run(ctx, inner, middle, judges, outer)
}

// close lets go of what New opened. Twice is harmless.
func (a *Agent) close() error {
	var errs []error
	if a.listener != nil {
		if err := a.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if a.rules != nil {
		errs = append(errs, a.rules.book.Close())
	}
	if a.store != nil {
		errs = append(errs, a.store.Close())
	}
	if a.gauges != nil {
		errs = append(errs, a.gauges.Close())
	}
	errs = append(errs, a.learning.close(), a.closeCentre())
	return errors.Join(errs...)
}

// Deadlines of the web server. An image may come slowly over a bad line; headers may not.
const (
	headerDeadline = 10 * time.Second
	idleDeadline   = 2 * time.Minute
	closeDeadline  = 5 * time.Second
)

func (a *Agent) serve(ctx context.Context, ready func()) error {
	server := &http.Server{
		Handler: a.page, ReadHeaderTimeout: headerDeadline, IdleTimeout: idleDeadline,
		ErrorLog:    slog.NewLogLogger(a.opt.Log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	ended := make(chan error, 1)
	go func() { ended <- a.listen(server) }()
	a.ready.Store(true)
	if ready != nil {
		ready()
	}
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	a.ready.Store(false)
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeDeadline)
	defer cancel()
	if err := server.Shutdown(limited); err != nil {
		server.Close() // whoever is still reading has had its time
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (a *Agent) listen(server *http.Server) error {
	if a.cfg.Web.TLS.Cert == "" {
		return server.Serve(a.listener)
	}
	return server.ServeTLS(a.listener, a.cfg.Web.TLS.Cert, a.cfg.Web.TLS.Key)
}

// lastSeen is the newest event time, UTC ns, that an earlier run stored of the tag; 0 when there is none.
func (a *Agent) lastSeen(tag string) int64 {
	s, ok := a.store.Latest(tag)
	if !ok {
		return 0
	}
	return s.Time()
}
