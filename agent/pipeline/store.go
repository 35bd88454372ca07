package pipeline

import (
	"context"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Recorder keeps what came in. Everything it takes is durable when it says so.
type Recorder interface {
	// AppendThinned queues samples for the series files and owns the slices from then on. It blocks while the store's queue is full.
	//
	// ends are the newest samples of signals that are thinned out. Whether the history needs them is not known yet. Each is kept until a
	// sample of its tag is appended that is as new or newer. If the agent ends before that, or a write fails, it becomes part of the history.
	//
	// done (which may be nil) is called exactly once, in the order of the calls, when both are on disk or could not be written.
	AppendThinned(ctx context.Context, samples, ends []series.Sample, done func(error)) error

	// AddImage stores a picture's bytes, its sidecar and its index entry. known is true, and nothing is written, when the same camera,
	// name and bytes are already there. ErrFull when the disk budget leaves no room.
	AddImage(ctx context.Context, im label.Image, data []byte) (known bool, err error)

	// AddGap journals a gap.
	AddGap(ctx context.Context, g series.Gap) error
}

// Items keeps the items. Both methods return after the change is durable.
type Items interface {
	// CreateItem adds an item whose ID is new. An item whose ID is known already is left alone: creating twice is harmless.
	CreateItem(ctx context.Context, it label.Item) error

	// UpdateItem lets change edit the newest revision and stores the result with the next Rev. ErrNotFound; ErrFrozen when the item is
	// final and has left or was labeled. An error from change is returned as it is and nothing is stored.
	UpdateItem(ctx context.Context, id string, change func(*label.Item) error) error

	// SettleItem freezes the window as a blob, takes IsPartial off the item and, from then on, leaves it as it is.
	SettleItem(ctx context.Context, id string, w *series.Window) error

	// Partial lists the items that a stop of the agent left unfinished.
	Partial(ctx context.Context) ([]label.Item, error)

	// Window reads raw samples back, for an item whose samples have left the ring.
	Window(ctx context.Context, tags []string, from, to int64) (*series.Window, error)
}
