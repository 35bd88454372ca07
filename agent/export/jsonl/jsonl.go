// Package jsonl writes manifest.jsonl: one line for each labelled item, with the item, its label and the copied pictures as they are in
// the gateway's own vocabulary. Nothing of a label is lost.
package jsonl

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"edgelabel/agent/export"
	"edgelabel/agent/label"
)

// Drops is what the manifest leaves out.
func Drops() []string { return []string{"samples of the signals", "earlier label revisions"} }

type line struct {
	Split string            `json:"split,omitempty"`
	Item  *label.Item       `json:"item"`
	Label *label.Label      `json:"label"`
	Files map[string]string `json:"files"` // sha256 → file
	// Geometry is what the regions measure, by their id, where the camera was calibrated.
	Geometry map[string]*label.Geometry `json:"geometry,omitempty"`
}

type encoder struct {
	f *os.File
	w *bufio.Writer
}

// Open is the export.Format's.
func Open(job export.Job) (export.Encoder, error) {
	f, err := os.Create(filepath.Join(job.Dir, "manifest.jsonl"))
	if err != nil {
		return nil, err
	}
	return &encoder{f, bufio.NewWriterSize(f, 64<<10)}, nil
}

// Encode adds the item's line.
func (e *encoder) Encode(_ context.Context, x *export.Example) error {
	b, err := json.Marshal(line{x.Split, &x.Item, &x.Label, x.Files, geometry(x)})
	if err != nil {
		return err
	}
	_, err = e.w.Write(append(b, '\n'))
	return err
}

func geometry(x *export.Example) map[string]*label.Geometry {
	all := map[string]*label.Geometry{}
	for i := range x.Label.Regions {
		if g := x.Item.Geometry(&x.Label.Regions[i]); g != nil {
			all[x.Label.Regions[i].ID] = g
		}
	}
	return all
}

// Close finishes the file.
func (e *encoder) Close() error { return errors.Join(e.w.Flush(), e.f.Close()) }
