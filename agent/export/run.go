package export

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"edgelabel/agent/label"
)

// ErrSimulated is wrapped when items come from a simulated line and nobody said that this is wanted.
var ErrSimulated = errors.New("simulated items")

// Options of a run.
type Options struct {
	Out       string // folder to make; it must not exist, or be empty
	Simulated bool   // let simulated items in
	Windows   bool   // samples too
}

// Summary counts what a run did.
type Summary struct {
	Items     int `json:"items"` // in the dataset
	Images    int `json:"images"`
	Unlabeled int `json:"unlabeled"` // left out: nobody judged them
	Simulated int `json:"simulated"`
	Lost      int `json:"lost"` // entries of loss.json
}

// Run writes a dataset. Out appears whole or not at all.
func Run(ctx context.Context, src Source, name string, f Format, o Options) (s Summary, err error) {
	if err := vacant(o.Out); err != nil {
		return s, err
	}
	tax, err := src.Taxonomy(ctx)
	if err != nil {
		return s, fmt.Errorf("taxonomy: %w", err)
	}
	parent := filepath.Dir(filepath.Clean(o.Out))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return s, err
	}
	dir, err := os.MkdirTemp(parent, ".edgelabel-export-*")
	if err != nil {
		return s, err
	}
	r := &run{src: src, options: o, dir: dir}
	err = r.all(ctx, name, f, tax)
	if err == nil {
		err = publish(dir, o.Out)
	}
	if err != nil {
		return s, errors.Join(err, os.RemoveAll(dir))
	}
	return r.sum, nil
}

// vacant makes sure that nothing is overwritten.
func vacant(out string) error {
	if out == "" {
		return errors.New("export: no folder to write to")
	}
	entries, err := os.ReadDir(out)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("%s: is not empty", out)
	}
	return err
}

func publish(dir, out string) error {
	if err := os.Remove(out); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	return os.Rename(dir, out)
}

type run struct {
	src     Source
	options Options
	dir     string
	sum     Summary
	total   int
	loss    *lossFile
}

func (r *run) all(ctx context.Context, name string, f Format, tax label.Taxonomy) (err error) {
	if r.loss, err = newLossFile(filepath.Join(r.dir, "loss.json"), name, f.Drops); err != nil {
		return err
	}
	enc, err := f.Open(Job{Dir: r.dir, Taxonomy: tax, Windows: r.options.Windows, Lost: r.loss.add})
	if err != nil {
		return errors.Join(err, r.loss.close(r.sum))
	}
	err = r.src.Each(ctx, func(rec Record) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.record(ctx, enc, &rec); err != nil {
			return fmt.Errorf("item %s: %w", rec.Item.ID, err)
		}
		return nil
	})
	err = errors.Join(err, enc.Close())
	r.sum.Lost = r.loss.n
	err = errors.Join(err, r.loss.close(r.sum))
	if err == nil && r.sum.Simulated > 0 && !r.options.Simulated {
		err = fmt.Errorf("%d of %d are %w: they would teach a model the simulation", r.sum.Simulated, r.total, ErrSimulated)
	}
	return err
}

func (r *run) record(ctx context.Context, enc Encoder, rec *Record) error {
	r.total++
	if rec.Item.IsSimulated {
		r.sum.Simulated++
	}
	switch {
	case r.sum.Simulated > 0 && !r.options.Simulated:
		return nil // it will be refused as a whole: only count on
	case len(rec.Labels) == 0:
		r.sum.Unlabeled++
		return nil
	}
	e := &Example{Item: rec.Item, Label: newest(rec.Labels), Files: map[string]string{}, Window: rec.Window}
	for i := range e.Item.Images {
		if err := r.image(e, &e.Item.Images[i]); err != nil {
			return err
		}
	}
	r.sum.Items++
	return enc.Encode(ctx, e)
}

// newest is the revision that counts.
func newest(all []label.Label) label.Label {
	return slices.MaxFunc(all, func(a, b label.Label) int {
		return cmp.Or(cmp.Compare(a.Rev, b.Rev), cmp.Compare(a.Saved, b.Saved), cmp.Compare(a.ID, b.ID))
	})
}
