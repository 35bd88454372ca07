package uplink_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

// shared is a blob folder that pictures come into while they are sent.
type shared struct {
	mu    sync.Mutex
	blobs uplinktest.Blobs
}

func (s *shared) Add(b []byte) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.blobs.Add(b)
}

func (s *shared) OpenBlob(name string) (io.ReadSeekCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.blobs.OpenBlob(name)
}

// picture journals an item with one image of so many bytes, and a label of it where verdict says so.
func picture(t *testing.T, out *uplinktest.Outbox, blobs interface{ Add([]byte) string }, id string, bytes int, verdict label.Verdict) {
	t.Helper()
	b := make([]byte, bytes)
	if _, err := rand.Read(b); err != nil {
		t.Fatal(err)
	}
	out.Add(t, journal.Item, id, label.Item{ID: id, Kind: label.KindImage, At: time.Now().UnixNano(),
		Images: []label.Image{{SHA256: blobs.Add(b), Bytes: int64(bytes), Format: "jpeg"}}})
	if verdict != label.Undefined {
		judge(t, out, id, 1, verdict)
	}
}

func judge(t *testing.T, out *uplinktest.Outbox, item string, rev int, verdict label.Verdict, classes ...string) {
	t.Helper()
	l := label.Label{ID: fmt.Sprintf("L%d-%s", rev, item), Item: item, Rev: rev, Saved: time.Now().UnixNano(),
		Draft: label.Draft{Verdict: verdict, Classes: classes}}
	out.Add(t, journal.Label, l.ID, l)
}

// arrived is when the item's label was acknowledged.
func arrived(out *uplinktest.Outbox, key string) (at time.Time, ok bool) {
	seq, found := out.Find(key)
	for _, r := range out.Receipts() {
		for _, s := range r.Seqs {
			if found && s == seq {
				return time.Unix(0, r.At), true
			}
		}
	}
	return at, false
}

// A week's backlog behind a thin line, and fresh labels among it: none waits longer than half a minute. The clock is the bubble's own.
func TestFreshLabelOvertakesABacklog(t *testing.T) {
	const line, fresh = 64 << 10, 5 // bytes per second, labels
	for name, c := range map[string]struct {
		size    int
		labeled bool
		limit   int64 // the gateway's own, on a line that could do more
	}{
		"light items": {160 << 10, false, 0}, "light labeled items": {160 << 10, true, 0},
		"heavy items": {3 << 20, false, 0}, "heavy labeled items": {3 << 20, true, 0}, "own limit": {3 << 20, false, line},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				out, blobs, at := &uplinktest.Outbox{}, &shared{blobs: uplinktest.Blobs{}}, &uplinktest.Memory{}
				verdict := label.Undefined
				if c.labeled {
					verdict = label.OK
				}
				old := 24 << 20 / c.size // six minutes
				for i := range old {
					picture(t, out, blobs, fmt.Sprintf("old%04d", i), c.size, verdict)
				}
				hints := make(chan struct{}, 1)
				cfg := config(out, blobs, uplinktest.Throttle(at, line, 200*time.Millisecond))
				if c.limit > 0 {
					cfg.Target, cfg.Limit = at, func(time.Time) int64 { return c.limit }
				}
				cfg.Journaled, cfg.MaxBatchEntries, cfg.Progress = hints, 100, out
				f, wait := start(t, cfg)
				defer wait()
				for i := range fresh {
					time.Sleep(time.Duration(7+11*i) * time.Second)
					id := fmt.Sprintf("fresh%d", i)
					began := time.Now()
					picture(t, out, blobs, id, 40<<10, label.NotOK)
					select {
					case hints <- struct{}{}:
					default: // one waits already
					}
					time.Sleep(31 * time.Second)
					synctest.Wait()
					when, ok := arrived(out, "L1-"+id)
					if !ok || when.Sub(began) > 30*time.Second {
						t.Fatalf("label %d: at the centre %v, after %v; %+v", i, ok, when.Sub(began), f.Status())
					}
					t.Logf("label %d after %v", i, when.Sub(began))
				}
				if s := f.Status(); s.Pending == 0 || s.Ends == 0 || s.Rate <= 0 || s.BytesRate > 2*line || s.Oldest == 0 {
					t.Errorf("the backlog was gone too early to prove anything, or is not shown: %+v", s)
				}
				for range 240 {
					if out.Left() == 0 {
						break
					}
					time.Sleep(time.Minute)
					synctest.Wait()
				}
				r, err := uplink.Verify(t.Context(), at)
				if err != nil || !r.OK() || r.Items != old+fresh || r.Blobs != old+fresh || len(r.Notes) != 0 || r.Chains != 1 {
					t.Errorf("%+v, %v", r, err)
				}
			})
		})
	}
}

