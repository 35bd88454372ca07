// Package retune tries settings of a rule on the stored history, and lets one hold when a person says so:
//
//	raw history of the signal ─▶ the rule's own detector, once for each setting ─▶ candidates ─┬─▶ how many of the confirmed and
//	verdicts of the time ──────────────────────────────────────────────────────────────────────┘   of the rejected remain ─▶ proposal
//	proposal ─▶ a person accepts ─▶ Book, on disk ─▶ the live detector, which keeps what it knows
package retune

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"sync"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// History is where signals are read.
type History interface {
	Window(ctx context.Context, tags []string, from, to int64) (*series.Window, error)
}

// Verdicts is what people made of the candidates of a rule with an onset in [from, to).
type Verdicts interface {
	Judged(rule string, from, to int64) []Candidate
}

// Config says what is tuned.
type Config struct {
	Book     *Book
	History  History
	Verdicts Verdicts
	Rule     func(name string) (series.Tag, detect.Rule, bool) // as the configuration has it, complete
	Build    func(series.Tag, detect.Rule) (detect.Detector, error)
	Apply    func(ctx context.Context, rule string) error // lets what the book says hold
	Rest     func(ctx context.Context, worked time.Duration)
	Now      func() time.Time
	Log      *slog.Logger
}

// mostWaiting is how many replays may wait for their turn, and mostKept how many results are remembered.
const (
	mostWaiting = 8
	mostKept    = 64
)

// Desk is where settings are tried and accepted. It is safe for concurrent use. Replays are worked off by Run, one at a time.
type Desk struct {
	cfg     Config
	waiting chan *job

	mu   sync.Mutex
	jobs map[string]*job // by rule, the newest
	kept []string        // rules, the oldest replay first
}

// job is one replay.
type job struct {
	tag      series.Tag
	rule     detect.Rule
	knob     knob
	from, to int64 // UTC ns
	ctx      context.Context
	cancel   context.CancelFunc

	replay label.Replay // guarded by Desk.mu
}

// New returns a desk that stands still.
func New(cfg Config) *Desk {
	if cfg.Rest == nil {
		cfg.Rest = rest
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Desk{cfg: cfg, waiting: make(chan *job, mostWaiting), jobs: map[string]*job{}}
}

// rest lets a replay take half a core at most.
func rest(ctx context.Context, worked time.Duration) {
	t := time.NewTimer(worked)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// Run works off replays until ctx ends. It runs once.
func (d *Desk) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case j := <-d.waiting:
			d.work(ctx, j)
		}
	}
}

// Begin puts a replay in the place of the rule's one before. See ui.Tuner.
func (d *Desk) Begin(by label.Person, rule, field string, from, to int64) (label.Replay, error) {
	tag, r, k, err := d.find(rule, field)
	if err != nil {
		return label.Replay{}, err
	}
	r = d.cfg.Book.Tuned(r)
	j := &job{tag: tag, rule: r, knob: k, from: from, to: to, replay: label.Replay{
		Rule: rule, Field: k.name, State: label.Replaying, From: from, To: to, By: by.ID, Settings: []label.Setting{},
	}}
	for _, k := range knobsOf(r) {
		j.replay.Fields = append(j.replay.Fields, k.name)
	}
	j.ctx, j.cancel = context.WithCancel(context.Background())
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case d.waiting <- j:
	default:
		j.cancel()
		return label.Replay{}, fmt.Errorf("%w: %d replays are waiting already", label.ErrInvalid, mostWaiting)
	}
	d.keepLocked(j)
	return j.copyLocked(), nil
}

func (d *Desk) keepLocked(j *job) {
	if old := d.jobs[j.replay.Rule]; old != nil {
		old.cancel()
	}
	d.kept = append(slices.DeleteFunc(d.kept, func(rule string) bool { return rule == j.replay.Rule }), j.replay.Rule)
	d.jobs[j.replay.Rule] = j
	for len(d.kept) > mostKept {
		d.jobs[d.kept[0]].cancel()
		delete(d.jobs, d.kept[0])
		d.kept = d.kept[1:]
	}
}

func (j *job) copyLocked() label.Replay {
	r := j.replay
	r.Settings = append([]label.Setting{}, r.Settings...)
	return r
}

// find is a rule and one of its fields; an empty field is the first.
func (d *Desk) find(rule, field string) (series.Tag, detect.Rule, knob, error) {
	tag, r, ok := d.cfg.Rule(rule)
	if !ok {
		return tag, r, knob{}, fmt.Errorf("rule %s: %w", rule, label.ErrNotFound)
	}
	list := knobsOf(r)
	i := slices.IndexFunc(list, func(k knob) bool { return field == "" || k.name == field })
	if i < 0 {
		return tag, r, knob{}, fmt.Errorf("%w: rule %s, which is %s, has no field %q to set", label.ErrInvalid, rule, r.Kind, field)
	}
	return tag, r, list[i], nil
}

// Replay is how the newest replay of a rule stands.
func (d *Desk) Replay(rule string) (label.Replay, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	j, err := d.jobLocked(rule)
	if err != nil {
		return label.Replay{}, err
	}
	return j.copyLocked(), nil
}

func (d *Desk) jobLocked(rule string) (*job, error) {
	if j := d.jobs[rule]; j != nil {
		return j, nil
	}
	return nil, fmt.Errorf("replay of rule %s: %w", rule, label.ErrNotFound)
}

// Cancel ends the replay of a rule. Twice is harmless.
func (d *Desk) Cancel(rule string) (label.Replay, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	j, err := d.jobLocked(rule)
	if err != nil {
		return label.Replay{}, err
	}
	if j.replay.State == label.Replaying {
		j.replay.State = label.ReplayCancelled
	}
	j.cancel()
	return j.copyLocked(), nil
}

// Tunings lists the values that people gave, and those that were taken back.
func (d *Desk) Tunings() []label.Tuning { return d.cfg.Book.Tunings() }

// Tune lets a value hold, or takes it back. See ui.Tuner.
func (d *Desk) Tune(ctx context.Context, by label.Person, rule, field string, value *float64, reason string) (label.Tuning, error) {
	tag, plain, k, err := d.find(rule, field)
	if err != nil {
		return label.Tuning{}, err
	}
	now := d.cfg.Book.Tuned(plain)
	was, _ := k.get(&now)
	if value != nil {
		if math.IsNaN(*value) || math.IsInf(*value, 0) {
			return label.Tuning{}, fmt.Errorf("%w: value: want a finite number", label.ErrInvalid)
		}
		if err := k.with(now, *value).Check(); err != nil {
			return label.Tuning{}, fmt.Errorf("%w: value: %w", label.ErrInvalid, err)
		}
		if err := d.plausible(ctx, tag, k, *value); err != nil {
			return label.Tuning{}, err
		}
	}
	t := label.Tuning{Rule: rule, Field: k.name, Value: value, Was: was, Reason: reason, By: by.ID, At: d.cfg.Now().UnixNano()}
	if err := d.cfg.Book.Put(t); err != nil {
		return label.Tuning{}, err
	}
	if err := d.cfg.Apply(ctx, rule); err != nil {
		return label.Tuning{}, fmt.Errorf("the new value holds from the next start on: %w", err)
	}
	d.cfg.Log.Info("rule tuned", "rule", rule, "field", k.name, "was", was, "value", value, "by", by.ID)
	return t, nil
}
