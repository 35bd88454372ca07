// Package export turns labelled items into datasets:
//
//	Source ─ each item ─▶ Run: newest label, images copied ─▶ Encoder of a format ─▶ folder, loss.json
//
// Memory does not grow with the number of items beyond their ids.
package export

import (
	"context"
	"io"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Source is where items come from: the gateway's store or a central store.
type Source interface {
	// Each calls yield for every item once, always in the same order, and stops at the first error.
	Each(ctx context.Context, yield func(Record) error) error

	// Taxonomy is the newest revision.
	Taxonomy(ctx context.Context) (label.Taxonomy, error)

	// OpenBlob opens an image by the SHA-256 of its bytes. The error wraps fs.ErrNotExist when there is none.
	OpenBlob(sha256 string) (io.ReadSeekCloser, error)
}

// Record is an item with all its labels.
type Record struct {
	Item   label.Item
	Labels []label.Label
	// Window reads the item's samples, during the call of yield; nil when the item has none.
	Window func(ctx context.Context) (*series.Window, error)
}

// Format is one kind of dataset.
type Format struct {
	// Open begins a dataset.
	Open func(Job) (Encoder, error)
	// Drops names what the format has no place for in any item; loss.json repeats it.
	Drops []string
}

// Encoder writes one dataset.
type Encoder interface {
	// Encode adds an item. What the format cannot hold goes to Job.Lost; an error ends the export.
	Encode(ctx context.Context, e *Example) error

	// Close finishes the dataset. It is called once, after an error of Encode too.
	Close() error
}

// Job is what an encoder works with.
type Job struct {
	Dir      string // an empty folder, images/ apart
	Taxonomy label.Taxonomy
	Windows  bool // samples are wanted too, where the format has a place for them
	Lost     func(Lost) error
}

// Example is a labelled item as a dataset sees it.
type Example struct {
	Item   label.Item
	Label  label.Label       // the newest revision
	Files  map[string]string // sha256 → path of the copied image below Job.Dir, with slashes; images that could not be read are absent
	Window func(ctx context.Context) (*series.Window, error)
}

// Lost is something that is in the labels and not in the dataset.
type Lost struct {
	Item   string           `json:"item"`
	Label  string           `json:"label,omitempty"`
	Region string           `json:"region,omitempty"`
	Kind   label.RegionKind `json:"kind,omitempty"`
	Image  string           `json:"image,omitempty"` // sha256
	Reason string           `json:"reason"`
}

// LostRegion says that a region has no place in the dataset.
func (e *Example) LostRegion(r *label.Region, reason string) Lost {
	return Lost{Item: e.Item.ID, Label: e.Label.ID, Region: r.ID, Kind: r.Kind, Image: r.Image, Reason: reason}
}
