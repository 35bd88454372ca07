//go:build e2e

package e2e_test

import (
	"io"
	"log"
	"regexp"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// verified runs the built program's own verify against the bucket itself.
func verified(t *testing.T, b *bucket) (out string, items, manifests int) {
	t.Helper()
	out, err := command(t, s3Keys(), binary(t), "verify", "-ca", b.cert, b.url())
	if err != nil {
		t.Fatalf("verify: %v\n%s", err, tail(out, 20))
	}
	m := regexp.MustCompile(`(\d+) manifests in .*; (\d+) items`).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("verify says\n%s", out)
	}
	manifests, _ = strconv.Atoi(m[1])
	items, _ = strconv.Atoi(m[2])
	return out, items, manifests
}

func s3Keys() []string {
	return []string{"EDGELABEL_S3_ACCESS_KEY=" + accessKey, "EDGELABEL_S3_SECRET_KEY=" + secretKey}
}

// centreMemory is what an agent on a bad line may take, in MiB, beside the pages of the program itself: how many of those are resident hangs
// on who else has read the file.
const centreMemory = 48.0

// TestCentreBehindABadLine sends pictures over a line that does everything wrong, cuts it, kills the agent, and counts.
func TestCentreBehindABadLine(t *testing.T) {
	items, cuts, kills := number(t, "EDGELABEL_CENTRE_ITEMS", 80), number(t, "EDGELABEL_CENTRE_CUTS", 3), number(t, "EDGELABEL_CENTRE_KILLS", 1)
	for name, open := range stores() {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			line := startBadLine(t, b, 25)
			s := newSender(t, "gw-bad", line.url(), b.cert)
			s.run()
			var wg sync.WaitGroup
			wg.Go(func() { s.pushAll(0, items, 40<<10, 17<<20) })
			began := time.Now()
			within := time.Duration(30+items/5) * time.Second
			s.trouble(line, items, cuts, kills, within)
			wg.Wait()
			s.drained(within)
			receipts := s.matches(b, kills)
			if beside := s.all - s.parts["edgelabel"]; beside > centreMemory {
				t.Errorf("%.0f MiB beside the pages of the program itself, want %.0f: %v", beside, centreMemory, s.parts)
			}
			out, got, manifests := verified(t, b)
			if got != items {
				t.Errorf("%d items at the centre, %d were pushed\n%s", got, items, tail(out, 8))
			}
			t.Logf("%v, %d items, %d manifests, %d receipts match one by one, own memory %.0f MiB at most, resident with files %.0f (%v), troubles %v",
				time.Since(began).Round(time.Second), got, manifests, receipts, s.own, s.all, s.parts, line.met)
			t.Log(tail(out, 2))
		})
	}
}

// trouble cuts the line and kills the agent, spread over the way that the items go.
func (s *sender) trouble(line *badLine, items, cuts, kills int, within time.Duration) {
	began, every := time.Now(), max(items/(cuts+kills), 1)
	for done, last := 0, 0; done < cuts+kills && time.Since(began) < within; {
		objects := int(line.n.Load()) / 3
		if objects-last < every/2 && time.Since(began) < within/2 {
			s.weigh()
			time.Sleep(20 * time.Millisecond)
			continue
		}
		last = objects
		if done++; done%(cuts/max(kills, 1)+1) == 0 {
			s.crash()
		} else {
			line.cut()
		}
	}
}

// TestTwoGatewaysOfOneName starts a second gateway under the name of the first: it is stopped and says so, on every kind of store.
func TestTwoGatewaysOfOneName(t *testing.T) {
	for name, open := range stores() {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			for i, sends := range []bool{true, false} {
				s := newSender(t, "gw-twin", b.url(), b.cert)
				s.run()
				s.pushAll(10*i, 10*i+3, 1000, 0)
				if sends {
					s.drained(20 * time.Second)
				} else {
					s.expect(t, `(sync stopped: give this gateway a new id or epoch)`, 20*time.Second)
				}
				s.stop(syscall.SIGTERM)
			}
			if _, items, _ := verified(t, b); items != 3 {
				t.Errorf("%d items at the centre, want those of the first", items)
			}
		})
	}
}
