package results_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/agent/results"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// world is a store with items and a broker that may be away.
type world struct {
	mu      sync.Mutex
	waiting []journal.Entry
	items   map[string]label.Item
	away    error
	noted   error // ResultsDone fails
	sent    []results.Publication
	now     time.Time
}

func newWorld() *world { return &world{items: map[string]label.Item{}, now: start} }

func (w *world) edit(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

func (w *world) Results(_ context.Context, _ string, limit int) ([]journal.Entry, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.waiting[:min(limit, len(w.waiting))]), nil
}

func (w *world) ResultsDone(_ context.Context, _ string, seqs []journal.Seq) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.noted; err != nil {
		w.noted = nil
		return err
	}
	w.waiting = slices.DeleteFunc(w.waiting, func(e journal.Entry) bool { return slices.Contains(seqs, e.Seq) })
	return nil
}

func (w *world) ResultsWaiting(context.Context, string) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.waiting), nil
}

func (w *world) Item(_ context.Context, id string) (label.Row, []label.Label, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	it, ok := w.items[id]
	if !ok {
		return label.Row{}, nil, fmt.Errorf("item %s: %w", id, label.ErrNotFound)
	}
	return label.Row{Item: it}, nil, nil
}

func (w *world) Send(_ context.Context, all []results.Publication) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.away == nil {
		w.sent = append(w.sent, all...)
	}
	return w.away
}

func (w *world) Close() {}

// item adds one with an entry; label a verdict on it.
func (w *world) item(id string, rev int) {
	w.items[id] = label.Item{
		ID: id, Rev: rev, Kind: label.KindJoint, At: start.UnixNano(), Machine: label.NotOK, Score: 0.9, IsPartial: true,
		Place: label.Place{Line: "l2", Asset: "press/1"}, Part: label.Part{PartID: "SN 7"},
		Candidates: []label.Candidate{{Rule: "press1.force.limit", Severity: 800, Limit: "HH", Value: 531}},
	}
	w.add(journal.Entry{Kind: journal.Item, Key: id})
}

func (w *world) label(id, item string, v label.Verdict) {
	body, _ := json.Marshal(label.Label{ID: id, Item: item, Rev: 1, Draft: label.Draft{Verdict: v, Classes: []string{"crack"}}, By: label.Person{ID: "anna"}, Saved: start.UnixNano()})
	w.add(journal.Entry{Kind: journal.Label, Key: id, Body: body})
}

func (w *world) add(e journal.Entry) {
	e.Seq, e.At = journal.Seq(len(w.waiting)+1+1000*len(w.sent)), w.now.UnixNano()
	w.waiting = append(w.waiting, e)
}

// run works the forwarder until nothing waits any more.
func (w *world) run(t *testing.T, change func(*results.Config)) results.Status {
	t.Helper()
	cfg := results.Config{
		Name: "mes", Gateway: "gw", Topic: results.DefaultTopic, Outbox: w, Items: w, Publisher: w,
		Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&cfg)
	}
	f, err := results.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		s := f.Status()
		if n, _ := w.ResultsWaiting(ctx, ""); n == 0 && s.State == results.Idle && s.Pending == 0 {
			break
		}
		if s.State == results.Waiting {
			w.edit(func() { w.away = nil })
		}
		if time.Now().After(end) {
			t.Fatalf("still waits: %+v", s)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	return f.Status()
}

func (w *world) messages(t *testing.T) (all []results.Message) {
	t.Helper()
	for _, p := range w.sent {
		var m results.Message
		if err := json.Unmarshal(p.Payload, &m); err != nil {
			t.Fatalf("%s: %v", p.Payload, err)
		}
		all = append(all, m)
	}
	return all
}

