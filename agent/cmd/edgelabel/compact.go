package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"edgelabel/store"
)

// runCompact gives the room back that deleted entries left in the index.
func runCompact(_ context.Context, w world, args []string) error {
	f := flag.NewFlagSet("compact", flag.ContinueOnError)
	dir := f.String("d", "", "data directory; the agent must not run")
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if *dir == "" || len(rest) > 0 {
		return misused("want -d")
	}
	before, after, err := store.Compact(*dir)
	if err = errors.Join(err, owned(*dir)); err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "index: %d bytes, before %d\n", after, before)
	return nil
}
