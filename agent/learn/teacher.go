package learn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"edgelabel/agent/label"
	"edgelabel/agent/learn/lines"
	"edgelabel/agent/series"
)

// Lesson is a stretch that a person called normal and a detector was taught.
type Lesson struct {
	At   int64  `json:"at"` // UTC ns
	Rule string `json:"rule"`
	Item string `json:"item"`
	Rev  int    `json:"rev"` // of the label
	By   string `json:"by"`
	From int64  `json:"from"` // UTC ns
	To   int64  `json:"to"`
}

// TeacherConfig says who is taught.
type TeacherConfig struct {
	Items    Items
	Feed     Feed
	History  func(ctx context.Context, tags []string, from, to int64) (*series.Window, error)
	Detector string // whose candidates, when people reject them, are lessons
	Teach    func(ctx context.Context, rule string, stretch []series.Sample) (taken bool, err error)
	Path     string // file of what was taught
	Now      func() int64
	Log      *slog.Logger
}

// Teacher tells detectors that learn a repertoire what people called normal: each rejected candidate once. A label that comes while hints
// are lost teaches nothing: the detector flags such a stretch again, and the next verdict does.
type Teacher struct {
	cfg TeacherConfig

	mu     sync.Mutex
	file   *lines.File[Lesson]
	taught map[lessonKey]bool
	count  uint64
}

type lessonKey struct{ rule, item string }

// mostTaught bounds what is remembered; beyond it a lesson may be given twice, which is harmless.
const mostTaught = 50_000

// OpenTeacher reads what was taught before and keeps the file open.
func OpenTeacher(cfg TeacherConfig) (*Teacher, error) {
	t := &Teacher{cfg: cfg, taught: map[lessonKey]bool{}}
	file, err := lines.Open(cfg.Path, t.noteLocked)
	if err != nil {
		return nil, fmt.Errorf("lessons: %w", err)
	}
	t.file = file
	return t, nil
}

func (t *Teacher) noteLocked(l Lesson) {
	if len(t.taught) >= mostTaught {
		clear(t.taught)
	}
	t.taught[lessonKey{l.Rule, l.Item}] = true
}

// Close closes the file. Twice is harmless.
func (t *Teacher) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.file.Close()
}

// Count is how many lessons were given since the start.
func (t *Teacher) Count() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count
}

// Run follows the labels until ctx ends. It runs once.
func (t *Teacher) Run(ctx context.Context) error {
	listener{hint: func(c label.Change) {
		if c.What != "label" {
			return
		}
		if err := t.read(ctx, c.Item); err != nil && ctx.Err() == nil && !errors.Is(err, label.ErrNotFound) {
			t.cfg.Log.Warn("a verdict teaches nothing", "item", c.Item, "error", err)
		}
	}}.follow(ctx, t.cfg.Feed)
	return nil
}

// read teaches what the newest label of an item calls normal.
func (t *Teacher) read(ctx context.Context, id string) error {
	row, labels, err := t.cfg.Items.Item(ctx, id)
	if err != nil || row.Verdict != label.OK || len(labels) == 0 {
		return err
	}
	newest := labels[len(labels)-1]
	for _, c := range row.Candidates {
		if c.Detector != t.cfg.Detector || len(c.Tags) == 0 || c.To == 0 {
			continue
		}
		l := Lesson{At: t.cfg.Now(), Rule: c.Rule, Item: id, Rev: newest.Rev, By: newest.By.ID, From: c.From, To: c.To}
		if row.Window != nil { // what leads there and away is part of what was judged
			l.From, l.To = row.Window.From, row.Window.To
		}
		if err := t.give(ctx, l, c.Tags[:1]); err != nil {
			return fmt.Errorf("rule %s: %w", c.Rule, err)
		}
	}
	return nil
}

func (t *Teacher) give(ctx context.Context, l Lesson, tags []string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.taught[lessonKey{l.Rule, l.Item}] {
		return nil
	}
	w, err := t.cfg.History(ctx, tags, l.From, l.To)
	if err != nil {
		return err
	}
	tr := &w.Traces[0]
	stretch := make([]series.Sample, len(tr.T))
	for i := range tr.T {
		stretch[i] = series.Sample{Tag: tr.Tag, Source: tr.T[i], Receive: tr.T[i], Value: tr.V[i], Status: tr.Status[i]}
	}
	taken, err := t.cfg.Teach(ctx, l.Rule, stretch)
	if err != nil || !taken {
		return err
	}
	t.count++
	t.noteLocked(l)
	return t.file.Append(l)
}
