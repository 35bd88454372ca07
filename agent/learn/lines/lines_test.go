package lines_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"edgelabel/agent/learn/lines"
)

type note struct {
	N    int    `json:"n"`
	Text string `json:"text,omitempty"`
}

func open(t *testing.T, path string) (*lines.File[note], []int) {
	t.Helper()
	var seen []int
	f, err := lines.Open(path, func(n note) { seen = append(seen, n.N) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f, seen
}

func add(t *testing.T, f *lines.File[note], n ...note) {
	t.Helper()
	for _, one := range n {
		if err := f.Append(one); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRecordsSurvive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deeper", "notes.jsonl")
	f, seen := open(t, path)
	if len(seen) != 0 {
		t.Error(seen)
	}
	add(t, f, note{N: 1}, note{N: 2})
	half, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := half.WriteString(`{"n":3`); err != nil { // the power went
		t.Fatal(err)
	}
	half.Close()
	f, seen = open(t, path)
	add(t, f, note{N: 4})
	if _, again := open(t, path); !slices.Equal(seen, []int{1, 2}) || !slices.Equal(again, []int{1, 2, 4}) {
		t.Errorf("%v, then %v", seen, again)
	}
}

func TestAFileIsPutAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.jsonl")
	f, _ := open(t, path)
	long := strings.Repeat("x", lines.MaxBytes/2)
	add(t, f, note{1, long}, note{2, long}, note{3, ""})
	if _, seen := open(t, path); !slices.Equal(seen, []int{1, 2, 3}) {
		t.Error(seen)
	}
	add(t, f, note{4, long}, note{5, long}, note{6, ""})
	if _, seen := open(t, path); !slices.Equal(seen, []int{3, 4, 5, 6}) {
		t.Error(seen)
	}
}

func TestWhatIsNoRecordIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.jsonl")
	if err := os.WriteFile(path, []byte("{\"n\":1}\nnonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := lines.Open(path, func(note) {}); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Error(err)
	}
}

func FuzzOpen(f *testing.F) {
	for _, seed := range []string{"", "{}\n", "{\"n\":1}\n{\"n\":", "null\n[]\n", "\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "notes.jsonl")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := lines.Open(path, func(note) {})
		if err != nil {
			return
		}
		defer file.Close()
		if err := file.Append(note{N: 7}); err != nil {
			t.Fatal(err)
		}
		last := 0
		if _, err := lines.Open(path, func(n note) { last = n.N }); err != nil || last != 7 {
			t.Errorf("%d, %v", last, err)
		}
	})
}
