package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"edgelabel/store"
)

// runRestore makes a data directory of a snapshot, on this machine or on another.
func runRestore(ctx context.Context, w world, args []string) error {
	f := flag.NewFlagSet("restore", flag.ContinueOnError)
	from := f.String("from", "", "folder of the backups")
	name := f.String("snapshot", "", "name of the snapshot; default: the newest")
	dir := f.String("d", "", "data directory to make; it must not exist or be empty")
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if *dir == "" || *from == "" || len(rest) > 0 {
		return misused("want --from and -d")
	}
	if _, err := os.Stat(filepath.Join(*from, "snapshots")); err != nil {
		return fmt.Errorf("%s: holds no backups", *from)
	}
	r, err := store.Restore(ctx, *from, *name, *dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "%s: %d files, %d bytes, as of %s; batches go on in epoch %d\n",
		*dir, r.Files, r.Bytes, time.Unix(0, r.At).UTC().Format(time.RFC3339), r.Epoch)
	return nil
}
