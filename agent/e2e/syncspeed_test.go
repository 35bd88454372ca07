//go:build e2e

package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// leastRatio is how fast the agent must be beside rclone copy, which writes no rows, manifests and receipts.
const leastRatio = 0.9

// TestSyncSpeed brings the same pictures to the same store by rclone copy and by the agent, which checks each and writes receipts, and
// compares the two. The agent's pictures wait on its disk before; rclone takes them from there.
func TestSyncSpeed(t *testing.T) {
	pictures := number(t, "EDGELABEL_SYNC_PICTURES", 0)
	if pictures == 0 {
		t.Skip("bench: make bench-sync")
	}
	b := startBucket(t)
	s := newSender(t, "gw-speed", b.url(), b.cert)
	s.tune("batch_size: 4MiB", "batch_size: 64MiB")
	b.stop(syscall.SIGTERM)
	s.run()
	s.pushAll(0, pictures, 200<<10, 0)
	s.stop(syscall.SIGTERM)
	b.start()
	var ratios []float64
	size := int64(pictures) * 200 << 10
	before := copied(t, b, s.data, "before", pictures)
	own := s.drains(5 * time.Minute)
	after := copied(t, b, s.data, "after", pictures)
	ratios = append(ratios, before.Seconds()/own.Seconds(), after.Seconds()/own.Seconds())
	slices.Sort(ratios)
	t.Logf("%d pictures, %d MB: edgelabel %.2f s, rclone copy %.2f s before and %.2f s after it; edgelabel to rclone: %.2f to %.2f; memory of its own %.0f MiB at most, resident with files %.0f",
		pictures, size>>20, own.Seconds(), before.Seconds(), after.Seconds(), ratios[0], ratios[1], s.own, s.all)
	if ratios[1] < leastRatio {
		t.Errorf("%.2f of rclone's speed, want %.2f", ratios[1], leastRatio)
	}
	if _, items, _ := verified(t, b); items != pictures {
		t.Errorf("%d items at the centre", items)
	}
	s.matches(b, 0)
}

// copied lets rclone copy the pictures of a data directory into a folder of the bucket that is new, with its defaults, and compare.
func copied(t *testing.T, b *bucket, data, to string, pictures int) time.Duration {
	t.Helper()
	program := filepath.Join(peers(), "bin", "rclone")
	need(t, "rclone", exists(program))
	env := []string{"RCLONE_CONFIG_GW_TYPE=s3", "RCLONE_CONFIG_GW_PROVIDER=Other", "RCLONE_CONFIG_GW_ENDPOINT=https://" + b.address(),
		"RCLONE_CONFIG_GW_ACCESS_KEY_ID=" + accessKey, "RCLONE_CONFIG_GW_SECRET_ACCESS_KEY=" + secretKey}
	began := time.Now()
	out, err := command(t, env, program, "--config", "", "--ca-cert", b.cert, "-v", "--exclude", "*.json", "copy",
		filepath.Join(data, "blobs"), "gw:labels/rclone-"+to)
	took := time.Since(began)
	if err != nil || !strings.Contains(out, fmt.Sprintf("%d / %[1]d, 100%%", pictures)) {
		t.Fatalf("rclone copy: %v\n%s", err, out)
	}
	return took
}

// drains is how long the agent takes from its start until everything is at the centre.
func (s *sender) drains(within time.Duration) time.Duration {
	s.t.Helper()
	began := time.Now()
	s.run()
	s.drained(within)
	return time.Since(began)
}

// soonEnough is how long the 99th of a hundred labels may take from the page's "saved" to the manifest that names it.
const soonEnough = 2 * time.Second

// TestLabelReachesTheCentre labels pictures at random moments while others come in, and looks when each label is in the bucket. How fast
// is judged only when it is asked for.
func TestLabelReachesTheCentre(t *testing.T) {
	labels := number(t, "EDGELABEL_SYNC_LABELS", 0)
	judged := labels > 0
	if !judged {
		labels = 5
	}
	b := startBucket(t)
	s := newSender(t, "gw-soon", b.url(), b.cert)
	s.tune("linger: 100ms, ", "") // as it ships
	person(t, s.data, "anna", "labeler")
	s.run()
	anna := signIn(t, s.base, "anna", "anna-password")
	var took []time.Duration
	var mu sync.Mutex
	var wg sync.WaitGroup
	for n := range labels {
		item, err := s.push(fmt.Sprintf("p%06d.png", n), pictureOf(t, n, 200<<10))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(100+rand.IntN(900)) * time.Millisecond)
		var made struct{ ID string }
		draft := map[string]any{"verdict": "ok", "parent": 0, "taxonomy": 1}
		if err := anna.send(http.MethodPost, "/api/v1/items/"+item+"/labels", draft, http.Header{"Idempotency-Key": {item}}, &made); err != nil {
			t.Fatal(err)
		}
		saved := time.Now()
		wg.Go(func() {
			b.awaits(made.ID, time.Minute)
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(saved))
		})
	}
	wg.Wait()
	slices.Sort(took)
	p99 := took[min(len(took)-1, len(took)*99/100)]
	t.Logf("%d labels, from saved to the manifest at the centre: median %v, 99 of 100 within %v, the slowest %v",
		len(took), took[len(took)/2].Round(time.Millisecond), p99.Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
	if judged && p99 > soonEnough {
		t.Errorf("99 of 100 within %v, want %v", p99, soonEnough)
	}
}

// awaits returns when a manifest on the disk of the store names a label.
func (b *bucket) awaits(label string, within time.Duration) {
	seen := map[string]bool{}
	for began := time.Now(); time.Since(began) < within; time.Sleep(10 * time.Millisecond) {
		manifests, err := filepath.Glob(filepath.Join(b.dir, "labels", "plant", "v1", "commits", "*", "*", "*.json"))
		if err != nil {
			b.t.Error(err)
			return
		}
		for _, name := range manifests {
			if seen[name] {
				continue
			}
			if body, err := os.ReadFile(name); err == nil && len(body) > 0 {
				if seen[name] = true; strings.Contains(string(body), label) {
					return
				}
			}
		}
	}
	b.t.Errorf("label %s is not at the centre within %v", label, within)
}
