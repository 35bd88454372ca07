package agent

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"edgelabel/agent/label"
	"edgelabel/ui"
)

// labelKeeper is what a store does with labels for the page.
type labelKeeper interface {
	ui.Labels
	ui.Revisions
}

// countedLabels counts the labels that became durable, and those that did not fit.
type countedLabels struct {
	labelKeeper
	now        func() time.Time
	n, refused *atomic.Uint64
}

// AddLabel implements ui.Labels. A repeated key returns the label of before, which was counted then.
func (c countedLabels) AddLabel(ctx context.Context, item string, d label.Draft, by label.Person, key string) (label.Label, error) {
	began := c.now().UnixNano()
	made, err := c.labelKeeper.AddLabel(ctx, item, d, by, key)
	switch {
	case err == nil && made.Saved >= began:
		c.n.Add(1)
	case errors.Is(err, label.ErrInvalid):
		c.refused.Add(1)
	}
	return made, err
}
