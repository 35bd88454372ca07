package formats_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// node reads by packages from npm.
func node(format string) func(*testing.T, string) sights {
	return func(t *testing.T, dir string) (out sights) {
		t.Helper()
		modules := peer(t, "readers/node_modules", "tfrecord")
		b, err := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "readers", "read.cjs"), format, dir, modules).Output()
		if err != nil {
			t.Fatalf("%s: %v: %s", format, err, stderr(err))
		}
		if err := json.Unmarshal(b, &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// pillow has Debian's Pillow run a script on a folder and decodes what it prints.
func pillow(t *testing.T, script, dir string, into any) {
	t.Helper()
	const python = "/usr/bin/python3" // Debian's, which has its packages
	if exec.CommandContext(t.Context(), python, "-c", "import PIL").Run() != nil {
		absent(t, "Pillow")
	}
	b, err := exec.CommandContext(t.Context(), python, "-c", script, dir).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr(err))
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
}

func stderr(err error) []byte {
	if exit, ok := err.(*exec.ExitError); ok {
		return exit.Stderr
	}
	return nil
}

// peer is a folder below the peers' that holds a package.
func peer(t *testing.T, folder, pkg string) string {
	t.Helper()
	peers := os.Getenv("EDGELABEL_PEERS")
	if peers == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Fatal(err)
		}
		peers = filepath.Join(home, ".cache", "edgelabel-peers")
	}
	dir := filepath.Join(peers, filepath.FromSlash(folder))
	if _, err := os.Stat(filepath.Join(dir, pkg)); err != nil {
		absent(t, pkg)
	}
	return dir
}

// absent skips a test for want of a peer, or fails it where peers are required.
func absent(t *testing.T, name string) {
	t.Helper()
	if os.Getenv("EDGELABEL_REQUIRE_PEERS") == "1" {
		t.Fatal(name + ": not installed, and EDGELABEL_REQUIRE_PEERS=1")
	}
	t.Skip(name + ": not installed")
}
