package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"edgelabel/store"
)

// runDoctor checks everything in a data directory that no agent has open. It fails when something is wrong and stays so.
func runDoctor(ctx context.Context, w world, args []string) error {
	f := flag.NewFlagSet("doctor", flag.ContinueOnError)
	dir := f.String("d", "", "data directory; the agent must not run")
	repair := f.Bool("repair", false, "put right what can be; what is damaged goes to quarantine/")
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if *dir == "" || len(rest) > 0 {
		return misused("want -d")
	}
	x, err := store.Doctor(ctx, *dir, store.DoctorOptions{Repair: *repair, Probe: probeInChild})
	if *repair {
		err = errors.Join(err, owned(*dir, "blobs", "series", "journal", "quarantine"))
	}
	if err != nil {
		return err
	}
	for _, note := range x.Notes {
		fmt.Fprintf(w.stdout, "note  %s\n", note)
	}
	for _, found := range x.Findings {
		fmt.Fprintf(w.stdout, "WRONG %s: %s\n", found.File, found.What)
		if found.Mended != "" {
			fmt.Fprintf(w.stdout, "      %s\n", found.Mended)
		}
	}
	fmt.Fprintf(w.stdout, "%d blobs, %d blocks of samples, %d records and %d rows of the index are good\n", x.Blobs, x.Blocks, x.Records, x.Rows)
	if n := x.Open(); n > 0 {
		return fmt.Errorf("%d things are wrong", n)
	}
	if len(x.Findings) == 0 {
		fmt.Fprintln(w.stdout, "sound")
	}
	return nil
}
