package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"edgelabel/agent/export/parquet"
)

// runTables writes the items, labels and regions of a bucket or a gateway as Parquet in hive layout, or brings such a folder up to date.
func runTables(ctx context.Context, w world, args []string) (err error) {
	f := flag.NewFlagSet("tables", flag.ContinueOnError)
	from := f.String("from", "", "data directory of a gateway, or URL of a bucket")
	out := f.String("out", "", "folder to write; it must not exist, be empty or hold tables")
	flags := bucketFlags(f)
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if *from == "" || *out == "" || len(rest) > 0 {
		return misused("want --from and --out")
	}
	source, closeSource, err := openDataset(ctx, *from, flags)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeSource()) }()
	t, err := parquet.WriteTables(ctx, source, *out)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "%s: %d items, %d labels, %d regions in %d partitions; %d files written, %d removed\n",
		*out, t.Items, t.Labels, t.Regions, t.Partitions, t.Written, t.Removed)
	return nil
}
