package control_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"edgelabel/agent/control"
	"edgelabel/agent/label"
	"edgelabel/store"
	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func key(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(n), 32)))
}

func public(n byte) ed25519.PublicKey { return key(n).Public().(ed25519.PublicKey) }

// Items of the gateway, and one that it does not have.
const (
	itemA = "01KDYAK3480000000000000000"
	itemB = "01KDYAK3480000000000000001"
	itemC = "01KDYAK3480000000000000002"
)

var classes = []label.Class{{ID: "scratch", Name: label.Text{ZH: "划痕", EN: "Scratch"}}, {ID: "dent", Name: label.Text{ZH: "凹坑", EN: "Dent"}}}

func classed(classes []label.Class) control.Change {
	return control.Change{Taxonomy: &label.Taxonomy{Classes: classes}}
}

// site is a gateway with a store, and the bucket that it asks.
type site struct {
	t        *testing.T
	dir      string
	bucket   *uplinktest.Memory
	store    *store.Store
	follow   *control.Follower
	rules    works
	proposes string        // class of the configuration
	later    time.Duration // how far the gateway's clock is ahead
	asked    atomic.Int64  // rounds
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir(), bucket: &uplinktest.Memory{}, rules: works{staged: map[string]string{}}}
	var err error
	s.store, err = store.Open(filepath.Join(s.dir, "data"), store.Options{Targets: []string{"centre"}, Taxonomy: label.Taxonomy{Classes: classes[:1]}, Reserve: -1, MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.store.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-ended, s.store.Close()); err != nil {
			t.Error(err)
		}
	})
	for _, id := range []string{itemA, itemB} {
		if err := s.store.CreateItem(t.Context(), label.Item{ID: id, Kind: label.KindImage, Created: 1, At: 1}); err != nil {
			t.Fatal(err)
		}
	}
	d := label.Draft{Verdict: label.NotOK, Classes: []string{"scratch"}}
	if _, err := s.store.AddLabel(t.Context(), itemA, d, label.Person{ID: "li", Role: "labeler"}, "k"); err != nil {
		t.Fatal(err)
	}
	s.restart()
	return s
}

func (s *site) restart() {
	s.t.Helper()
	var err error
	s.follow, err = control.New(control.Config{Gateway: "gw-1", Dir: s.dir, Target: s.bucket, Keeper: s.store, Works: &s.rules, Proposes: func(class string) bool { return class == s.proposes }, Poll: time.Millisecond, Rand: s.pause, Now: func() time.Time { return time.Now().Add(s.later) },
		Senders: []control.Sender{{Name: "centre", Key: public('a'), Taxonomy: true, Labels: true, Rules: true, Models: true}, {Name: "oem", Key: public('b'), Labels: true}},
		Log:     slog.New(slog.DiscardHandler)})
	if err != nil {
		s.t.Fatal(err)
	}
}

