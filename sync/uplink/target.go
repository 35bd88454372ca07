// Package uplink carries the journal to a central store: it freezes batches, uploads their objects under fixed keys, verifies them and
// commits each batch by writing its manifest last.
package uplink

import (
	"context"
	"errors"
	"io"
)

// Target is a central store. Keys are slash-separated and relative to the target's own prefix. Implementations: s3, file.
type Target interface {
	// PutIfAbsent writes the object unless the key exists. existed is true when it did, and then nothing was written: the caller
	// compares. size and sha256 (lower-case hex) are those of body; an implementation verifies what the far end can verify.
	PutIfAbsent(ctx context.Context, key string, body io.ReadSeeker, size int64, sha256 string) (existed bool, err error)

	// Head returns what the store says about the object, or ErrNoObject.
	Head(ctx context.Context, key string) (Info, error)

	// Get opens the object for reading, or returns ErrNoObject.
	Get(ctx context.Context, key string) (io.ReadCloser, error)

	// List calls yield for every object below prefix in the order of their keys until yield returns false.
	List(ctx context.Context, prefix string, yield func(Info) bool) error

	// Put overwrites: only for advisory state.
	Put(ctx context.Context, key string, body []byte) error
}

// Info is what a store knows about an object.
type Info struct {
	Key    string
	Size   int64
	SHA256 string // lower-case hex, empty when the store keeps none
	MD5    string // lower-case hex, empty when unknown or the object was sent in parts
	Tag    string // what else the store says about the object's content, in its own words
}

// Comparer is a target that can tell from what its store says about an object whether it is this body, where the store keeps neither hash.
type Comparer interface {
	// Same reads body from its beginning; false means that it cannot be told or is not so.
	Same(info Info, body io.ReadSeeker) (bool, error)
}

// Unpaced is a body whose reading is slowed down to what a line may carry; its own is for reading on this machine.
type Unpaced interface{ Unpaced() io.ReadSeeker }

// ErrNoObject is returned for a key that does not exist.
var ErrNoObject = errors.New("no such object")
