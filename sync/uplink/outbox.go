package uplink

import (
	"context"
	"io"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
)

// Outbox is the store as sync sees it: entries that must leave, and what has been agreed about them per target.
type Outbox interface {
	// Waiting lists up to limit entries of a lane that are in no batch of the target: labels newest first, each behind its item where that
	// waits too; everything else oldest first.
	Waiting(ctx context.Context, target string, lane journal.Lane, limit int) ([]journal.Entry, error)

	// Freeze records a batch durably before its first byte goes out. A batch of a later epoch takes the place of one that was frozen in
	// an earlier epoch and holds the same entries.
	Freeze(ctx context.Context, b journal.Batch) error

	// Frozen returns the target's batch that was frozen and not acknowledged, with its entries in order; ok is false when there is none.
	Frozen(ctx context.Context, target string) (b journal.Batch, entries []journal.Entry, ok bool, err error)

	// Last returns the target's newest receipt; ok is false before the first.
	Last(ctx context.Context, target string) (r journal.Receipt, ok bool, err error)

	// Acknowledge records that the batch is whole at the target. Twice is harmless.
	Acknowledge(ctx context.Context, r journal.Receipt) error
}

// Progress counts what waits for a target.
type Progress interface {
	Backlog(ctx context.Context, target string) (journal.Backlog, error)
}

// Items looks at an item and all its labels, by revision. The error wraps label.ErrNotFound for an item that is gone.
type Items interface {
	Item(ctx context.Context, id string) (label.Row, []label.Label, error)
}

// Blobs opens images and windows by the SHA-256 of their bytes. The error wraps fs.ErrNotExist when there is no such blob.
type Blobs interface {
	OpenBlob(sha256 string) (io.ReadSeekCloser, error)
}
