package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
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
	var wanted exportFlags
	wanted.define(f)
	flags := bucketFlags(f)
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	chosen, known := all[*format]
	if !known {
		return misused("--format %q: want one of %s", *format, names)
	}
	if *from == "" || wanted.Out == "" || len(rest) > 0 {
		return misused("want --format, --from and --out")
	}
	options, err := wanted.options()
	if err != nil {
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
		wanted.Out, s.Items, s.Images, s.Unlabeled, s.Undecided, s.Simulated, s.Lost)
	return nil
}

// exportFlags are the options of an export, and the flags that become one when they are read.
type exportFlags struct {
	export.Options
	policy, split, by string
	seed              uint64
	align             alignFlags
}

func (e *exportFlags) define(f *flag.FlagSet) {
	f.StringVar(&e.Out, "out", "", "folder to write; it must not exist or be empty")
	f.BoolVar(&e.Simulated, "simulated", false, "let simulated items in")
	f.StringVar(&e.policy, "policy", string(export.Newest), "whose judgement counts where several people labelled: newest, majority, adjudicated or all")
	f.StringVar(&e.split, "split", "", "divide the dataset, such as 80/10/10 for training, validation and test")
	f.Uint64Var(&e.seed, "seed", 0, "of the split")
	f.StringVar(&e.by, "by", export.ByPart, "what a split keeps together: part, lot or time")
	f.StringVar(&e.Name, "name", "", "of the dataset, for its card")
	f.StringVar(&e.License, "license", "", "of the dataset, for its card: an SPDX id or a URL")
	f.BoolVar(&e.Windows, "windows", false, "write the signals' samples too, where the format has a place for them")
	e.align = newAlignFlags(f)
}

func (e *exportFlags) options() (options export.Options, err error) {
	options = e.Options
	if options.Policy, err = export.ParsePolicy(e.policy); err != nil {
		return options, usageError{err}
	}
	if e.split != "" {
		if options.Split, err = export.ParseSplit(e.split, e.seed, e.by); err != nil {
			return options, usageError{err}
		}
	}
	options.Align, err = e.align.resampling(e.Windows)
	return options, err
}

func openDataset(ctx context.Context, from string, flags targetFlags) (export.Source, func() error, error) {
	if !strings.HasPrefix(from, "s3:") && !strings.HasPrefix(from, "file:") {
		if _, err := os.Stat(filepath.Join(from, "journal")); err != nil {
			return nil, nil, fmt.Errorf("%s: want a gateway's data directory, or a bucket as s3://… or file://…", from)
		}
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
