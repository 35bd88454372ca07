package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"edgelabel/agent/export"
	"edgelabel/agent/export/formats"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store"
	"edgelabel/sync/uplink"
)

// runExport writes a dataset from a gateway's data directory, also while the agent runs, or from a bucket of many gateways.
func runExport(ctx context.Context, w world, args []string) error {
	all := formats.All()
	names := strings.Join(slices.Sorted(maps.Keys(all)), ", ")
	f := flag.NewFlagSet("export", flag.ContinueOnError)
	format := f.String("format", "", names)
	from := f.String("from", "", "data directory of a gateway, or URL of a bucket")
	out := f.String("out", "", "folder to write; it must not exist or be empty")
	simulated := f.Bool("simulated", false, "let simulated items in")
	policy := f.String("policy", string(export.Newest), "whose judgement counts where several people labelled: newest, majority, adjudicated or all")
	shares := f.String("split", "", "divide the dataset, such as 80/10/10 for training, validation and test")
	seed := f.Uint64("seed", 0, "of the split")
	by := f.String("by", export.ByPart, "what a split keeps together: part, lot or time")
	name := f.String("name", "", "of the dataset, for its card")
	license := f.String("license", "", "of the dataset, for its card: an SPDX id or a URL")
	windows := f.Bool("windows", false, "write the signals' samples too, where the format has a place for them")
	align := newAlignFlags(f)
	flags := bucketFlags(f)
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	chosen, known := all[*format]
	if !known || *from == "" || *out == "" || len(rest) > 0 {
		return misused("want --format (%s), --from and --out", names)
	}
	options := export.Options{Out: *out, Simulated: *simulated, Windows: *windows, Name: *name, License: *license}
	if options.Policy, err = export.ParsePolicy(*policy); err != nil {
		return usageError{err}
	}
	if *shares != "" {
		if options.Split, err = export.ParseSplit(*shares, *seed, *by); err != nil {
			return usageError{err}
		}
	}
	if options.Align, err = align.resampling(*windows); err != nil {
		return err
	}
	source, closeSource, err := openDataset(ctx, *from, flags)
	if err != nil {
		return err
	}
	defer closeSource()
	s, err := export.Run(ctx, source, *format, chosen, options)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "%s: %d labelled items with %d images; %d unlabelled left out, %d undecided, %d simulated, %d entries in loss.json\n",
		*out, s.Items, s.Images, s.Unlabeled, s.Undecided, s.Simulated, s.Lost)
	return nil
}

func openDataset(ctx context.Context, from string, flags targetFlags) (export.Source, func() error, error) {
	if !strings.HasPrefix(from, "s3:") && !strings.HasPrefix(from, "file:") {
		return dataDir(from), func() error { return nil }, nil
	}
	target, err := flags.open(from)
	if err != nil {
		return nil, nil, err
	}
	b, err := uplink.OpenBucket(ctx, target)
	if err != nil {
		return nil, nil, err
	}
	return bucket{b}, b.Close, nil
}

// bucket lets a dataset be made from a central store.
type bucket struct{ *uplink.Bucket }

func (b bucket) Each(ctx context.Context, yield func(export.Record) error) error {
	return b.Bucket.Each(ctx, func(r uplink.Record) error { return yield(export.Record(r)) })
}

// dataDir lets a dataset be made from a gateway's data directory.
type dataDir string

func (d dataDir) Each(ctx context.Context, yield func(export.Record) error) error {
	return store.ReadDir(ctx, string(d), func(it label.Item, labels []label.Label) error {
		r := export.Record{Item: it, Labels: labels}
		if it.Window != nil && it.Window.SHA256 != "" {
			r.Window = func(context.Context) (*series.Window, error) { return d.window(it.Window.SHA256) }
		}
		return yield(r)
	})
}

func (d dataDir) Taxonomy(ctx context.Context) (label.Taxonomy, error) {
	return store.ReadTaxonomy(ctx, string(d))
}

func (d dataDir) OpenBlob(sha256 string) (io.ReadSeekCloser, error) {
	return store.OpenBlobIn(string(d), sha256)
}

func (d dataDir) window(sha256 string) (*series.Window, error) {
	f, err := d.OpenBlob(sha256)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("window %s: %w", sha256, err)
	}
	return series.DecodeWindow(b)
}
