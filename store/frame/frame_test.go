package frame_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"edgelabel/store/frame"
)

const header = "TESTLOG1"

func image(payloads ...string) []byte {
	b := []byte(header)
	for _, p := range payloads {
		b = frame.Append(b, []byte(p))
	}
	return b
}

func scan(t testing.TB, b []byte) (list []string, found frame.Found) {
	t.Helper()
	found, err := frame.Scan(bytes.NewReader(b), frame.FileHeader, int64(len(b)), func(_ int64, p []byte) error {
		list = append(list, string(p))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list, found
}

func TestTornTailAtEveryOffset(t *testing.T) {
	whole := image("one", "two", "three")
	last := len(image("one", "two"))
	for n := last; n < len(whole); n++ {
		list, found := scan(t, whole[:n])
		if len(list) != 2 || found.End != int64(last) || found.Damaged != nil {
			t.Fatalf("cut to %d: %q %+v", n, list, found)
		}
	}
}

func TestEveryFlippedBitCostsOneRecord(t *testing.T) {
	whole := image("one", "two", "three")
	from, to := len(image("one")), len(image("one", "two"))
	for bit := from * 8; bit < to*8; bit++ {
		b := bytes.Clone(whole)
		b[bit/8] ^= 1 << (bit % 8)
		list, found := scan(t, b)
		if fmt.Sprint(list) != "[one three]" || len(found.Damaged) != 1 || found.Damaged[0] != (frame.Span{From: int64(from), To: int64(to)}) {
			t.Fatalf("bit %d: %q %+v", bit, list, found)
		}
	}
}

func TestLargeFrames(t *testing.T) {
	big := string(bytes.Repeat([]byte("\xffEL\x1e"), 300_000)) // looks like the beginning of frames everywhere
	list, found := scan(t, image(big, "x", big))
	if len(list) != 3 || list[0] != big || list[2] != big || found.Damaged != nil {
		t.Fatalf("%d frames, %+v", len(list), found)
	}
}

func TestLogKeepsWhatWasCommitted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l, err := frame.Create(path, header)
	if err != nil {
		t.Fatal(err)
	}
	at := l.Append([]byte("kept"))
	if err := l.Commit(); err != nil {
		t.Fatal(err)
	}
	mark := l.Durable()
	l.Append([]byte("taken back"))
	if err := errors.Join(l.Commit(), l.Cut(mark)); err != nil {
		t.Fatal(err)
	}
	l.Append([]byte("dropped by close"))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if list, _ := scan(t, b); fmt.Sprint(list) != "[kept]" || int64(len(b)) != mark {
		t.Errorf("%q in %d bytes", list, len(b))
	}
	if p, err := frame.ReadAt(bytes.NewReader(b), at, mark); err != nil || string(p) != "kept" {
		t.Errorf("read at %d: %q, %v", at, p, err)
	}
}

func TestRepairKeepsWhatItCuts(t *testing.T) {
	dir := t.TempDir()
	path, quarantine := filepath.Join(dir, "log"), filepath.Join(dir, "quarantine")
	write(t, quarantine, path, append(image("one"), "torn"...))
	end, d, err := frame.Repair(path, header, quarantine, frame.FileHeader, func(int64, []byte) error { return nil })
	if err != nil || end != int64(len(image("one"))) || d.Cut != 4 {
		t.Fatalf("end %d, %+v, %v", end, d, err)
	}
	if kept, err := os.ReadFile(filepath.Join(quarantine, d.Kept)); err != nil || string(kept) != "torn" {
		t.Errorf("kept %q, %v", kept, err)
	}
	write(t, quarantine, path, []byte("something else"))
	if end, d, err = frame.Repair(path, header, quarantine, frame.FileHeader, nil); err != nil || end != 0 || !d.Whole {
		t.Fatalf("foreign file: end %d, %+v, %v", end, d, err)
	}
	if kept, err := os.ReadFile(filepath.Join(quarantine, d.Kept)); err != nil || string(kept) != "something else" {
		t.Errorf("kept %q, %v", kept, err)
	}
}

func write(t *testing.T, folder, path string, b []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(folder, 0o700), os.WriteFile(path, b, 0o600)); err != nil {
		t.Fatal(err)
	}
}

func FuzzScan(f *testing.F) {
	f.Add(image("one", "two"))
	f.Add(append(image("one"), image("two")[3:]...))
	f.Add([]byte(header + "\xffEL\x1e\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < frame.FileHeader {
			return
		}
		list, found := scan(t, b)
		if found.Frames != len(list) || found.End > int64(len(b)) {
			t.Fatalf("%d records, %+v of %d bytes", len(list), found, len(b))
		}
		whole := []byte(header)
		for _, p := range list {
			whole = frame.Append(whole, []byte(p))
		}
		if again, _ := scan(t, whole); fmt.Sprint(again) != fmt.Sprint(list) {
			t.Fatalf("%q, written and read again: %q", list, again)
		}
	})
}
