package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"edgelabel/store"
)

// runBackup adds a snapshot of a data directory to a folder. It works while the agent runs.
func runBackup(ctx context.Context, w world, args []string) error {
	f := flag.NewFlagSet("backup", flag.ContinueOnError)
	dir := f.String("d", "", "data directory of the agent")
	to := f.String("to", "", "folder of the backups; what an earlier snapshot has is not written again")
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if *dir == "" || *to == "" || len(rest) > 0 {
		return misused("want -d and --to")
	}
	r, err := store.Backup(ctx, *dir, *to, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "snapshot %s: %d files, %d bytes written, %d bytes were there already\n", r.Snapshot, r.Files, r.Stored, r.Known)
	return nil
}
