package uplink_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

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
		cfg := config(two, blobs, at) // the operator's answer
		cfg.Epoch = 2
		run(t, cfg, empty(two))
		if r := checkWhole(t, at, 9); r.Chains != 2 {
			t.Errorf("%d chains", r.Chains)
		}
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

// A gateway that forgot what it had sent sends it again in a new epoch: readers see each item once, and verify does not call it a fault.
func TestSentAgainAfterAmnesia(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		blobs, at := uplinktest.Blobs{}, &uplinktest.Memory{}
		for epoch := range uint64(2) {
			out := &uplinktest.Outbox{}
			uplinktest.Fill(t, out, blobs, "A", 3)
			cfg := config(out, blobs, at)
			cfg.Epoch = epoch + 1
			run(t, cfg, empty(out))
		}
		if r := checkWhole(t, at, 3); len(r.Notes) != 6 {
			t.Errorf("notes %v", r.Notes)
		}
		b, err := uplink.OpenBucket(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		n := 0
		err = b.Each(t.Context(), func(r uplink.Record) error {
			if n++; len(r.Labels) != 1 {
				t.Errorf("%s: %d labels", r.Item.ID, len(r.Labels))
			}
			return nil
		})
		if err != nil || n != 3 {
			t.Errorf("%d items, %v", n, err)
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
