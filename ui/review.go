package ui

import (
	"context"
	"io"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Items is the queue. Errors are those of package label: ErrNotFound, ErrInvalid, ErrFull, *Conflict.
type Items interface {
	Items(ctx context.Context, q label.Query) (label.Page, error)
	Item(ctx context.Context, id string) (label.Row, []label.Label, error)
	CreateItem(ctx context.Context, it label.Item) error
	Claim(ctx context.Context, item string, c label.Claim) (label.Claim, error) // the claim that holds now: the caller's, or another's that has not expired
	Counts(ctx context.Context) (label.Counts, error)
}

// Labels takes what people decide. AddLabel returns after the label is durable. The same key again returns the label that it made the
// first time. A Parent that is not the newest revision is a *label.Conflict.
type Labels interface {
	AddLabel(ctx context.Context, item string, d label.Draft, by label.Person, key string) (label.Label, error)
	Taxonomy(ctx context.Context) (label.Taxonomy, error)
	PutTaxonomy(ctx context.Context, t label.Taxonomy, by string) (label.Taxonomy, error) // Revision must be the newest; the answer has the next
}

// Media opens what an item points at.
type Media interface {
	OpenBlob(sha256 string) (io.ReadSeekCloser, error) // wraps fs.ErrNotExist
	Window(ctx context.Context, tags []string, from, to int64) (*series.Window, error)
}

// Feed tells about changes. A subscriber that is too slow loses hints, never data: the next hint makes it read everything again.
type Feed interface {
	Subscribe() (changes <-chan label.Change, cancel func())
}