// rounds runs the follower until it has asked at least once and done what was to be done.
func (s *site) rounds() {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	ended, before := make(chan error, 1), s.asked.Load()
	go func() { ended <- s.follow.Run(ctx) }()
	for s.asked.Load() == before {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-ended; err != nil {
		s.t.Error(err)
	}
}

// pause is asked how long to wait after each round.
func (s *site) pause() float64 {
	s.asked.Add(1)
	return 0
}

func (s *site) send(sender string, by ed25519.PrivateKey, b control.Bundle) {
	s.t.Helper()
	if b.NotAfter == 0 {
		b.NotAfter = time.Now().Add(time.Hour).UnixNano()
	}
	sealed, err := control.Seal(b, by)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := control.Publish(s.t.Context(), s.bucket, sender, &b, sealed); err != nil {
		s.t.Fatal(err)
	}
}

// report is the newest thing that the gateway says about a key.
func (s *site) report(part string) control.Outcome {
	s.t.Helper()
	var r struct{ Outcomes []control.Outcome }
	if err := json.Unmarshal(uplinktest.Read(s.t, s.bucket, uplink.ControlReport("gw-1")), &r); err != nil {
		s.t.Fatal(err)
	}
	for i := len(r.Outcomes) - 1; i >= 0; i-- {
		if strings.Contains(r.Outcomes[i].Key, part) {
			return r.Outcomes[i]
		}
	}
	s.t.Fatalf("nothing about %s in %+v", part, r)
	return control.Outcome{}
}

func opinion(id, item string) control.Opinion {
	return control.Opinion{ID: id, Item: item, By: label.Person{ID: "li", Name: "Li", Role: "reviewer"}, Result: label.Independent,
		Label: label.Draft{Verdict: label.OK, Comment: "inside the limit sample"}}
}

func TestTaxonomyAndLabelsArrive(t *testing.T) {
	s := newSite(t)
	s.send("centre", key('a'), control.Bundle{Version: 1, Change: classed(classes), Comment: "dents"})
	s.send("oem", key('b'), control.Bundle{Version: 7, Gateway: "gw-1", Labels: []control.Opinion{opinion("1", itemA), opinion("2", itemB), opinion("3", itemC)}})
	s.rounds()
	tax, err := s.store.Taxonomy(t.Context())
	if err != nil || len(tax.Classes) != 2 || tax.By != "centre" || tax.Revision != 2 {
		t.Errorf("%+v, %v", tax, err)
	}
	s.second(2)
	row, labels, err := s.store.Item(t.Context(), itemB)
	if err != nil || len(labels) != 1 || labels[0].By.ID != "oem/li" || labels[0].Review != nil || row.Verdict != label.OK {
		t.Errorf("an item that nobody had judged: %+v, %v", labels, err)
	}
	if o := s.report("oem"); o.Labels != 2 || len(o.Losses) != 1 || o.Losses[0].Item != itemC {
		t.Errorf("%+v", o)
	}
	if o := s.report("centre"); o.Tax != 2 || o.Comment != "dents" || o.Refused != "" {
		t.Errorf("%+v", o)
	}
	s.restart() // what was applied is not applied again
	s.rounds()
	s.second(2)
	if got := s.follow.State(); got.Applied != 0 || got.Refused != 0 {
		t.Errorf("%+v", got)
	}
}

// second proves that the partner's Li is another person than the gateway's, and that both opinions stand beside each other.
func (s *site) second(n int) {
	s.t.Helper()
	row, labels, err := s.store.Item(s.t.Context(), itemA)
	if err != nil || len(labels) != n || row.Review != label.Disputed {
		s.t.Fatalf("%+v %+v, %v", row.Standing, labels, err)
	}
	l := labels[n-1]
	if l.By.ID != "oem/li" || l.Review == nil || l.Review.Of != 1 || l.Review.Result != label.Independent || l.Comment != "inside the limit sample" {
		s.t.Errorf("%+v", l)
	}
}

func TestRefused(t *testing.T) {
	far := time.Now().Add(time.Hour).UnixNano()
	good := control.Bundle{Version: 5, NotAfter: far, Change: classed(classes)}
	change := func(do func(*control.Bundle)) control.Bundle {
		b := good
		do(&b)
		return b
	}
	seal := func(b control.Bundle, by byte) []byte {
		sealed, err := control.Seal(b, key(by))
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	for name, c := range map[string]struct {
		sender string
		sealed []byte
		want   string
	}{
		"another key":        {"centre", seal(good, 'c'), "signature does not fit"},
		"a partner's key":    {"centre", seal(good, 'b'), "signature does not fit"},
		"more than it may":   {"oem", seal(good, 'b'), "may not do this"},
		"another gateway's":  {"centre", seal(change(func(b *control.Bundle) { b.Gateway = "gw-2" }), 'a'), "for somebody else"},
		"expired":            {"centre", seal(change(func(b *control.Bundle) { b.NotAfter = 1 }), 'a'), "expired"},
		"rules of a partner": {"oem", seal(change(func(b *control.Bundle) { b.Taxonomy, b.Rules = nil, raised }), 'b'), "may not do this"},
		"filed elsewhere":    {"centre", seal(change(func(b *control.Bundle) { b.Version = 6 }), 'a'), "filed as 5"},
		"altered":            {"centre", []byte(strings.Replace(string(seal(good, 'a')), `"payload": "ey`, `"payload": "ez`, 1)), "signature does not fit"},
		"of a later program": {"centre", []byte(strings.Replace(string(seal(good, 'a')), `"format": 1`, `"format": 2`, 1)), "format 2"},
		"no bundle at all":   {"centre", []byte("{}"), "format 0"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.bucket.Set(uplink.ControlKey("", c.sender, 5), c.sealed)
			s.send("centre", key('a'), control.Bundle{Version: 9, Change: classed(classes[:1]), Comment: "the next one"})
			s.rounds()
			if o := s.report("00005"); !strings.Contains(o.Refused, c.want) {
				t.Errorf("%+v, want %q", o, c.want)
			}
			if tax, err := s.store.Taxonomy(t.Context()); err != nil || len(tax.Classes) != 1 {
				t.Errorf("applied: %+v, %v", tax, err)
			}
			if o := s.report("00009"); o.Refused != "" {
				t.Errorf("the next one is held up: %+v", o)
			}
		})
	}
}

// A task alone makes the next revision with the classes of before.
func TestTask(t *testing.T) {
	s := newSite(t)
	want := label.Text{ZH: "标出划痕。", EN: "Mark scratches."}
	s.send("centre", key('a'), control.Bundle{Version: 1, Task: &want})
	s.rounds()
	tax, err := s.store.Taxonomy(t.Context())
	if err != nil || tax.Task != want || len(tax.Classes) != 1 || tax.Revision != 2 {
		t.Errorf("%+v, %v", tax, err)
	}
}

// An old bundle that somebody puts back, in whatever place, changes nothing.
func TestReplay(t *testing.T) {
	s := newSite(t)
	s.send("centre", key('a'), control.Bundle{Version: 1, Change: classed(classes[:1])})
	s.send("centre", key('a'), control.Bundle{Version: 2, Change: classed(classes)})
	s.rounds()
	old := uplinktest.Read(t, s.bucket, uplink.ControlKey("", "centre", 1))
	s.bucket.Set(uplink.ControlKey("gw-1", "centre", 1), old)
	s.bucket.Set(uplink.ControlKey("gw-1", "centre", 3), old)
	s.restart()
	s.rounds()
	if tax, err := s.store.Taxonomy(t.Context()); err != nil || len(tax.Classes) != 2 {
		t.Errorf("%+v, %v", tax, err)
	}
	if o := s.report("00003"); o.Refused == "" {
		t.Errorf("%+v", o)
	}
}

// stumbling is a store that fails once in the middle, as at a power cut.
type stumbling struct {
	*store.Store
	left int
}

func (s *stumbling) AddLabel(ctx context.Context, item string, d label.Draft, by label.Person, key string) (label.Label, error) {
	if s.left--; s.left == 0 {
		return label.Label{}, errors.New("power cut")
	}
	return s.Store.AddLabel(ctx, item, d, by, key)
}

func TestInterruptedApplicationGoesOn(t *testing.T) {
	s := newSite(t)
	s.send("oem", key('b'), control.Bundle{Version: 1, Labels: []control.Opinion{opinion("1", itemA), opinion("2", itemB)}})
	var err error
	s.follow, err = control.New(control.Config{Gateway: "gw-1", Dir: s.dir, Target: s.bucket, Keeper: &stumbling{s.store, 2}, Works: &s.rules, Poll: time.Hour, Rand: s.pause,
		Senders: []control.Sender{{Name: "oem", Key: public('b'), Labels: true}}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s.rounds()
	if got := s.follow.State(); !strings.Contains(got.Error, "power cut") {
		t.Fatalf("%+v", got)
	}
	for key := range s.bucket.Objects() {
		s.bucket.Delete(key) // it is staged: the centre is not needed
	}
	s.restart()
	s.rounds()
	s.second(2)
	if o := s.report("oem"); o.Labels != 2 || len(o.Losses) != 0 {
		t.Errorf("%+v", o)
	}
}

func TestPublishTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := control.Bundle{Version: 1, NotAfter: 1, Change: classed(classes)}
		at := &uplinktest.Memory{}
		for i, want := range []bool{true, false} {
			if _, err := control.Publish(t.Context(), at, "centre", &b, fmt.Appendf(nil, "%d", i)); (err == nil) != want {
				t.Errorf("time %d: %v", i, err)
			}
		}
	})
}

func TestKeys(t *testing.T) {
	got, err := control.ParsePrivate([]byte(control.EncodePrivate(key('a'))))
	if err != nil || !got.Equal(key('a')) {
		t.Errorf("%v", err)
	}
	pub, err := control.ParsePublic(control.EncodePublic(public('a')))
	if err != nil || !pub.Equal(public('a')) {
		t.Errorf("%v", err)
	}
	for _, bad := range []string{"", "AAAA", "%"} {
		if _, err := control.ParsePublic(bad); err == nil {
			t.Errorf("public %q is taken", bad)
		}
		if _, err := control.ParsePrivate([]byte(bad)); err == nil {
			t.Errorf("private %q is taken", bad)
		}
	}
}

func FuzzOpen(f *testing.F) {
	sealed, err := control.Seal(control.Bundle{Version: 1, NotAfter: 1, Change: classed(classes)}, key('a'))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add([]byte(`{"format":1,"payload":"e30=","signature":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := control.Open(b, public('a')); err == nil && got.Version != 1 {
			t.Errorf("opens %+v", got)
		}
	})
}
