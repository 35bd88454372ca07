package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"edgelabel/agent"
	"edgelabel/agent/config"
	"edgelabel/agent/drill"
	"edgelabel/agent/export/foreign/upload"
	"edgelabel/agent/label"
	"edgelabel/store"
	"edgelabel/sync/uplink"
)

// Waiting times of a drill.
const (
	defaultOffline = 10 * time.Minute
	defaultWait    = 30 * time.Minute // for what was collected to arrive
	lookEvery      = time.Second
)

// drillRun is one drill on the gateway that runs beside it.
type drillRun struct {
	w       world
	cfg     *config.Config
	gateway *upload.Gateway
	offline time.Duration
	wait    time.Duration
}

// runDrill cuts the line of a running gateway to its targets for a while and proves that nothing was lost.
func runDrill(ctx context.Context, w world, args []string) error {
	f := flag.NewFlagSet("drill", flag.ContinueOnError)
	offline := f.Duration("offline", defaultOffline, "how long the line is cut")
	wait := f.Duration("wait", defaultWait, "how long everything may take to arrive after that")
	url := f.String("url", "", "address of the gateway's page; default: that of web.listen")
	user := f.String("user", "", "an admin; the password comes from EDGELABEL_PASSWORD")
	ca := f.String("ca", "", "PEM file of a private authority of the page")
	cfg, _, err := loadConfig(f, args, w)
	if err != nil {
		return err
	}
	if *user == "" || *offline <= 0 || len(cfg.Sync.Targets) == 0 {
		return misused("want --user, an --offline above zero and a configuration with targets")
	}
	client, err := importClient(*ca)
	if err != nil {
		return err
	}
	if *url == "" {
		*url = pageOf(cfg)
	}
	g, err := upload.SignIn(ctx, upload.Config{URL: *url, User: *user, Password: os.Getenv("EDGELABEL_PASSWORD"), HTTP: client})
	if err != nil {
		return err
	}
	return (&drillRun{w, cfg, g, *offline, *wait}).do(ctx)
}

func pageOf(cfg *config.Config) string {
	if cfg.Web.TLS.Cert != "" {
		return "https://" + cfg.Web.Listen
	}
	return "http://" + cfg.Web.Listen
}

func (d *drillRun) do(ctx context.Context) error {
	before, err := d.kept(ctx)
	if err != nil {
		return err
	}
	if err := d.cut(ctx); err != nil {
		return err
	}
	after, err := d.kept(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.w.stdout, "collected meanwhile: %d items, %d labels\n", len(after.Items)-len(before.Items), len(after.Labels)-len(before.Labels))
	var lost []error
	for i := range d.cfg.Sync.Targets {
		t := &d.cfg.Sync.Targets[i]
		if err := d.prove(ctx, t, after); err != nil {
			lost = append(lost, fmt.Errorf("target %s: %w", t.Name, err))
		}
	}
	if len(lost) > 0 {
		return errors.Join(lost...)
	}
	fmt.Fprintln(d.w.stdout, "nothing was lost")
	return nil
}

func (d *drillRun) kept(ctx context.Context) (drill.Kept, error) {
	return drill.Read(ctx, d.cfg.Sync.Unlabeled, func(ctx context.Context, yield func(label.Item, []label.Label) error) error {
		return store.ReadDir(ctx, d.cfg.Data.Dir, yield)
	})
}

type drillState struct{ Until, Now int64 }

// cut cuts the line and waits until it is whole. What the gateway sends in that time is a fault. When the drill is given up, the line
// is made whole at once.
func (d *drillRun) cut(ctx context.Context) error {
	before, err := d.batches(ctx)
	if err != nil {
		return err
	}
	var s drillState
	if err := d.gateway.Call(ctx, "POST", "/api/v1/drill", map[string]float64{"seconds": d.offline.Seconds()}, &s); err != nil {
		return err
	}
	if s.Until == 0 {
		return errors.New("the gateway did not cut its line")
	}
	fmt.Fprintf(d.w.stdout, "the line is cut until %s\n", time.Unix(0, s.Until).Format(time.DateTime))
	for s.Until != 0 {
		if err := pause(ctx, min(lookEvery, time.Duration(max(s.Until-s.Now, 0))+time.Millisecond)); err != nil {
			whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeTime)
			defer cancel()
			return errors.Join(err, d.gateway.Call(whole, "DELETE", "/api/v1/drill", nil, nil))
		}
		now, err := d.batches(ctx)
		if err != nil {
			return err
		}
		if err := d.gateway.Call(ctx, "GET", "/api/v1/drill", nil, &s); err != nil {
			return err
		}
		for name, n := range now {
			if s.Until != 0 && n > before[name] {
				return fmt.Errorf("target %s: batch %d arrived while the line was cut", name, n)
			}
		}
	}
	return nil
}

// batches are the receipts that the gateway has, by target.
func (d *drillRun) batches(ctx context.Context) (map[string]int64, error) {
	var s struct {
		Targets []struct {
			Name      string
			LastBatch int64
		}
	}
	if err := d.gateway.Call(ctx, "GET", "/api/v1/status", nil, &s); err != nil {
		return nil, err
	}
	last := map[string]int64{}
	for _, t := range s.Targets {
		last[t.Name] = t.LastBatch
	}
	return last, nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// prove waits until everything is at a target, compares the receipts and reads the target back.
func (d *drillRun) prove(ctx context.Context, t *config.Target, kept drill.Kept) error {
	target, err := agent.OpenTarget(*t)
	if err != nil {
		return err
	}
	began := time.Now()
	s := drill.NewSearch(kept)
	for {
		if err := s.Look(ctx, target, d.cfg.Gateway.ID); err != nil {
			return err
		}
		last, err := d.batches(ctx)
		if err != nil {
			return err
		}
		left, ids := s.Left()
		if left == 0 && last[t.Name] >= int64(s.Number) {
			fmt.Fprintf(d.w.stdout, "%s: %d items and %d labels are there %v after the line came back, receipt %d, %d twice\n",
				t.Name, s.Items, s.Labels, time.Since(began).Round(time.Second), last[t.Name], s.Twice)
			break
		}
		if time.Since(began) > d.wait {
			return fmt.Errorf("%d did not arrive within %v, such as %v; receipt %d, newest manifest %d", left, d.wait, ids, last[t.Name], s.Number)
		}
		if err := pause(ctx, lookEvery); err != nil {
			return err
		}
	}
	if s.Twice > 0 {
		return fmt.Errorf("%d arrived twice", s.Twice)
	}
	return d.verify(ctx, t.Name, target)
}

func (d *drillRun) verify(ctx context.Context, name string, target uplink.Target) error {
	r, err := uplink.Verify(ctx, target)
	if err != nil {
		return err
	}
	if !r.OK() {
		return fmt.Errorf("%d differences, the first: %s: %s", len(r.Findings), r.Findings[0].Key, r.Findings[0].What)
	}
	fmt.Fprintf(d.w.stdout, "%s: %d manifests in %d chains, %d objects read back, clean\n", name, r.Manifests, r.Chains, r.Objects)
	return nil
}
