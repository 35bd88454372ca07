//go:build e2e

package e2e_test

import (
	"os"
	"regexp"
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
	out, err := command(t, []string{"EDGELABEL=" + binary(t)}, "node", script, kills)
	t.Log(tail(out, 3))
	if err != nil || !regexp.MustCompile(`: 0 missing, 0 doubled`).MatchString(out) {
		t.Fatalf("%v\n%s", err, tail(out, 20))
	}
}