// start runs a forwarder; stop ends it and waits.
func start(t *testing.T, cfg uplink.Config) (f *uplink.Forwarder, stop func()) {
	t.Helper()
	f, err := uplink.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := f.Run(ctx); err != nil {
			t.Errorf("run: %v", err)
		}
	})
	return f, func() { cancel(); wg.Wait() }
}

// What is carried ahead is found again after every kind of failure and restart.
func TestHeavyImagesThroughFaults(t *testing.T) {
	for _, fault := range []uplinktest.Fault{uplinktest.Refused, uplinktest.Ambiguous, uplinktest.Corrupt} {
		for n, hit := 0, true; hit; n++ {
			synctest.Test(t, func(t *testing.T) {
				out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
				for i := range 2 {
					picture(t, out, blobs, fmt.Sprint("heavy", i), 2<<20, label.OK)
				}
				faulty := &uplinktest.Faulty{Target: at, Choose: func(call int, _, _ string) uplinktest.Fault {
					if call == n {
						return fault
					}
					return uplinktest.None
				}}
				run(t, config(out, blobs, faulty), empty(out))
				hit = n < faulty.Calls()
				if r := checkWhole(t, at, 2); r.Blobs != 2 {
					t.Errorf("%+v", r)
				}
			})
		}
	}
}

func TestMeteredLineCarriesLabelsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
		picture(t, out, blobs, "a", 100, label.Undefined)
		picture(t, out, blobs, "b", 100, label.OK)
		cfg := config(out, blobs, at)
		cfg.Metered = true
		run(t, cfg, func(*uplink.Forwarder) bool { return out.Left() == 1 })
		if _, ok := arrived(out, "a"); ok {
			t.Error("an item that nobody labelled went over a metered line")
		}
		cfg.Metered = false
		run(t, cfg, empty(out))
	})
}

func TestClosedHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
		picture(t, out, blobs, "a", 100, label.OK)
		cfg := config(out, blobs, at)
		opens := time.Now().Add(3 * time.Hour)
		cfg.Limit = func(now time.Time) int64 {
			if now.Before(opens) {
				return -1
			}
			return 0
		}
		run(t, cfg, func(f *uplink.Forwarder) bool {
			if time.Now().Before(opens) && (out.Left() == 0 || !f.Status().Closed && f.Status().Since > 0 && time.Now().After(opens.Add(-time.Hour))) {
				t.Errorf("left %d before the hour, %+v", out.Left(), f.Status())
			}
			return out.Left() == 0
		})
	})
}

// Rows packed either way are read back.
func TestZstd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
		uplinktest.Fill(t, out, blobs, "A", 3)
		run(t, config(out, blobs, at), empty(out))
		uplinktest.Fill(t, out, blobs, "B", 3)
		cfg := config(out, blobs, at)
		cfg.Zstd = true
		run(t, cfg, empty(out))
		checkWhole(t, at, 6)
		key(t, at, ".jsonl.zst")
		key(t, at, ".jsonl.gz")
	})
}

// The first retries go as soon as their own pause is over, later ones wait for the budget.
func TestRetryBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs := &uplinktest.Outbox{}, uplinktest.Blobs{}
		uplinktest.Fill(t, out, blobs, "A", 1)
		faulty := &uplinktest.Faulty{Target: &uplinktest.Memory{}, Choose: func(int, string, string) uplinktest.Fault { return uplinktest.Refused }}
		cfg := config(out, blobs, faulty)
		cfg.Budget, cfg.BackoffMax = uplink.NewBudget(6), 100*time.Millisecond
		_, stop := start(t, cfg)
		time.Sleep(10 * time.Minute)
		stop()
		if n := faulty.Calls(); n < 60 || n > 68 {
			t.Errorf("%d attempts in ten minutes, want six a minute and six at once", n)
		}
	})
}
