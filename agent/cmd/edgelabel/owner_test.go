package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestRootLeavesFilesToTheAgent adds a person as root where the agent runs as somebody else.
func TestRootLeavesFilesToTheAgent(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("root: not run by it")
	}
	const agent = 65534
	dir, secret := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "secret")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, agent, agent); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(secret, []byte("a-long-password\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := run(context.Background(), []string{"user", "add", "anna", "-d", dir, "--password-file", secret}, io.Discard, os.Stderr); code != done {
		t.Fatalf("exit status %d", code)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if uid := info.Sys().(*syscall.Stat_t).Uid; uid != agent {
			t.Errorf("%s belongs to %d", f.Name(), uid)
		}
	}
}
