// Package parquet writes flat tables for DuckDB, pandas and Spark: items, images, labels, regions and, when asked for, windows with all
// samples, one file each, joined by item_id and label_id. Nothing of a label is lost.
package parquet

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go"

	"edgelabel/agent/export"
	"edgelabel/agent/series"
)

// Drops is what the tables leave out.
func Drops() []string { return []string{"earlier label revisions", "machine candidates"} }

// rowsPerGroup bounds the memory that a table waits in; windows have many small rows.
const rowsPerGroup = 1 << 14

// table is one file.
type table[T any] struct {
	f *os.File
	w *parquet.GenericWriter[T]
}

func newTable[T any](dir, name string) (*table[T], error) {
	f, err := os.Create(filepath.Join(dir, name+".parquet"))
	if err != nil {
		return nil, err
	}
	return &table[T]{f, parquet.NewGenericWriter[T](f, parquet.CreatedBy("edgelabel", "1", name), parquet.Compression(&parquet.Snappy),
		parquet.MaxRowsPerRowGroup(rowsPerGroup))}, nil
}

func (t *table[T]) add(rows ...T) error {
	_, err := t.w.Write(rows)
	return err
}

func (t *table[T]) Close() error { return errors.Join(t.w.Close(), t.f.Close()) }

type encoder struct {
	job     export.Job
	open    []io.Closer
	items   *table[itemRow]
	images  *table[imageRow]
	labels  *table[labelRow]
	regions *table[regionRow]
	windows *table[windowRow]
	last    string // item
}

// Open is the export.Format's.
func Open(job export.Job) (export.Encoder, error) {
	e := &encoder{job: job}
	err := errors.Join(begin(e, &e.items, "items"), begin(e, &e.images, "images"), begin(e, &e.labels, "labels"), begin(e, &e.regions, "regions"))
	if job.Windows {
		err = errors.Join(err, begin(e, &e.windows, "windows"))
	}
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

func begin[T any](e *encoder, into **table[T], name string) error {
	t, err := newTable[T](e.job.Dir, name)
	if err != nil {
		return err
	}
	*into, e.open = t, append(e.open, t)
	return nil
}

// Encode adds the item's rows; a further judgement on the item before adds a label and its regions.
func (e *encoder) Encode(ctx context.Context, x *export.Example) error {
	regions, err := regionsOf(&x.Item, &x.Label)
	if err != nil {
		return err
	}
	err = errors.Join(e.labels.add(labelOf(&x.Label)), e.regions.add(regions...))
	if e.last == x.Item.ID || err != nil {
		return err
	}
	e.last = x.Item.ID
	if err := errors.Join(e.items.add(itemOf(x)), e.images.add(imagesOf(x)...)); err != nil {
		return err
	}
	if !e.job.Windows || x.Window == nil {
		return nil
	}
	return e.window(ctx, x)
}

func (e *encoder) window(ctx context.Context, x *export.Example) error {
	w, err := x.Window(ctx)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, series.ErrCorrupt) {
		return e.job.Lost(export.Lost{Item: x.Item.ID, Label: x.Label.ID, Reason: "window: " + err.Error()})
	}
	if err != nil {
		return err
	}
	for i := range w.Traces {
		err = errors.Join(err, e.windows.add(samplesOf(x.Item.ID, &w.Traces[i])...))
	}
	return err
}

// Close finishes the files.
func (e *encoder) Close() (err error) {
	for _, t := range e.open {
		err = errors.Join(err, t.Close())
	}
	return err
}
