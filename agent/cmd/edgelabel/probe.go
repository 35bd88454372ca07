package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"

	"edgelabel/store"
)

// probeCommand is how the program calls itself to look into an index file that may bring the reader down.
const probeCommand = "__probe-index"

// probeDeadline bounds the look into an index of the largest size on a slow card.
const probeDeadline = 2 * time.Minute

// probeInChild checks an index file in a process of its own: a damaged one can end a process in ways that cannot be caught.
func probeInChild(path string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("probe %s: %w", path, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), probeDeadline)
	defer cancel()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, self, probeCommand, path)
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		reason, _, _ := bytes.Cut(bytes.TrimSpace(stderr.Bytes()), []byte("\n"))
		return fmt.Errorf("probe %s: %w: %s", path, err, reason)
	}
	return nil
}

func runProbe(args []string) error {
	if len(args) != 1 {
		return misused("want one index file")
	}
	return store.ProbeIndex(args[0])
}
