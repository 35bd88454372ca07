package learn_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/agent/learn"
)

// album is items of one picture each with their newest labels.
type album struct {
	*shelf
	newest map[string]label.Draft
}

func (a *album) Item(ctx context.Context, id string) (label.Row, []label.Label, error) {
	row, _, err := a.shelf.Item(ctx, id)
	a.mu.Lock()
	defer a.mu.Unlock()
	return row, []label.Label{{Rev: 3, By: li, Draft: a.newest[id]}}, err
}

// say labels a picture and gives its item a candidate of a detector, if any.
func (a *album) say(n int, detector string, d label.Draft) string {
	sha := fmt.Sprintf("%064d", n)
	r := label.Row{Item: label.Item{ID: "p" + sha[60:], Images: []label.Image{
		{SHA256: sha, Camera: "cam", Part: label.Part{ExternalRecipeID: "r"}}, {SHA256: "f" + sha[1:], Camera: "other"},
	}}}
	if detector != "" {
		r.Candidates = []label.Candidate{{Detector: detector, Image: sha}}
	}
	a.put(r)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.newest[r.ID] = d
	return r.ID
}

// collect follows labels of these items and returns the numbers of the pictures that are examples then.
func (a *album) collect(t *testing.T, path string, ids ...string) (numbers []string, changed int) {
	t.Helper()
	x, err := learn.OpenExamples(learn.ExamplesConfig{
		Items: a, Feed: a, Cameras: []string{"cam"}, Most: 3, Path: path, Now: now.UnixNano, Log: slog.New(slog.DiscardHandler),
		Changed: func(camera string) {
			if changed++; camera != "cam" {
				t.Errorf("%s changed", camera)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	a.labelled(t, x.Run, ids...)
	for _, e := range x.Of("cam") {
		numbers = append(numbers, strings.TrimLeft(e.Image, "0"))
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
	return numbers, changed
}

func TestGoodPicturesBecomeExamples(t *testing.T) {
	ok := label.Draft{Verdict: label.OK}
	marked := label.Draft{Verdict: label.OK, Regions: []label.Region{{ID: "a"}}}
	spread := label.Draft{Verdict: label.OK, Input: label.Propagated}
	a := &album{newShelf(), map[string]label.Draft{}}
	path := filepath.Join(t.TempDir(), "examples.jsonl")
	want := func(what string, changes int, numbers []string, changed int, wanted ...string) {
		t.Helper()
		if !slices.Equal(numbers, wanted) || changed != changes {
			t.Errorf("%s: %v, %d changes; want %v, %d", what, numbers, changed, wanted, changes)
		}
	}
	got, n := a.collect(t, path, a.say(1, "", marked), a.say(2, "", spread), a.say(3, "", label.Draft{Verdict: label.NotOK}), a.say(4, "", ok))
	want("only what a person calls good", 1, got, n, "4")
	got, n = a.collect(t, path, a.say(5, "sample", ok), a.say(9, "", ok), a.say(8, "", ok))
	want("of too many the same stay in any order", 3, got, n, "4", "5", "8")
	got, n = a.collect(t, path, a.say(7, "golden", ok), a.say(6, "", ok))
	want("what was flagged comes first", 1, got, n, "4", "5", "7")
	a.say(7, "golden", label.Draft{Verdict: label.NotOK})
	a.say(4, "", label.Draft{})
	got, n = a.collect(t, path)
	want("labels that were changed meanwhile", 2, got, n, "5")
	a.mu.Lock()
	clear(a.rows)
	a.mu.Unlock()
	got, n = a.collect(t, path)
	want("items that are gone", 1, got, n)
}

func TestLostHintsAreMadeGood(t *testing.T) {
	a := &album{newShelf(), map[string]label.Draft{}}
	path := filepath.Join(t.TempDir(), "examples.jsonl")
	id := a.say(1, "", label.Draft{Verdict: label.OK})
	x, err := learn.OpenExamples(learn.ExamplesConfig{
		Items: a, Feed: a, Cameras: []string{"cam"}, Path: path, Now: now.UnixNano, Log: slog.New(slog.DiscardHandler), Changed: func(string) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- x.Run(ctx) }()
	a.changes <- label.Change{Rev: 1, What: "label", Item: id}
	a.changes <- label.Change{Rev: 2, What: "claim"}
	if got := x.Of("cam"); len(got) != 1 {
		t.Errorf("%v", got)
	}
	a.say(1, "", label.Draft{Verdict: label.NotOK})
	a.changes <- label.Change{Rev: 9, What: "claim"}
	a.changes <- label.Change{Rev: 10, What: "claim"}
	if got := x.Of("cam"); len(got) != 0 {
		t.Errorf("%v", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
