//go:build e2e

package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// judged is what the inspector in the browser says that she did.
type judged struct {
	Saved, OK, Regions int
	IDs                []string
}

// inspect lets an inspector judge items in a real browser.
func inspect(t *testing.T, url, user, password string, count int) judged {
	t.Helper()
	script := root("ui", "web", "test", "inspector.mjs")
	need(t, "Chromium", installed("chromium") && installed("node") && exists(root("ui", "web", "node_modules", "playwright-core")))
	shots := os.Getenv("EDGELABEL_SHOTS")
	if shots == "" {
		shots = t.TempDir()
	}
	out, err := command(t, nil, "node", script, url, user, password, fmt.Sprint(count), shots)
	if err != nil {
		t.Fatalf("inspector: %v\n%s", err, out)
	}
	var j judged
	last := tail(out, 1)
	if err := json.Unmarshal([]byte(last), &j); err != nil {
		t.Fatalf("inspector said %q: %v", out, err)
	}
	if j.Saved != count {
		t.Fatalf("inspector saved %d of %d", j.Saved, count)
	}
	return j
}

// TestPlant is the whole way on peers that nobody here wrote: node-opcua replays a recording over an encrypted connection, mosquitto
// speaks TLS, boards fall into a folder, VersityGW is the bucket, and an inspector labels ten items in Chromium.
func TestPlant(t *testing.T) {
	l := startLine(t)
	l.up("plc", 30*time.Second)
	l.up("broker", 30*time.Second)
	for i, board := range boards(t)[:12] {
		drop(t, l, fmt.Sprintf("B%04d_%s.jpg", i, map[bool]string{true: "ng", false: "ok"}[i%2 == 0]), board)
	}
	c := signIn(t, l.url, "anna", "anna-password")
	kinds := map[string]int{}
	eventually(t, 90*time.Second, "the recording's faults are flagged", func() error {
		clear(kinds)
		var page struct {
			Items []struct {
				Kind       string
				Candidates []struct {
					Detector string
					Tags     []string
				}
			}
		}
		if err := c.get("/api/v1/items?limit=500", &page); err != nil {
			return err
		}
		flagged := 0
		for _, it := range page.Items {
			kinds[it.Kind]++
			for _, candidate := range it.Candidates {
				if len(candidate.Tags) > 0 && strings.HasPrefix(candidate.Tags[0], "rig.") {
					flagged++
				}
			}
		}
		if flagged == 0 || len(page.Items) < 12 {
			return fmt.Errorf("%d items, %d candidates of signals", len(page.Items), flagged)
		}
		return nil
	})
	t.Logf("items by kind: %v", kinds)

	j := inspect(t, l.url, "anna", "anna-password", 10)
	t.Logf("labelled in Chromium: %d, of them %d OK, %d regions", j.Saved, j.OK, j.Regions)
	eventually(t, time.Minute, "all labels are at the centre", func() error {
		if n := sum(l.metrics(), "edgelabel_unsynced_items", ""); n != 0 {
			return fmt.Errorf("%g entries wait", n)
		}
		return nil
	})
	out, err := l.verify()
	if err != nil || !strings.Contains(out, "clean") || !strings.Contains(out, " 10 labels") {
		t.Fatalf("verify: %v\n%s", err, out)
	}
	t.Log(strings.TrimSpace(out))
	t.Logf("resident memory of the agent: %.0f MiB", l.rss(t))
}

// TestDemo is what a newcomer does: start the demo, follow its link, label, and find the label in the bucket.
func TestDemo(t *testing.T) {
	dir := t.TempDir()
	p := start(t, "edgelabel demo", nil, binary(t), "demo", "--dir", dir, "--listen", "127.0.0.1:0", "--seed", "1")
	base := p.expect(t, `ready (http://\S+)`, 30*time.Second)
	link := p.expect(t, `(http://\S+/#token=\S+)`, time.Second)
	began := time.Now()
	eventually(t, 30*time.Second, "the first item arrives", func() error {
		all, err := metrics(base)
		if err != nil {
			return err
		}
		if sum(all, "edgelabel_items_open", "") == 0 {
			return fmt.Errorf("none yet")
		}
		return nil
	})
	t.Logf("first item %.1f s after the page was up", time.Since(began).Seconds())
	j := inspect(t, link, "-", "-", 3)
	bucket := "file://" + filepath.Join(dir, "bucket")
	eventually(t, 30*time.Second, "the labels are in the bucket", func() error {
		out, err := command(t, nil, binary(t), "verify", bucket)
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		if !strings.Contains(out, " 3 labels") || !strings.Contains(out, "clean") {
			return fmt.Errorf("verify says %s", out)
		}
		return nil
	})
	out, err := command(t, nil, binary(t), "export", "--format", "coco", "--from", filepath.Join(dir, "data"), "--out", filepath.Join(dir, "coco"))
	if err == nil || !strings.Contains(out, "simulated") {
		t.Errorf("export takes simulated items: %v\n%s", err, out)
	}
	if out, err := command(t, nil, binary(t), "export", "--simulated", "--format", "coco", "--from", bucket, "--out", filepath.Join(dir, "coco")); err != nil {
		t.Errorf("export --simulated: %v\n%s", err, out)
	}
	t.Logf("%d labels in the bucket; resident memory with the simulated line %.0f MiB", j.Saved, p.rss(t))
}
