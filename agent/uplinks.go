package agent

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"edgelabel/agent/config"
	"edgelabel/store"
	"edgelabel/sync/uplink"
	"edgelabel/ui"
)

var (
	_ uplink.Progress = (*store.Store)(nil)
	_ uplink.Items    = (*store.Store)(nil)
)

// newUplinks makes a forwarder for each target, and for each who is told of results. Those of targets share one budget of retries and one
// record of what is withheld.
func (a *Agent) newUplinks() error {
	a.hints = newFan(a.store.Journaled(), len(a.cfg.Sync.Targets)+len(a.cfg.Results))
	if err := a.newResults(a.hints.out[len(a.cfg.Sync.Targets):]); err != nil {
		return err
	}
	budget := uplink.NewBudget(a.cfg.Sync.Retries)
	audit := &withheld{path: filepath.Join(a.cfg.Data.Dir, "withheld.log")}
	for i := range a.cfg.Sync.Targets {
		t := &a.cfg.Sync.Targets[i]
		cfg, err := a.uplink(t)
		if err != nil {
			return err
		}
		cfg.Journaled, cfg.Budget, cfg.Audit = a.hints.out[i], budget, audit
		f, err := uplink.New(cfg)
		if err != nil {
			return fmt.Errorf("target %s: %w", t.Name, err)
		}
		a.uplinks = append(a.uplinks, f)
	}
	return nil
}

func (a *Agent) uplink(t *config.Target) (uplink.Config, error) {
	g := a.cfg.Gateway
	rules, err := a.cfg.Sync.Rules(t, g.Line)
	if err != nil {
		return uplink.Config{}, fmt.Errorf("target %s: %w", t.Name, err)
	}
	table, err := t.Table()
	if err != nil {
		return uplink.Config{}, fmt.Errorf("target %s: %w", t.Name, err)
	}
	target, err := OpenTarget(*t)
	if err != nil {
		return uplink.Config{}, err
	}
	var thumbnail func(context.Context, string) ([]byte, error)
	if t.Thumbnails {
		thumbnail = func(ctx context.Context, sha256 string) ([]byte, error) { return a.page.Thumbnail(ctx, sha256) }
	}
	return uplink.Config{
		Gateway: g.ID, Site: g.Site, Line: g.Line, Version: a.opt.Version, Epoch: a.store.Epoch(), Name: t.Name,
		Target: a.line.Target(stumbling(target)), Outbox: a.store, Blobs: a.store, Items: a.store, Progress: a.store,
		Linger: time.Duration(t.Linger), MaxBatchBytes: int64(t.BatchSize), Uploads: t.Uploads,
		Limit: table.At, Metered: t.Metered, Zstd: t.Compress == "zstd", Rules: rules, Thumbnail: thumbnail, Now: a.opt.Now, Log: a.opt.Log,
	}, nil
}

// targetStatus is what the status page says about a target.
func targetStatus(t *config.Target, u uplink.Status) ui.Target {
	return ui.Target{
		Name: u.Name, Kind: kindOf(t.URL), State: string(u.State), Since: u.Since, Error: u.Error,
		Pending: u.Pending, LastBatch: int64(u.LastBatch), LastSync: u.LastSync,
		Lanes: u.Lanes, Oldest: u.Oldest, Rate: u.Rate, BytesRate: u.BytesRate, Ends: u.Ends, Closed: u.Closed,
		Clearance: t.Clearance, Above: u.Above, Unasked: u.Unasked,
	}
}

func (a *Agent) uplinkMetrics(w io.Writer) {
	m := exposition{w}
	for _, f := range a.uplinks {
		s := f.Status()
		on := labels("target", s.Name)
		m.gauge("sync_pending", on, float64(s.Pending))
		for lane, n := range s.Lanes {
			m.gauge("sync_backlog_entries", labels("target", s.Name, "lane", lane), float64(n))
		}
		m.gauge("sync_oldest_seconds", on, since(a.opt.Now(), s.Oldest))
		m.gauge("sync_entries_per_second", on, s.Rate)
		m.gauge("sync_bytes_per_second", on, s.BytesRate)
		m.gauge("sync_ends_seconds", on, float64(s.Ends)/1e9)
		m.counter("sync_withheld_total", labels("target", s.Name, "reason", "clearance"), s.Above)
		m.counter("sync_withheld_total", labels("target", s.Name, "reason", "filter"), s.Unasked)
		m.counter("sync_batches_total", on, s.Batches)
		m.counter("sync_bytes_total", on, s.Bytes)
		m.counter("sync_failures_total", on, s.Failures)
		m.gauge("sync_last_seconds", on, float64(s.LastSync)/1e9)
	}
}

// since is the age of a moment in seconds; 0 for none.
func since(now time.Time, at int64) float64 {
	if at == 0 {
		return 0
	}
	return float64(now.UnixNano()-at) / 1e9
}
