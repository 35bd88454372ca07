//go:build e2e

package e2e_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestLabelLoss kills the browser, the agent and the network between them at random while somebody labels: what the page said it keeps is
// on the agent in the end, and none of it twice. EDGELABEL_LOSS_KILLS makes it longer.
func TestLabelLoss(t *testing.T) {
	script := root("ui", "web", "test", "loss.mjs")
	need(t, "Chromium", installed("chromium") && installed("node") && exists(root("ui", "web", "node_modules", "playwright-core")))
	kills := os.Getenv("EDGELABEL_LOSS_KILLS")
	if kills == "" {
		kills = "5"
	}
	cmd := exec.CommandContext(t.Context(), "node", script, kills) // as long as it takes: go test has the limit
	cmd.Env = append(os.Environ(), "EDGELABEL="+binary(t))
	out, err := cmd.CombinedOutput()
	t.Log(tail(string(out), 3))
	if err != nil || !strings.Contains(string(out), ": 0 missing, 0 doubled") {
		t.Fatalf("%v\n%s", err, tail(string(out), 20))
	}
}