func TestMessagesSayWhatAPLCNeeds(t *testing.T) {
	w := newWorld()
	w.item("01A", 2)
	w.label("01L", "01A", label.OK)
	s := w.run(t, func(c *results.Config) { c.Topic, c.Retain = "x/{line}/{asset}/{part}/{cell}/{event}/{verdict}", true })
	got := w.messages(t)
	if len(got) != 2 || s.Published != 2 || s.Last == 0 {
		t.Fatalf("sent %+v, status %+v", got, s)
	}
	a, b := got[0], got[1]
	if a.ID != "01A-2" || a.Event != results.ItemEvent || a.Verdict != label.NotOK || a.Final || a.Part.PartID != "SN 7" || a.Flagged[0].Rule != "press1.force.limit" || a.Time != "2026-01-02T03:04:05Z" {
		t.Errorf("item: %+v", a)
	}
	if b.ID != "01L" || b.Event != results.VerdictEvent || b.Verdict != label.OK || b.Machine != label.NotOK || b.Item != "01A" || b.Classes[0] != "crack" {
		t.Errorf("verdict: %+v", b)
	}
	if w.sent[0].Topic != "x/l2/press_1/SN 7/-/item/not_ok" || w.sent[1].Topic != "x/l2/press_1/SN 7/-/verdict/ok" || !w.sent[0].Retain {
		t.Errorf("topics %q, %q", w.sent[0].Topic, w.sent[1].Topic)
	}
	for _, p := range w.sent {
		if bytes.Contains(p.Payload, []byte("anna")) {
			t.Error("the message names the person")
		}
	}
}

func TestNothingIsTakenOffBeforeTheBrokerHasIt(t *testing.T) {
	w := newWorld()
	w.away = errors.New("no broker")
	for n := range 100 {
		w.item(fmt.Sprint("01", n), 1)
	}
	s := w.run(t, nil)
	if len(w.sent) != 100 || s.Failures == 0 || s.Error != "" {
		t.Errorf("%d sent, status %+v", len(w.sent), s)
	}
}

func TestTheSameMessageHasTheSameID(t *testing.T) {
	w := newWorld()
	w.item("01A", 1)
	w.noted = errors.New("disk") // sent, and not noted: it is sent again
	w.run(t, nil)
	got := w.messages(t)
	if len(got) != 2 || got[0].ID != got[1].ID || string(w.sent[0].Payload) != string(w.sent[1].Payload) {
		t.Errorf("sent %+v", got)
	}
}

func TestWhatIsOfNoUseIsCountedAndNotSent(t *testing.T) {
	w := newWorld()
	w.item("01A", 1)
	w.now = w.now.Add(2 * time.Hour) // it waited while the broker was away
	w.item("01B", 3)
	w.add(journal.Entry{Kind: journal.Item, Key: "01B"}) // changed twice since
	w.add(journal.Entry{Kind: journal.Item, Key: "gone"})
	w.add(journal.Entry{Kind: journal.Label, Key: "gone"})
	w.label("01L", "01B", label.NotOK)
	s := w.run(t, func(c *results.Config) { c.Events = []results.Event{results.ItemEvent} })
	if got := w.messages(t); len(got) != 1 || got[0].ID != "01B-3" {
		t.Errorf("sent %+v", got)
	}
	if s.Expired != 1 || s.Gone != 1 || s.Published != 1 {
		t.Errorf("status %+v", s)
	}
}

func TestTopics(t *testing.T) {
	for topic, sound := range map[string]bool{
		"a/{gateway}/{part}": true, "{site}{area}": true, "": false, "a/+/b": false, "a/#": false, "$SYS/x": false, "a/{who}": false,
		"a/{part": false, "a/part}": false,
	} {
		if err := results.CheckTopic(topic); (err == nil) != sound {
			t.Errorf("%q: %v", topic, err)
		}
	}
}

func FuzzTopic(f *testing.F) {
	f.Add("a/{gateway}/{part}", "SN/7")
	f.Add("{site}{{", "+")
	f.Fuzz(func(t *testing.T, topic, part string) {
		w := newWorld()
		w.item("01A", 1)
		it := w.items["01A"]
		it.Part.PartID = part
		w.items["01A"] = it
		if results.CheckTopic(topic) != nil {
			return
		}
		w.run(t, func(c *results.Config) { c.Topic = topic })
		for _, r := range w.sent[0].Topic {
			if r == '+' || r == '#' || r == 0 {
				t.Errorf("topic %q of template %q", w.sent[0].Topic, topic)
			}
		}
	})
}
