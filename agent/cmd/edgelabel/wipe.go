package main

import (
	"context"
	"flag"
	"fmt"

	"edgelabel/store"
)

// runWipe empties a data directory, for a gateway that changes hands.
func runWipe(_ context.Context, w world, args []string) error {
	f := flag.NewFlagSet("wipe", flag.ContinueOnError)
	dir := f.String("d", "", "data directory; the agent must not run")
	yes := f.Bool("yes", false, "really remove everything")
	unsynced := f.Bool("unsynced", false, "also when labels or items are at no central store yet")
	overwrite := f.Bool("overwrite", false, "write zeros over every file first; flash memory may keep copies all the same")
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if *dir == "" || !*yes || len(rest) > 0 {
		return misused("want -d and --yes: keys, people, pictures, signals and labels are removed for good")
	}
	n, err := store.Wipe(*dir, store.WipeOptions{Unsynced: *unsynced, Overwrite: *overwrite})
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "%s: %d files removed\n", *dir, n)
	return nil
}
