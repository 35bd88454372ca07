//go:build e2e

package e2e_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Screens that are always looked at; all of them with EDGELABEL_LOOK=all.
const mainScreens = "^(image|joint|queue|status)"

// TestLook compares screens of the page with the pictures that were kept of them, and checks contrast, sizes and large text on them. The
// pictures are compared only where browser and fonts are those that they were taken with.
func TestLook(t *testing.T) {
	need(t, "Chromium", installed("chromium") && installed("node") && exists(root("ui", "web", "node_modules", "playwright-core")))
	screens := mainScreens
	if os.Getenv("EDGELABEL_LOOK") == "all" {
		screens = "."
	}
	for _, script := range []string{"golden.mjs", "access.mjs"} {
		cmd := exec.CommandContext(t.Context(), "node", root("ui", "web", "test", "look", script), screens) // as long as it takes: go test has the limit
		cmd.Env = append(os.Environ(), "SHOTS="+t.TempDir())
		out, err := cmd.CombinedOutput()
		t.Log(tail(string(out), 1))
		if strings.HasPrefix(string(out), "skipped") {
			continue
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", script, err, tail(string(out), 30))
		}
	}
}
