package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/store"
)

func TestDamagedIndexIsRebuilt(t *testing.T) {
	origin := filepath.Join(t.TempDir(), "origin")
	fill(t, origin, damageOptions())
	x := open(t, origin, damageOptions())
	want := state(t, x.Store)
	x.close()
	whole := must(os.ReadFile(filepath.Join(origin, "index.db")))(t)
	for name, damage := range map[string]func([]byte) []byte{
		"zeroed":    func(b []byte) []byte { clear(b); return b },
		"truncated": func(b []byte) []byte { return b[:12288] },
		"empty":     func([]byte) []byte { return nil },
		"value": func(b []byte) []byte {
			i := strings.LastIndex(string(b), `"isPartial`)
			return flip(b, max(i, len(b)*3/4))
		},
		"both metas": func(b []byte) []byte { return flip(flip(b, 40), 4096+40) },
		"leaves":     func(b []byte) []byte { return flipEvery(b, 8192, 97) },
		"removed":    nil,
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			check(t, os.CopyFS(dir, os.DirFS(origin)))
			path := filepath.Join(dir, "index.db")
			if damage == nil {
				check(t, os.Remove(path))
			} else {
				check(t, os.WriteFile(path, damage(append([]byte(nil), whole...)), 0o600))
			}
			stopped(t, dir)
			x := open(t, dir, damageOptions())
			r := x.Recovery()
			if got := state(t, x.Store); got != want {
				t.Errorf("recovery %q gives\n%s\nwant\n%s", r.Sentences, got, want)
			}
			kept := must(filepath.Glob(filepath.Join(dir, "quarantine", "index.db*")))(t)
			if r.Rebuilt != (len(kept) > 0 || damage == nil) {
				t.Errorf("rebuilt %v, kept %v", r.Rebuilt, kept)
			}
			if name != "value" && !r.Rebuilt {
				t.Errorf("went unnoticed: %q", r.Sentences)
			}
			for n := range 6 {
				check(t, expectBlob(x.Store, sha(picture(n))))
			}
			again, err := x.AddLabel(t.Context(), newID(1), label.Draft{Verdict: label.OK}, label.Person{ID: "li"}, "k1")
			if err != nil || again.Rev != 1 {
				t.Errorf("the key of label k1 was forgotten: %+v, %v", again, err)
			}
		})
	}
}

func flip(b []byte, at int) []byte { b[at] ^= 0x10; return b }

func flipEvery(b []byte, from, step int) []byte {
	for i := from; i < len(b); i += step {
		b[i] ^= 4
	}
	return b
}

// TestTornLabelLog cuts the label log at every offset of its beginning and of its last record: with the index there, labels are written again from it; without it, those in
// front of the cut are all there.
func TestTornLabelLog(t *testing.T) {
	if testing.Short() {
		t.Skip("long: left to make test")
	}
	origin := filepath.Join(t.TempDir(), "origin")
	fill(t, origin, damageOptions())
	whole := must(os.ReadFile(filepath.Join(origin, "labels.log")))(t)
	bare := filepath.Join(t.TempDir(), "bare") // index.db takes 16 MiB: too much to copy a thousand times
	check(t, os.CopyFS(bare, os.DirFS(origin)))
	check(t, os.Remove(filepath.Join(bare, "index.db")))
	o := damageOptions()
	o.Probe = nil
	last := len(whole) - 12 - len(whole[strings.LastIndex(string(whole), "\xffEL\x1e")+12:])
	step := 1
	if raced {
		step = 16 // a tenth of the places: the race detector takes ten times as long
	}
	for n := 0; n < len(whole); n += step {
		if n >= 20 && n < last {
			n = last // header and first frame's head, then the last record byte by byte
		}
		indexed, from := (n/step)%16 == 1, bare
		if indexed {
			from = origin
		}
		dir := filepath.Join(t.TempDir(), "data")
		check(t, os.CopyFS(dir, os.DirFS(from)))
		check(t, os.WriteFile(filepath.Join(dir, "labels.log"), whole[:n], 0o600))
		s, err := store.Open(dir, o)
		check(t, err)
		labels := 0
		for i := range 4 {
			_, list, err := s.Item(t.Context(), newID(i))
			check(t, err)
			labels += len(list)
		}
		cut := must(filepath.Glob(filepath.Join(dir, "quarantine", "*")))(t)
		switch want := wholeRecords(whole[:n]); {
		case indexed && labels != 4:
			t.Fatalf("cut to %d with the index: %d labels, %q", n, labels, s.Recovery().Sentences)
		case !indexed && labels != want:
			t.Fatalf("cut to %d without the index: %d labels, want %d", n, labels, want)
		case s.Recovery().Cut > 0 && len(cut) == 0:
			t.Fatalf("cut to %d: nothing kept", n)
		}
		check(t, s.Close())
		if indexed {
			left := must(os.ReadFile(filepath.Join(dir, "labels.log")))(t)
			if wholeRecords(left) != 4 {
				t.Fatalf("cut to %d: %d labels in the log afterwards", n, wholeRecords(left))
			}
		}
	}
}

// wholeRecords counts, the plain way, the frames that lie inside b whole.
func wholeRecords(b []byte) (n int) {
	for at := 8; at+12 <= len(b); {
		at += 12 + int(b[at+4]) + int(b[at+5])<<8 + int(b[at+6])<<16
		if at <= len(b) {
			n++
		}
	}
	return n
}

func TestLostJournalIsWrittenAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	fill(t, dir, damageOptions())
	x := open(t, dir, damageOptions())
	want := state(t, x.Store)
	x.close()
	files := must(filepath.Glob(filepath.Join(dir, "journal", "*.log")))(t)
	for _, f := range files {
		check(t, os.Truncate(f, 300))
	}
	x = open(t, dir, damageOptions())
	if got := state(t, x.Store); got != want {
		t.Errorf("with the index:\n%s\nwant\n%s", got, want)
	}
	x.close()
	check(t, os.Remove(filepath.Join(dir, "index.db")))
	x = open(t, dir, damageOptions())
	if got := state(t, x.Store); got != want {
		t.Errorf("from the new journal:\n%s\nwant\n%s", got, want)
	}
}

func TestUnreadableJournalBeginsANewEpoch(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	fill(t, dir, damageOptions())
	path := must(filepath.Glob(filepath.Join(dir, "journal", "*.log")))(t)[0]
	b := must(os.ReadFile(path))(t)
	check(t, os.WriteFile(path, flip(b, 100), 0o600))
	check(t, os.Remove(filepath.Join(dir, "index.db")))
	x := open(t, dir, damageOptions())
	if x.Epoch() != 2 || x.Recovery().Lost == 0 {
		t.Errorf("epoch %d, %q", x.Epoch(), x.Recovery().Sentences)
	}
	if n := must(x.Counts(t.Context()))(t); n.Labeled != 4 {
		t.Errorf("%+v", n)
	}
	b0, _, ok, err := x.Frozen(t.Context(), "s3")
	if err != nil || !ok || b0.Epoch != 1 {
		t.Fatalf("the batch on its way: %+v %v %v", b0, ok, err)
	}
	check(t, x.Acknowledge(t.Context(), journal.Receipt{Batch: b0}))
	sendAll(t, x.Store, "s3")
}
