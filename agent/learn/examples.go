package learn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"edgelabel/agent/label"
	"edgelabel/agent/learn/lines"
)

// Example is a picture that a person called good.
type Example struct {
	Camera  string `json:"camera"`
	Recipe  string `json:"recipe,omitempty"`
	Image   string `json:"image"` // sha256
	Item    string `json:"item"`
	Flagged bool   `json:"flagged,omitempty"` // a detector had called it suspect: it teaches more than one that nobody flagged
}

// exampleNote is what happened to an example, for the audit.
type exampleNote struct {
	At int64 `json:"at"` // UTC ns
	Example
	Rev    int    `json:"rev,omitempty"` // of the label that made it so
	By     string `json:"by,omitempty"`
	Reason string `json:"reason,omitempty"` // why it is no example any more; empty: it became one
}

// Why a picture is no example any more.
const (
	changedLabel = "label changed"
	goneItem     = "item gone"
	betterOnes   = "room for others"
)

// DefaultExamples is how many pictures of one camera and recipe are examples at most.
const DefaultExamples = 32

// ExamplesConfig says whose pictures are collected.
type ExamplesConfig struct {
	Items   Items
	Feed    Feed
	Cameras []string            // those that are judged by good pictures
	Most    int                 // of each camera and recipe, 0 is DefaultExamples
	Path    string              // file of what became an example, and what ceased to be one
	Changed func(camera string) // is told after the examples of a camera changed; must not block
	Now     func() int64
	Log     *slog.Logger
}

// Examples are the pictures that people called good: whole items judged OK by somebody who looked at them. A label that is changed takes its
// pictures back. Of more than there is room for, those stay that had been flagged, and of these a random share, told by their hash: the
// same whatever the order in which they came.
type Examples struct {
	cfg ExamplesConfig

	mu   sync.Mutex
	file *lines.File[exampleNote]
	all  []Example
}

// OpenExamples reads what people called good before and keeps the file open.
func OpenExamples(cfg ExamplesConfig) (*Examples, error) {
	cfg.Most = cmp.Or(cfg.Most, DefaultExamples)
	e := &Examples{cfg: cfg}
	file, err := lines.Open(cfg.Path, e.replayLocked)
	if err != nil {
		return nil, fmt.Errorf("examples: %w", err)
	}
	e.file = file
	return e, nil
}

func (e *Examples) replayLocked(n exampleNote) {
	e.all = slices.DeleteFunc(e.all, func(x Example) bool { return x.Camera == n.Camera && x.Image == n.Image })
	if n.Reason == "" {
		e.all = append(e.all, n.Example)
	}
}

// Close closes the file. Twice is harmless.
func (e *Examples) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.file.Close()
}

// Of lists the examples of a camera, always in the same order.
func (e *Examples) Of(camera string) []Example {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []Example
	for _, x := range e.all {
		if x.Camera == camera {
			list = append(list, x)
		}
	}
	slices.SortFunc(list, func(a, b Example) int { return cmp.Compare(a.Image, b.Image) })
	return list
}

// Run follows the labels until ctx ends. It runs once. What was called good before is looked at again first, and when hints were lost.
func (e *Examples) Run(ctx context.Context) error {
	listener{
		begin: func() { e.recheck(ctx) },
		lost:  func(uint64) { e.recheck(ctx) },
		hint: func(c label.Change) {
			if c.What == "label" {
				e.follow(ctx, c.Item)
			}
		},
	}.follow(ctx, e.cfg.Feed)
	return nil
}

// recheck follows every item with an example.
func (e *Examples) recheck(ctx context.Context) {
	e.mu.Lock()
	var items []string
	for _, x := range e.all {
		items = append(items, x.Item)
	}
	e.mu.Unlock()
	slices.Sort(items)
	for _, id := range slices.Compact(items) {
		e.follow(ctx, id)
	}
}

// follow brings the examples in line with the newest label of an item.
func (e *Examples) follow(ctx context.Context, id string) {
	row, labels, err := e.cfg.Items.Item(ctx, id)
	gone := errors.Is(err, label.ErrNotFound)
	if err != nil && !gone {
		if ctx.Err() == nil {
			e.cfg.Log.Warn("a verdict changes no reference", "item", id, "error", err)
		}
		return
	}
	note := exampleNote{At: e.cfg.Now(), Reason: changedLabel}
	var good []Example
	if gone {
		note.Reason = goneItem
	} else if len(labels) > 0 {
		newest := labels[len(labels)-1]
		note.Rev, note.By = newest.Rev, newest.By.ID
		good = e.good(&row, &newest)
	}
	changed, err := e.settle(id, good, note)
	if err != nil {
		e.cfg.Log.Error("what a person called good is not kept", "item", id, "error", err)
	}
	for _, camera := range changed {
		e.cfg.Changed(camera)
	}
}

// good are the pictures of an item that its newest label makes examples.
func (e *Examples) good(row *label.Row, newest *label.Label) (list []Example) {
	if newest.Verdict != label.OK || len(newest.Regions) > 0 || newest.Input == label.Propagated {
		return nil
	}
	for _, im := range row.Images {
		if !slices.Contains(e.cfg.Cameras, im.Camera) {
			continue
		}
		flagged := slices.ContainsFunc(row.Candidates, func(c label.Candidate) bool { return c.Image == im.SHA256 && byDetector(c.Detector) })
		list = append(list, Example{
			Camera: im.Camera, Recipe: cmp.Or(im.Part.ExternalRecipeID, im.Part.ProductID), Image: im.SHA256, Item: row.ID, Flagged: flagged,
		})
	}
	return list
}

// settle lets an item have these examples and no others, and returns the cameras whose examples changed.
func (e *Examples) settle(item string, good []Example, note exampleNote) (changed []string, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	write := func(x Example, reason string) {
		n := note
		n.Example, n.Reason = x, reason
		if wrong := e.file.Append(n); wrong != nil {
			err = errors.Join(err, wrong)
			return
		}
		e.replayLocked(n)
		changed = append(changed, x.Camera)
	}
	for _, x := range slices.Clone(e.all) {
		if x.Item == item && !slices.ContainsFunc(good, x.same) {
			write(x, note.Reason)
		}
	}
	for _, x := range good {
		if slices.ContainsFunc(e.all, x.same) {
			continue
		}
		worst, full := e.worstLocked(x)
		if full && !better(x, worst) {
			continue
		}
		write(x, "")
		if full {
			write(worst, betterOnes)
		}
	}
	slices.Sort(changed)
	return slices.Compact(changed), err
}

func (x Example) same(y Example) bool { return x.Camera == y.Camera && x.Image == y.Image }

// better orders the examples of a camera and recipe by what is kept first.
func better(a, b Example) bool {
	if a.Flagged != b.Flagged {
		return a.Flagged
	}
	return a.Image < b.Image
}

// worstLocked is the example that goes first for another of the same camera and recipe. full says that there is no room beside it.
func (e *Examples) worstLocked(x Example) (worst Example, full bool) {
	n := 0
	for _, y := range e.all {
		if y.Camera != x.Camera || y.Recipe != x.Recipe {
			continue
		}
		if n++; n == 1 || better(worst, y) {
			worst = y
		}
	}
	return worst, n >= e.cfg.Most
}
