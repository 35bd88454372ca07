package retune

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// stretch is how much history is read at once.
const stretch = int64(time.Hour)

// work replays one job until it is done, cancelled or ctx ends.
func (d *Desk) work(ctx context.Context, j *job) {
	stop := context.AfterFunc(ctx, j.cancel)
	defer stop()
	defer j.cancel()
	p := &passing{desk: d, job: j, known: d.cfg.Verdicts.Judged(j.rule.Name, j.from, j.to)}
	err := p.all(j.ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case j.replay.State != label.Replaying:
	case err == nil:
		j.replay.State, j.replay.Done = label.ReplayDone, 1
	case errors.Is(err, context.Canceled):
		j.replay.State = label.ReplayCancelled
	default:
		j.replay.State, j.replay.Error = label.ReplayFailed, "the history could not be replayed; the gateway's log says why"
		d.cfg.Log.Error("replay failed", "rule", j.rule.Name, "error", err)
	}
}

// passing is a replay on its way through the history.
type passing struct {
	desk    *Desk
	job     *job
	known   []Candidate
	trials  []*trial
	samples int
}

func (p *passing) all(ctx context.Context) error {
	for at := p.job.from; at < p.job.to; at += stretch {
		begun := time.Now()
		end := min(at+stretch, p.job.to)
		if err := p.read(ctx, at, end); err != nil {
			return err
		}
		p.publish(end)
		p.desk.cfg.Rest(ctx, time.Since(begun))
	}
	return ctx.Err()
}

// read judges one stretch with every setting.
func (p *passing) read(ctx context.Context, from, to int64) error {
	w, err := p.desk.cfg.History.Window(ctx, []string{p.job.tag.ID}, from, to)
	if err != nil {
		return fmt.Errorf("read %s: %w", p.job.tag.ID, err)
	}
	tr := &w.Traces[0]
	if p.trials == nil && len(tr.T) > 0 {
		if err := p.set(tr); err != nil {
			return err
		}
	}
	p.samples += len(tr.T)
	for i := range tr.T {
		s := series.Sample{Tag: p.job.tag.ID, Source: tr.T[i], Receive: tr.T[i], Value: tr.V[i], Status: tr.Status[i]}
		for _, t := range p.trials {
			t.push(s)
		}
		if i%1000 == 0 && ctx.Err() != nil {
			break
		}
	}
	return ctx.Err()
}

// set makes a detector for each setting. A limit's steps follow from how the signal spreads in the first stretch.
func (p *passing) set(tr *series.Trace) error {
	for _, v := range p.job.knob.values(p.job.rule, spread(tr)) {
		r := p.job.knob.with(p.job.rule, v)
		d, err := p.desk.cfg.Build(p.job.tag, r)
		if err != nil {
			return fmt.Errorf("setting %g: %w", v, err)
		}
		p.trials = append(p.trials, &trial{value: v, rest: int64(r.Refractory), detector: d, open: map[string]int{}})
	}
	return nil
}

// spread is the signal's standard deviation, from its quartiles; where those are one, from its range.
func spread(tr *series.Trace) float64 {
	var values []float64
	for i, v := range tr.V {
		if detect.Usable(series.Sample{Value: v, Status: tr.Status[i]}) {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	n := len(values)
	if n == 0 {
		return 0
	}
	const quartiles = 1.349 // of a normal distribution, in standard deviations
	if s := (values[n*3/4] - values[n/4]) / quartiles; s > 0 {
		return s
	}
	return (values[n-1] - values[0]) / 6
}

// publish shows how far the replay is and what came out so far.
func (p *passing) publish(end int64) {
	now, _ := p.job.knob.get(&p.job.rule)
	settings := []label.Setting{}
	for _, t := range p.trials {
		s := t.result(p.known, end)
		s.Now = s.Value == now
		settings = append(settings, s)
	}
	if end == p.job.to { // half of the history proposes nothing
		propose(settings)
	}
	confirmed := 0
	for _, k := range p.known {
		if k.Verdict == label.NotOK {
			confirmed++
		}
	}
	p.desk.mu.Lock()
	defer p.desk.mu.Unlock()
	r := &p.job.replay
	r.Settings, r.Samples, r.Confirmed, r.Rejected = settings, p.samples, confirmed, len(p.known)-confirmed
	r.Done = math.Min(1, float64(end-r.From)/float64(r.To-r.From))
}
