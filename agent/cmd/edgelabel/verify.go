package main

import (
	"context"
	"flag"
	"fmt"

	"edgelabel/agent"
	"edgelabel/agent/config"
	"edgelabel/sync/uplink"
)

// targetFlags are how a command names a bucket that no configuration file describes.
type targetFlags struct{ ca, region *string }

func bucketFlags(f *flag.FlagSet) targetFlags {
	return targetFlags{
		ca:     f.String("ca", "", "PEM file of a private authority"),
		region: f.String("region", "", "region of an S3 store"),
	}
}

// open makes the target of a URL. The keys of an S3 store come from the environment: EDGELABEL_S3_ACCESS_KEY and EDGELABEL_S3_SECRET_KEY.
func (t targetFlags) open(url string) (uplink.Target, error) {
	return agent.OpenTarget(config.Target{Name: "bucket", URL: url, CA: *t.ca, Region: *t.region})
}

func runVerify(ctx context.Context, w world, args []string) error {
	f := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags := bucketFlags(f)
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return misused("want one bucket URL")
	}
	target, err := flags.open(rest[0])
	if err != nil {
		return err
	}
	report, err := uplink.Verify(ctx, target)
	if err != nil {
		return err
	}
	for _, note := range report.Notes {
		fmt.Fprintf(w.stdout, "note  %s: %s\n", note.Key, note.What)
	}
	for _, finding := range report.Findings {
		fmt.Fprintf(w.stdout, "WRONG %s: %s\n", finding.Key, finding.What)
	}
	fmt.Fprintf(w.stdout, "%d manifests in %d chains, %d objects (%d images), %d bytes read back; %d items, %d labels, %d window rows, %d gaps, %d evictions\n",
		report.Manifests, report.Chains, report.Objects, report.Blobs, report.Bytes, report.Items, report.Labels, report.WindowRows, report.Gaps, report.Evictions)
	if report.Thumbnails+report.Foretold > 0 {
		fmt.Fprintf(w.stdout, "%d thumbnails; %d items are foretold, their pictures have not come\n", report.Thumbnails, report.Foretold)
	}
	if n := len(report.Findings); n > 0 {
		return fmt.Errorf("%d differences", n)
	}
	if err := verifyShare(ctx, w, target); err != nil {
		return err
	}
	fmt.Fprintln(w.stdout, "clean")
	return nil
}
