package shelf_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"edgelabel/agent/shelf"
)

func open(t *testing.T, path string, most int64) *shelf.Book {
	t.Helper()
	b, err := shelf.Open(path, most)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

func put(t *testing.T, b *shelf.Book, entries ...shelf.Entry) {
	t.Helper()
	for _, e := range entries {
		if err := b.Put(e); err != nil {
			t.Fatal(err)
		}
	}
}

func TestHides(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rules", "shelf.jsonl")
	b := open(t, path, 0)
	put(t, b,
		shelf.Entry{Rule: "a", Action: shelf.Shelve, Until: 100, Reason: "cleaning", By: "li"},
		shelf.Entry{Rule: "b", Action: shelf.OutOfService}, shelf.Entry{Rule: "c", Action: shelf.OutOfService}, shelf.Entry{Rule: "c", Action: shelf.InService},
		shelf.Entry{Rule: "d", Action: shelf.Shelve, Until: 100}, shelf.Entry{Rule: "d", Action: shelf.Unshelve},
	)
	for _, b := range []*shelf.Book{b, open(t, path, 0)} { // the second one has read it
		for _, tt := range []struct {
			rule      string
			at        int64
			otherwise bool
			hidden    bool
		}{
			{"a", 99, false, true}, {"a", 100, false, false}, {"b", 1e18, false, true}, {"c", 1, false, false}, {"c", 1, true, false},
			{"d", 1, false, false}, {"e", 1, false, false}, {"e", 1, true, true}, {"a", 200, true, true},
		} {
			if got := b.Hides(tt.rule, tt.at, tt.otherwise); got != tt.hidden {
				t.Errorf("%+v: %v", tt, got)
			}
		}
		if e, ok := b.Newest("a"); !ok || e.By != "li" || e.Reason != "cleaning" {
			t.Errorf("newest: %+v", e)
		}
	}
}

func TestPowerCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shelf.jsonl")
	put(t, open(t, path, 0), shelf.Entry{Rule: "a", Action: shelf.OutOfService})
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"at":1,"rule":"a","action":"in_ser`)
	f.Close()
	b := open(t, path, 0)
	if !b.Hides("a", 1, false) {
		t.Error("the whole line is gone")
	}
	put(t, b, shelf.Entry{Rule: "b", Action: shelf.OutOfService})
	if !open(t, path, 0).Hides("b", 1, false) {
		t.Error("what came after the cut is gone")
	}
}

func TestFileIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shelf.jsonl")
	b := open(t, path, 1000)
	put(t, b, shelf.Entry{Rule: "a", Action: shelf.OutOfService})
	for range 100 {
		put(t, b, shelf.Entry{Rule: "b", Action: shelf.Unshelve})
	}
	for _, name := range []string{path, path + ".1"} {
		if info, err := os.Stat(name); err != nil || info.Size() > 1200 {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
	if !open(t, path, 1000).Hides("a", 1, false) {
		t.Error("what holds was left behind")
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("{\"rule\":\"a\",\"action\":\"out_of_service\"}\n"))
	f.Add([]byte("{\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "shelf.jsonl")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := shelf.Open(path, 0)
		if err != nil {
			return
		}
		defer b.Close()
		if err := b.Put(shelf.Entry{Rule: "x", Action: shelf.OutOfService}); err != nil {
			t.Fatal(err)
		}
		if after, _ := os.ReadFile(path); !bytes.HasSuffix(after, []byte("\n")) || !b.Hides("x", 1, false) {
			t.Errorf("after %q: %q", data, after)
		}
	})
}
