package uplink_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func config(out uplink.Outbox, blobs uplink.Blobs, to uplink.Target) uplink.Config {
	return uplink.Config{Gateway: "gw-1", Site: "Plant 1", Line: "press/2", Name: "central", Target: to, Outbox: out, Blobs: blobs,
		MaxBatchEntries: 6, Log: slog.New(slog.DiscardHandler), Rand: func() float64 { return 1 }}
}

// run forwards until done reports true or the bubble's clock says that it takes more than a day.
func run(t *testing.T, cfg uplink.Config, done func(*uplink.Forwarder) bool) {
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
	defer wg.Wait()
	defer cancel()
	for range 24 * 60 {
		if synctest.Wait(); done(f) {
			return
		}
		time.Sleep(time.Minute)
	}
	t.Fatalf("not done after a day: %+v", f.Status())
}

func empty(o *uplinktest.Outbox) func(*uplink.Forwarder) bool {
	return func(*uplink.Forwarder) bool { return o.Left() == 0 }
}

// checkWhole proves that each of n items and labels is at the centre exactly once and that nothing contradicts the manifests.
func checkWhole(t *testing.T, at uplink.Target, n int) *uplink.Report {
	t.Helper()
	r, err := uplink.Verify(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	if !r.OK() || r.Items != n || r.Labels != n {
		t.Fatalf("%d items, %d labels, want %d; findings %v", r.Items, r.Labels, n, r.Findings)
	}
	return r
}

// items is enough for several batches, two days and windows; few is for the tests that run once for every step.
const (
	items = 10
	few   = 3
)

func TestAllArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
		uplinktest.Fill(t, out, blobs, "A", items)
		journaled := make(chan struct{}, 1)
		cfg := config(out, blobs, at)
		cfg.Journaled = journaled
		run(t, cfg, empty(out))
		r := checkWhole(t, at, items)
		if r.Chains != 1 || r.Manifests != 4 || r.Blobs != items || r.WindowRows != 3*100 || r.Gaps != 1 || r.Evictions != 1 || len(r.Notes) != 0 {
			t.Errorf("%+v", r)
		}
		uplinktest.Fill(t, out, blobs, "B", 1)
		run(t, cfg, func(f *uplink.Forwarder) bool {
			s := f.Status()
			return out.Left() == 0 && s.State == uplink.Idle && s.LastBatch == 5 && s.Entries == 5
		})
	})
}

func TestHintIsFasterThanPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
		journaled := make(chan struct{}, 1)
		cfg := config(out, blobs, at)
		cfg.Journaled, cfg.Poll = journaled, time.Hour
		began := time.Now()
		run(t, cfg, func(*uplink.Forwarder) bool {
			if time.Since(began) == 0 {
				uplinktest.Fill(t, out, blobs, "A", 1)
				journaled <- struct{}{}
			}
			return time.Since(began) >= time.Minute
		})
		if rs := out.Receipts(); len(rs) != 1 || time.Unix(0, rs[0].At).Sub(began) != uplink.DefaultLinger {
			t.Fatalf("receipts %+v, began %v", rs, began.UnixNano())
		}
	})
}

// Every call to the target fails once, in every way; everything arrives all the same, once.
func TestFaultAtEveryStep(t *testing.T) {
	for _, fault := range []uplinktest.Fault{uplinktest.Refused, uplinktest.Ambiguous, uplinktest.Corrupt, uplinktest.Slow} {
		t.Run(string(fault), func(t *testing.T) {
			for n, hit := 0, true; hit; n++ {
				synctest.Test(t, func(t *testing.T) {
					out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
					uplinktest.Fill(t, out, blobs, "A", few)
					faulty := &uplinktest.Faulty{Target: at, Choose: func(call int, _, _ string) uplinktest.Fault {
						if call == n {
							return fault
						}
						return uplinktest.None
					}}
					run(t, config(out, blobs, faulty), empty(out))
					checkWhole(t, at, few)
					hit = n < faulty.Calls()
				})
			}
		})
	}
}

// The outbox fails at every call, before and after doing it.
func TestOutboxFaultAtEveryStep(t *testing.T) {
	for n, hit := 0, true; hit; n++ {
		synctest.Test(t, func(t *testing.T) {
			out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
			uplinktest.Fill(t, out, blobs, "A", few)
			calls := 0
			out.Fail = func(string) error {
				if calls++; calls == n+1 {
					return errors.New("disk error (injected)")
				}
				return nil
			}
			run(t, config(out, blobs, at), empty(out))
			checkWhole(t, at, few)
			hit = n < calls
		})
	}
}

// The process ends, so to speak, at the nth call: before or after it was done.
func TestRestartAtEveryStep(t *testing.T) {
	for _, fault := range []uplinktest.Fault{uplinktest.Refused, uplinktest.Ambiguous} {
		for n, hit := 0, true; hit; n++ {
			synctest.Test(t, func(t *testing.T) {
				out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
				uplinktest.Fill(t, out, blobs, "A", few)
				seen := &recorder{Target: at, bodies: map[string][]byte{}}
				crashed := false
				faulty := &uplinktest.Faulty{Target: seen, Choose: func(call int, _, _ string) uplinktest.Fault {
					crashed = crashed || call == n
					if crashed {
						return fault
					}
					return uplinktest.None
				}}
				run(t, config(out, blobs, faulty), func(*uplink.Forwarder) bool { return crashed || out.Left() == 0 })
				hit = crashed
				run(t, config(out, blobs, seen), empty(out))
				checkWhole(t, at, few)
				if seen.changed != "" {
					t.Fatalf("%s: a retry sent other bytes", seen.changed)
				}
			})
		}
	}
}

// recorder notices a key that is written with other bytes than before.
type recorder struct {
	uplink.Target
	mu      sync.Mutex
	bodies  map[string][]byte
	changed string
}

func (r *recorder) PutIfAbsent(ctx context.Context, key string, body io.ReadSeeker, size int64, sha256 string) (bool, error) {
	b, err := io.ReadAll(body)
	if err != nil {
		return false, err
	}
	r.mu.Lock()
	if before, ok := r.bodies[key]; ok && !bytes.Equal(before, b) {
		r.changed = key
	}
	r.bodies[key] = b
	r.mu.Unlock()
	return r.Target.PutIfAbsent(ctx, key, bytes.NewReader(b), size, sha256)
}

// Two gateways with the same journal, the same clock and nothing in common but the batch make the same objects.
func TestSameBatchSameBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var stores [2]uplinktest.Memory
		for i := range stores {
			out, blobs := &uplinktest.Outbox{}, uplinktest.Blobs{}
			uplinktest.Fill(t, out, blobs, "A", items)
			cfg := config(out, blobs, &stores[i])
			cfg.Now = func() time.Time { return time.Unix(0, 42) }
			run(t, cfg, empty(out))
		}
		others := map[string][]byte{}
		for key, b := range stores[1].Objects() {
			others[key] = b
		}
		n := 0
		for key, b := range stores[0].Objects() {
			if n++; !bytes.Equal(b, others[key]) {
				t.Errorf("%s differs", key)
			}
		}
		if n != len(others) {
			t.Errorf("%d and %d objects", n, len(others))
		}
	})
}
