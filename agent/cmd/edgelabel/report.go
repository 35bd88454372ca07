package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"edgelabel/agent/export"
	"edgelabel/agent/export/report"
)

// runReport writes a dataset quality report, or computes one again and compares.
func runReport(ctx context.Context, w world, args []string) (err error) {
	f := flag.NewFlagSet("report", flag.ContinueOnError)
	from := f.String("from", "", "data directory of a gateway, or URL of a bucket")
	out := f.String("out", "", "folder to write; it must not exist or be empty")
	verify := f.String("verify", "", "folder of a report to compute again; with --from its rows are made again as well")
	simulated := f.Bool("simulated", false, "count simulated items too")
	flags := bucketFlags(f)
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if len(rest) > 0 || *verify == "" && (*from == "" || *out == "") || *verify != "" && *out != "" {
		return misused("want --from and --out, or --verify DIR")
	}
	var source export.Source
	if *from != "" {
		opened, closeSource, err := openDataset(ctx, *from, flags)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, closeSource()) }()
		source = opened
	}
	if *verify != "" {
		return verifyReport(ctx, w, *verify, source)
	}
	r, err := report.Make(ctx, source, *out, *simulated)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "%s: %d items, %d labelled by %d people; open report.html\n", *out, r.Items.Counted, r.Items.Labelled, len(r.People))
	return nil
}

func verifyReport(ctx context.Context, w world, dir string, source export.Source) error {
	differ, err := report.Verify(ctx, dir, source)
	if err != nil {
		return err
	}
	if len(differ) > 0 {
		return fmt.Errorf("%s: %s is not what computing it again gives", dir, strings.Join(differ, ", "))
	}
	fmt.Fprintf(w.stdout, "%s: every number is what computing it again gives\n", dir)
	return nil
}
