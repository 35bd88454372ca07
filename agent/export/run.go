package export

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// ErrSimulated is wrapped when items come from a simulated line and nobody said that this is wanted.
var ErrSimulated = errors.New("simulated items")

// Options of a run.
type Options struct {
	Out       string             // folder to make; it must not exist, or be empty
	Simulated bool               // let simulated items in
	Windows   bool               // samples too
	Align     *series.Resampling // puts the samples of each item on common points; nil leaves them as they came
	Split     *Split             // nil leaves the dataset whole
	Policy    Policy             // "" is Newest
	Name      string             // of the dataset, for its card; "" names the format
	License   string             // an SPDX id or a URL, for its card; "" is DefaultLicense
}

// Summary counts what a run did.
type Summary struct {
	Items     int `json:"items"` // in the dataset
	Images    int `json:"images"`
	Unlabeled int `json:"unlabeled"` // left out: nobody judged them
	Simulated int `json:"simulated"`
	Lost      int `json:"lost"` // entries of loss.json
	// Judgements of further people that the policy left out, and items it could not decide.
	Outvoted  int `json:"outvoted"`
	Undecided int `json:"undecided"`
	// Examples in the dataset; more than items where every person's judgement is one.
	Examples int `json:"examples"`
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
	r := &run{src: src, options: o, dir: dir, facts: newFacts()}
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
	split   *splitter
	tax     label.Taxonomy
	facts   *facts
}

func (r *run) all(ctx context.Context, name string, f Format, tax label.Taxonomy) (err error) {
	if r.loss, err = newLossFile(filepath.Join(r.dir, "loss.json"), name, f.Drops); err != nil {
		return err
	}
	if err := r.divide(ctx); err != nil {
		return errors.Join(err, r.loss.close(r.sum))
	}
	r.tax = tax
	err = errors.Join(r.encode(ctx, f, tax), r.awaited())
	r.sum.Lost = r.loss.n
	err = errors.Join(err, r.loss.close(r.sum))
	if r.split != nil {
		err = errors.Join(err, r.split.close())
	}
	if err == nil && r.sum.Simulated > 0 && !r.options.Simulated {
		err = fmt.Errorf("%d of %d are %w: they would teach a model the simulation", r.sum.Simulated, r.total, ErrSimulated)
	}
	if err != nil {
		return err
	}
	return r.describe(name, &tax)
}

func (r *run) encode(ctx context.Context, f Format, tax label.Taxonomy) error {
	enc, err := f.Open(Job{Dir: r.dir, Taxonomy: tax, Windows: r.options.Windows, Splits: r.options.Split.Names(), Lost: r.loss.add})
	if err != nil {
		return err
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
	return errors.Join(err, enc.Close())
}

// awaited lists the items whose pictures have not come to the source.
func (r *run) awaited() (err error) {
	if a, ok := r.src.(Awaiter); ok {
		for _, item := range a.Awaited() {
			err = errors.Join(err, r.loss.add(Lost{Item: item, Reason: "its pictures have not come yet"}))
		}
	}
	return err
}

// divide prepares the split. By time it reads the source once, for the moments of what is labelled.
func (r *run) divide(ctx context.Context) (err error) {
	if r.options.Split == nil {
		return nil
	}
	var times []int64
	if r.options.Split.By == ByTime {
		err = r.src.Each(ctx, func(rec Record) error {
			if len(rec.Labels) > 0 {
				times = append(times, rec.Item.At)
			}
			return ctx.Err()
		})
	}
	if err != nil {
		return err
	}
	r.split, err = newSplitter(r.options.Split, r.dir, times)
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
	count, rest, reason := r.options.Policy.choose(rec.Labels)
	for _, l := range rest {
		r.sum.Outvoted++
		if err := r.loss.add(Lost{Item: rec.Item.ID, Label: l.ID, Reason: reason}); err != nil {
			return err
		}
	}
	if len(count) == 0 {
		r.sum.Undecided++
		return nil
	}
	return r.examples(ctx, enc, rec, count)
}

func (r *run) examples(ctx context.Context, enc Encoder, rec *Record, labels []label.Label) error {
	split := ""
	if r.split != nil {
		var reason string
		var err error
		if split, reason, err = r.split.place(&rec.Item); err != nil {
			return err
		}
		if reason != "" {
			return r.unplaced(rec, labels, reason)
		}
	}
	r.sum.Items++
	r.facts.item(&rec.Item)
	for _, l := range labels {
		l.Draft = r.tax.Followed(l.Draft)
		r.facts.example(&l)
		e := &Example{Item: rec.Item, Label: l, Split: split, Files: map[string]string{}, Window: r.aligned(rec.Window)}
		for i := range e.Item.Images {
			if err := r.image(e, &e.Item.Images[i]); err != nil {
				return err
			}
		}
		r.sum.Examples++
		if err := enc.Encode(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// unplaced lists an item that can be in no split.
func (r *run) unplaced(rec *Record, labels []label.Label, reason string) (err error) {
	for _, l := range labels {
		e := &Example{Item: rec.Item, Label: l}
		err = errors.Join(err, e.LostWhole(&Job{Lost: r.loss.add}, reason))
	}
	return err
}
