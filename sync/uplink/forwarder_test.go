package uplink_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
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

func TestCloneStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
		uplinktest.Fill(t, one, blobs, "A", 3)
		run(t, config(one, blobs, at), empty(one))
		two := one.Clone()
		uplinktest.Fill(t, one, blobs, "B", 3)
		uplinktest.Fill(t, two, blobs, "C", 3)
		run(t, config(one, blobs, at), empty(one))
		left := two.Left()
		run(t, config(two, blobs, at), func(f *uplink.Forwarder) bool {
			s := f.Status()
			return s.Cloned && s.State == uplink.Waiting && strings.Contains(s.Error, uplink.ErrCloned.Error())
		})
		if two.Left() != left {
			t.Error("a cloned batch was acknowledged")
		}
		checkWhole(t, at, 6)
		cfg := config(two, blobs, at) // the operator's answer: a new epoch
		cfg.Epoch = 2
		run(t, cfg, func(f *uplink.Forwarder) bool { return f.Status().Cloned }) // the frozen batch keeps its epoch
	})
}

// The manifest got there, its answer did not, and the gateway came back with another program or configuration.
func TestOwnManifestOfAnotherVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
		uplinktest.Fill(t, out, blobs, "A", 2)
		out.Fail = func(call string) error {
			if call == "acknowledge" {
				return errors.New("power cut (injected)")
			}
			return nil
		}
		run(t, config(out, blobs, at), func(f *uplink.Forwarder) bool { return f.Status().Failures > 0 })
		out.Fail = nil
		cfg := config(out, blobs, at)
		cfg.Line = "renamed"
		run(t, cfg, empty(out))
		checkWhole(t, at, 2)
	})
}

func TestStoreThatOverwrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{Overwrites: true}
		uplinktest.Fill(t, out, blobs, "A", items)
		two := out.Clone()
		run(t, config(out, blobs, at), func(f *uplink.Forwarder) bool { return out.Left() == 0 && !f.Status().Exclusive })
		uplinktest.Fill(t, two, blobs, "B", 1)
		cfg := config(two, blobs, at)
		cfg.MaxBatchEntries = 100
		run(t, cfg, func(f *uplink.Forwarder) bool { return f.Status().Cloned })
		checkWhole(t, at, items)
	})
}

func TestForeignObjectIsNotOverwritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
		uplinktest.Fill(t, out, blobs, "A", 1)
		key := "v1/blobs/sha256/"
		for name, b := range blobs {
			key += name[:2] + "/" + name[2:4] + "/" + name + ".jpg"
			at.Set(key, bytes.Repeat([]byte("x"), len(b)))
		}
		run(t, config(out, blobs, at), func(f *uplink.Forwarder) bool {
			return strings.Contains(f.Status().Error, key) && strings.Contains(f.Status().Error, uplink.ErrDiffers.Error())
		})
		if got := uplinktest.Read(t, at, key); got[0] != 'x' || out.Left() == 0 {
			t.Errorf("%q, %d left", got, out.Left())
		}
	})
}

func TestBlobsThatAreGoneAreNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
		uplinktest.Fill(t, out, blobs, "A", 3)
		n := 0
		for name := range blobs { // three pictures and a window
			if n++; n%2 == 0 {
				delete(blobs, name)
			} else {
				blobs[name] = []byte("damaged")
			}
		}
		run(t, config(out, blobs, at), empty(out))
		if r := checkWhole(t, at, 3); r.Blobs != 0 || r.WindowRows != 0 || len(r.Notes) != 4 {
			t.Errorf("%+v", r)
		}
	})
}

func TestUnreadableEntryDoesNotBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
		for i, kind := range []journal.Kind{journal.Item, journal.Label, journal.Gap, journal.Eviction, journal.Taxonomy, "novel"} {
			out.AddRaw(kind, fmt.Sprint(i), []byte("{torn"))
			out.AddRaw(kind, fmt.Sprint(i), []byte("[]"))
		}
		out.Add(t, journal.Item, "x", label.Item{})
		uplinktest.Fill(t, out, blobs, "A", 2)
		run(t, config(out, blobs, at), empty(out))
		if r := checkWhole(t, at, 2); len(r.Notes) != 13 {
			t.Errorf("notes %v", r.Notes)
		}
	})
}

func TestBatchBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
		uplinktest.Fill(t, out, blobs, "A", items)
		cfg := config(out, blobs, at)
		cfg.MaxBatchBytes, cfg.MaxBatchEntries = 1, 1000
		run(t, cfg, empty(out))
		if r := checkWhole(t, at, items); r.Manifests != 2*items+3 {
			t.Errorf("%d manifests: one an entry wanted", r.Manifests)
		}
	})
}

// busy is an answer with Retry-After.
type busy struct{}

func (busy) Error() string             { return "503 Slow Down" }
func (busy) RetryAfter() time.Duration { return 10 * time.Minute }

type busyOnce struct {
	uplink.Target
	told *bool
}

func (b busyOnce) Head(ctx context.Context, key string) (uplink.Info, error) {
	if !*b.told {
		*b.told = true
		return uplink.Info{}, fmt.Errorf("head: %w", busy{})
	}
	return b.Target.Head(ctx, key)
}

func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs, told := &uplinktest.Outbox{}, uplinktest.Blobs{}, false
		uplinktest.Fill(t, out, blobs, "A", 1)
		began := time.Now()
		run(t, config(out, blobs, busyOnce{&uplinktest.Memory{}, &told}), empty(out))
		if took := time.Since(began); took < 10*time.Minute || took > 12*time.Minute {
			t.Errorf("took %v", took)
		}
	})
}

func TestBackoffGrowsToItsBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, at := &uplinktest.Outbox{}, &uplinktest.Memory{}
		var tries []time.Duration
		began := time.Now()
		faulty := &uplinktest.Faulty{Target: at, Choose: func(int, string, string) uplinktest.Fault {
			tries = append(tries, time.Since(began))
			return uplinktest.Refused
		}}
		run(t, config(out, uplinktest.Blobs{}, faulty), func(*uplink.Forwarder) bool { return time.Since(began) > time.Hour })
		if len(tries) < 60 || tries[1]-tries[0] != time.Second || tries[2]-tries[1] != 2*time.Second || tries[50]-tries[49] != time.Minute {
			t.Errorf("%d tries: %v", len(tries), tries[:min(len(tries), 10)])
		}
	})
}

func TestEpochOnlyGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
		for _, epoch := range []uint64{1, 3} {
			uplinktest.Fill(t, out, blobs, fmt.Sprint("E", epoch), 1)
			cfg := config(out, blobs, at)
			cfg.Epoch = epoch
			run(t, cfg, empty(out))
		}
		uplinktest.Fill(t, out, blobs, "late", 1)
		run(t, config(out, blobs, at), func(f *uplink.Forwarder) bool { return strings.Contains(f.Status().Error, "epoch 1 is behind 3") })
		if r := checkWhole(t, at, 2); r.Chains != 2 {
			t.Errorf("%d chains", r.Chains)
		}
	})
}

func TestNewRefusesHalfAConfig(t *testing.T) {
	for _, spoil := range []func(*uplink.Config){
		func(c *uplink.Config) { c.Gateway = "" }, func(c *uplink.Config) { c.Name = "" }, func(c *uplink.Config) { c.Target = nil },
		func(c *uplink.Config) { c.Outbox = nil }, func(c *uplink.Config) { c.Blobs = nil },
	} {
		cfg := config(&uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{})
		if spoil(&cfg); func() error { _, err := uplink.New(cfg); return err }() == nil {
			t.Errorf("%+v was accepted", cfg)
		}
	}
}
