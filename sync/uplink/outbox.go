package uplink

import (
	"context"
	"io"

	"edgelabel/agent/journal"
)

// Outbox is the store as sync sees it: entries that must leave, and what has been agreed about them per target.
type Outbox interface {
	// Pending lists up to limit of the oldest entries that are in no batch of the target.
	Pending(ctx context.Context, target string, limit int) ([]journal.Entry, error)

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

// Blobs opens images and windows by the SHA-256 of their bytes. The error wraps fs.ErrNotExist when there is no such blob.
type Blobs interface {
	OpenBlob(sha256 string) (io.ReadSeekCloser, error)
}
