package store_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/store"
)

func expectAll(t *testing.T, s *store.Store, acked map[string]bool) {
	t.Helper()
	win := must(s.Window(t.Context(), []string{"n"}, t0, t0+1e9))(t)
	samples := make(map[int]int)
	for i, v := range win.Traces[0].V {
		samples[int(v)]++
		if win.Traces[0].T[i] != t0+int64(v) {
			t.Errorf("sample %v at %d", v, win.Traces[0].T[i])
		}
	}
	for n, times := range samples {
		if times != 1 {
			t.Errorf("sample %d is there %d times", n, times)
		}
	}
	for key := range acked {
		what, number, _ := strings.Cut(key, " ")
		whole, rev, _ := strings.Cut(number, ".")
		n := must(strconv.Atoi(whole))(t)
		var err error
		switch what {
		case "sample":
			if samples[n] != 1 {
				err = errors.New("gone")
			}
		case "image":
			err = expectBlob(s, sha(picture(n)))
			if err == nil {
				var known bool
				if known, err = s.AddImage(t.Context(), label.Image{Camera: "c", Name: whole}, []byte(picture(n))); !known {
					err = fmt.Errorf("is stored a second time (%w)", err)
				}
			}
		default:
			err = expectItem(t, s, what, n, rev)
		}
		if err != nil {
			t.Errorf("acknowledged %s: %v", key, err)
		}
	}
}

func expectItem(t *testing.T, s *store.Store, what string, n int, rev string) error {
	row, labels, err := s.Item(t.Context(), newID(n))
	if err != nil {
		return err
	}
	switch what {
	case "label":
		at := must(strconv.Atoi(rev))(t) - 1
		if len(labels) <= at || labels[at].Comment != fmt.Sprint(n) || labels[at].Rev != at+1 || row.Labels != len(labels) {
			return fmt.Errorf("labels: %+v", labels)
		}
	case "settled":
		if row.IsPartial || row.Item.Window.To != t0+int64(n) {
			return fmt.Errorf("item: %+v", row.Item)
		}
		return expectBlob(s, row.Item.Window.SHA256)
	}
	return nil
}

func expectBlob(s *store.Store, name string) error {
	f, err := s.OpenBlob(name)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if sha(string(b)) != name {
		return errors.New("content differs")
	}
	return nil
}

// expectCentre checks what arrived: batches without holes, entries ascending and each once, every acknowledged label.
func expectCentre(t *testing.T, dir string, acked map[string]bool) {
	t.Helper()
	seen, labels := make(map[string]bool), make(map[string]bool)
	for _, f := range must(os.ReadDir(dir))(t) {
		for line := range strings.Lines(string(must(os.ReadFile(filepath.Join(dir, f.Name())))(t))) {
			part := strings.SplitN(line, " ", 5)
			key := part[1] + " " + part[2]
			if seen[key] {
				t.Errorf("%s is at the centre twice", key)
			}
			seen[key] = true
			if part[1] == "label" {
				_, rest, _ := strings.Cut(part[4], `"comment":"`)
				n, rest, _ := strings.Cut(rest, `"`)
				_, rest, _ = strings.Cut(rest, `"rev":`)
				rev, _, _ := strings.Cut(rest, ",")
				labels["label "+n+"."+rev] = true
			}
		}
	}
	for key := range acked {
		if strings.HasPrefix(key, "label ") && !labels[key] {
			t.Errorf("%s is not at the centre", key)
		}
	}
}

func sha(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
