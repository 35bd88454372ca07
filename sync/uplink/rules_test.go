package uplink_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

// ledger is an audit in memory.
type ledger struct {
	list []uplink.Withheld
	fail error
}

func (l *ledger) Withheld(_ context.Context, list []uplink.Withheld) error {
	l.list = append(l.list, list...)
	return l.fail
}

// plantOf journals items of two lines: one of each verdict, and one that nobody labelled.
func plantOf(t *testing.T) (*uplinktest.Outbox, uplinktest.Blobs) {
	out, blobs := &uplinktest.Outbox{}, uplinktest.Blobs{}
	for _, line := range []string{"a", "b"} {
		for i, v := range []label.Verdict{label.OK, label.NotOK, label.Undefined} {
			id := line + v.String()
			picture := blobs.Add([]byte("picture of " + id))
			it := label.Item{ID: id, Kind: label.KindImage, Place: label.Place{Line: line, Asset: "press" + line},
				Images: []label.Image{{SHA256: picture, Bytes: 20, Format: "png"}}}
			out.Add(t, journal.Item, id, it)
			if v != label.Undefined {
				judge(t, out, id, 1, v, []string{"fine", "crack"}[i])
			}
		}
	}
	return out, blobs
}

// found lists the items and labels that lie at a target, after checking that it is whole.
func found(t *testing.T, at uplink.Target) (items, labels []string) {
	t.Helper()
	r, err := uplink.Verify(t.Context(), at)
	if err != nil || !r.OK() {
		t.Fatalf("%+v, %v", r, err)
	}
	b, err := uplink.OpenBucket(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	err = b.Each(t.Context(), func(rec uplink.Record) error {
		items = append(items, rec.Item.ID)
		for _, l := range rec.Labels {
			labels = append(labels, l.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.Blobs != len(items) {
		t.Errorf("%d images of %d items", r.Blobs, len(items))
	}
	slices.Sort(items)
	slices.Sort(labels)
	return items, labels
}

func TestRules(t *testing.T) {
	for name, c := range map[string]struct {
		rules  uplink.Rules
		items  []string
		labels []string
		above  int // entries
	}{
		"everything": {uplink.Rules{Clearance: uplink.Core},
			[]string{"anot_ok", "aok", "aundefined", "bnot_ok", "bok", "bundefined"}, []string{"L1-anot_ok", "L1-aok", "L1-bnot_ok", "L1-bok"}, 0},
		"line above": {uplink.Rules{Clearance: uplink.Important, Grades: []uplink.Grade{{Line: "a", Level: uplink.Core}, {Line: "b", Level: uplink.Important}}},
			[]string{"bnot_ok", "bok", "bundefined"}, []string{"L1-bnot_ok", "L1-bok"}, 5},
		"class above": {uplink.Rules{Clearance: uplink.General, Grades: []uplink.Grade{{Class: "crack", Level: uplink.Core}}},
			[]string{"aok", "aundefined", "bok", "bundefined"}, []string{"L1-aok", "L1-bok"}, 4},
		"asset and class": {uplink.Rules{Clearance: uplink.General, Grades: []uplink.Grade{{Asset: "pressa", Class: "crack", Level: uplink.Important}}},
			[]string{"aok", "aundefined", "bnot_ok", "bok", "bundefined"}, []string{"L1-aok", "L1-bnot_ok", "L1-bok"}, 2},
		"line and verdict": {uplink.Rules{Clearance: uplink.Core, Filter: uplink.Filter{Lines: []string{"a"}, Verdicts: []label.Verdict{label.NotOK}}},
			[]string{"anot_ok"}, []string{"L1-anot_ok"}, 0},
		"class": {uplink.Rules{Clearance: uplink.Core, Filter: uplink.Filter{Classes: []string{"crack"}, Kinds: []label.Kind{label.KindImage}}},
			[]string{"anot_ok", "bnot_ok"}, []string{"L1-anot_ok", "L1-bnot_ok"}, 0},
		"station": {uplink.Rules{Clearance: uplink.Core, Filter: uplink.Filter{Stations: []string{"pressb"}}},
			[]string{"bnot_ok", "bok", "bundefined"}, []string{"L1-bnot_ok", "L1-bok"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				out, blobs := plantOf(t)
				at, audit := &uplinktest.Memory{}, &ledger{}
				cfg := config(out, blobs, at)
				cfg.MaxBatchEntries, cfg.Rules, cfg.Items, cfg.Audit = 3, &c.rules, out, audit
				above := uint64(0)
				run(t, cfg, func(f *uplink.Forwarder) bool { above = f.Status().Above; return out.Left() == 0 })
				items, labels := found(t, at)
				if !slices.Equal(items, c.items) || !slices.Equal(labels, c.labels) {
					t.Errorf("at the centre: %v %v\nwant %v %v", items, labels, c.items, c.labels)
				}
				if len(audit.list) != c.above || above != uint64(c.above) {
					t.Errorf("%d records, status says %d, want %d: %+v", len(audit.list), above, c.above, audit.list)
				}
			})
		})
	}
}

// An item that the filter passed over comes with the first label that it asks for, once, whatever fails on the way.
func TestLabelBringsItsItem(t *testing.T) {
	for n, hit := 0, true; hit; n++ {
		synctest.Test(t, func(t *testing.T) {
			out, blobs := plantOf(t)
			at := &uplinktest.Memory{}
			faulty := &uplinktest.Faulty{Target: at, Choose: func(call int, _, _ string) uplinktest.Fault {
				if call == n {
					return uplinktest.Ambiguous
				}
				return uplinktest.None
			}}
			cfg := config(out, blobs, faulty)
			cfg.Items, cfg.Rules = out, &uplink.Rules{Clearance: uplink.Core, Filter: uplink.Filter{Verdicts: []label.Verdict{label.NotOK}, Lines: []string{"a"}}}
			run(t, cfg, empty(out))
			judge(t, out, "aok", 2, label.NotOK)
			judge(t, out, "aundefined", 1, label.OK)
			run(t, cfg, empty(out))
			judge(t, out, "aok", 3, label.OK)
			run(t, cfg, empty(out))
			hit = n < faulty.Calls()
			items, labels := found(t, at)
			if want := []string{"anot_ok", "aok"}; !slices.Equal(items, want) {
				t.Errorf("items %v, want %v", items, want)
			}
			if want := []string{"L1-anot_ok", "L2-aok", "L3-aok"}; !slices.Equal(labels, want) {
				t.Errorf("labels %v, want %v", labels, want)
			}
		})
	}
}

// Nothing is frozen, and nothing leaves, before it is on record what stays.
func TestAuditComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs := plantOf(t)
		at, audit := &uplinktest.Memory{}, &ledger{fail: errors.New("disk full")}
		cfg := config(out, blobs, at)
		cfg.Items, cfg.Audit = out, audit
		cfg.Rules = &uplink.Rules{Clearance: uplink.General, Grades: []uplink.Grade{{Level: uplink.Core}}}
		left := out.Left()
		run(t, cfg, func(f *uplink.Forwarder) bool { return f.Status().Failures > 2 })
		if out.Left() != left {
			t.Error("a batch went out without a record of what it withholds")
		}
		audit.fail = nil
		run(t, cfg, empty(out))
		if items, labels := found(t, at); len(items)+len(labels) != 0 {
			t.Errorf("at the centre: %v %v", items, labels)
		}
	})
}

func TestParseLevel(t *testing.T) {
	for _, l := range []uplink.Level{uplink.General, uplink.Important, uplink.Core} {
		if got, err := uplink.ParseLevel(l.String()); got != l || err != nil {
			t.Errorf("%v: %v, %v", l, got, err)
		}
	}
	if _, err := uplink.ParseLevel("secret"); err == nil {
		t.Error("secret is no level")
	}
}
