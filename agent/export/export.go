// Package export turns labelled items into datasets:
//
//	Source ─ each item ─▶ Run: whose judgement, which split, images copied ─▶ Encoder of a format ─▶ folder
//
// Beside what the format asks for, every dataset has dataset.json (how it was made and what went in), taxonomy.json (the revision it is
// frozen to), loss.json (what is in the labels and not in the dataset), README.md (its card, in two languages), croissant.json (the same for
// machines, with the hash of each file) and, when it is divided, splits.csv (which item is where).
// Memory does not grow with the number of items beyond their ids, parts and hashes.
package export

import (
	"context"
	"errors"
	"io"
	"path/filepath"

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

// Awaiter is a Source that knows of items whose pictures are still on their way to it.
type Awaiter interface {
	// Awaited are their ids, in order.
	Awaited() []string
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
	Windows  bool     // samples are wanted too, where the format has a place for them
	Splits   []string // names of the splits; empty when the dataset is not divided
	Split    string   // the one an encoder made by PerSplit writes
	Lost     func(Lost) error
}

// File is the path of a file of the job's split: tasks.json, or tasks_train.json.
func (j *Job) File(name, ext string) string {
	if j.Split != "" {
		name += "_" + j.Split
	}
	return filepath.Join(j.Dir, name+ext)
}

// Example is a labelled item as a dataset sees it.
type Example struct {
	Item   label.Item
	Label  label.Label       // the judgement that counts
	Split  string            // "" when the dataset is not divided
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
	// Reduced says that it is in the dataset after all, as something that says less.
	Reduced bool `json:"reduced,omitempty"`
}

// LostRegion says that a region has no place in the dataset.
func (e *Example) LostRegion(r *label.Region, reason string) Lost {
	return Lost{Item: e.Item.ID, Label: e.Label.ID, Region: r.ID, Kind: r.Kind, Image: r.Image, Reason: reason}
}

// LostWhole lists the item and each of its regions as left out.
func (e *Example) LostWhole(job *Job, reason string) error {
	err := job.Lost(Lost{Item: e.Item.ID, Label: e.Label.ID, Reason: reason})
	for i := range e.Label.Regions {
		err = errors.Join(err, job.Lost(e.LostRegion(&e.Label.Regions[i], reason)))
	}
	return err
}
