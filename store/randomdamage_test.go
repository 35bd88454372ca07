package store_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/series"
	"edgelabel/store"
)

// Of the test below.
const (
	shortDamages = 40               // with the seed 1: always the same
	racedDamages = 10               // under the race detector, which takes ten times as long
	upAgain      = 15 * time.Second // the longest that a damaged directory may take to open
	plentyItems  = 300              // give the index branch pages
	plentyOf     = 4000             // samples
)

// TestRandomDamage damages one file of a directory at a time, EDGELABEL_DAMAGES times: bits of every kind of page of the index and of every
// other kind of file, tails cut off anywhere, blocks zeroed, files deleted. Each time the directory opens soon, all that is gone is said by
// the start, by what is read or by the doctor, and the bytes of the damaged file are still somewhere.
func TestRandomDamage(t *testing.T) {
	damages, r := shortDamages, rand.New(rand.NewPCG(1, 1))
	if text := os.Getenv("EDGELABEL_DAMAGES"); text != "" {
		seed := uint64(time.Now().UnixNano())
		damages, r = must(strconv.Atoi(text))(t), rand.New(rand.NewPCG(seed, 1))
		t.Logf("seed %d", seed)
	} else if testing.Short() {
		t.Skip("long: left to make test")
	} else if raced {
		damages = racedDamages
	}
	origin := filepath.Join(t.TempDir(), "origin")
	want := plenty(t, origin)
	count, longest := map[string]int{}, time.Duration(0)
	for n := range damages {
		dir := filepath.Join(t.TempDir(), strconv.Itoa(n))
		check(t, os.CopyFS(dir, os.DirFS(origin)))
		x := harm(t, r, dir)
		stopped(t, dir)
		took, said, violations := after(t, dir, x, want)
		for _, v := range violations {
			t.Errorf("%s: %s", x, v)
		}
		if len(violations) > 0 {
			t.Logf("%s: opened in %v, said %q", x, took, said)
		}
		count[x.kind+", "+x.how]++
		longest = max(longest, took)
		check(t, os.RemoveAll(dir))
	}
	for _, kind := range slices.Sorted(mapKeys(count)) {
		t.Logf("%4d %s", count[kind], kind)
	}
	t.Logf("%d damages; the longest start took %v", damages, longest.Round(time.Millisecond))
}

func mapKeys(m map[string]int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// whole is what a directory without damage gives.
type whole struct {
	state string
	blobs []string // sha256
}

// plenty fills a directory with all kinds of files: sealed and raw segments, pictures, many items.
func plenty(t *testing.T, dir string) whole {
	t.Helper()
	fill(t, dir, damageOptions())
	o := damageOptions()
	o.Segment = 8 << 10
	x := open(t, dir, o)
	for n := range plentyItems {
		check(t, x.CreateItem(t.Context(), item(100+n)))
	}
	r := rand.New(rand.NewPCG(2, 2))
	for n := 0; n < plentyOf; n += 100 {
		list := make([]series.Sample, 100)
		for i := range list {
			list[i] = series.Sample{Tag: "n", Source: t0 + int64(n+i), Receive: t0, Value: r.Float64()}
		}
		appendAll(t, x.Store, list...)
	}
	waitFor(t, func() bool { return len(must(filepath.Glob(filepath.Join(dir, "series", "*.seg")))(t)) > 2 })
	w := whole{state: state(t, x.Store)}
	x.close()
	for n := range 6 {
		w.blobs = append(w.blobs, sha(picture(n)))
	}
	return w
}

// harmed is one damage.
type harmed struct {
	path, kind, how string
	before, damaged []byte // damaged is nil when the file was deleted
}

func (h harmed) String() string {
	return fmt.Sprintf("%s (%s): %s", filepath.Base(h.path), h.kind, h.how)
}

// harm damages one file of a random kind in a random way.
func harm(t *testing.T, r *rand.Rand, dir string) harmed {
	t.Helper()
	kinds := []string{"index.db", "index.db", "index.db", "labels.log", "journal/*.log", "series/*.raw", "series/*.seg", "blobs/*/*/*", "blobs/*/*/*.json"}
	pattern := kinds[r.IntN(len(kinds))]
	files := must(filepath.Glob(filepath.Join(dir, pattern)))(t)
	if pattern == "blobs/*/*/*" {
		files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, ".json") })
	}
	h := harmed{path: files[r.IntN(len(files))], kind: pattern}
	h.before = must(os.ReadFile(h.path))(t)
	b := bytes.Clone(h.before)
	used := len(bytes.TrimRight(b, "\x00")) // an index grows far ahead of what is in it
	switch r.IntN(8) {
	case 0:
		h.how = "deleted"
		check(t, os.Remove(h.path))
		return h
	case 1, 2:
		h.how, b = "cut", b[:r.IntN(used)]
	case 3:
		h.how = "zeroed"
		at := r.IntN(used)
		clear(b[at:min(at+512<<r.IntN(5), len(b))])
	default:
		at := r.IntN(used)
		h.how = "bits flipped"
		if h.kind == "index.db" {
			h.how, at = page(r, b)
		}
		for range 1 + r.IntN(3) {
			b[min(at+r.IntN(64), len(b)-1)] ^= 1 << r.IntN(8)
		}
	}
	h.damaged = b
	check(t, os.WriteFile(h.path, b, 0o600))
	return h
}

// page picks a kind of page of an index, then one of that kind, then a place in it.
func page(r *rand.Rand, b []byte) (how string, at int) {
	kinds := map[uint16]string{1: "branch", 2: "leaf", 4: "meta", 16: "freelist"}
	of := map[uint16][]int{}
	for at := 0; at+16 <= len(b); at += 4096 {
		if flags := binary.LittleEndian.Uint16(b[at+8:]); kinds[flags] != "" && (at == 0 || flags == 4 || int(binary.LittleEndian.Uint64(b[at:]))*4096 == at) {
			of[flags] = append(of[flags], at)
		}
	}
	flags := []uint16{1, 2, 4, 16}[r.IntN(4)]
	if len(of[flags]) == 0 {
		flags = 4
	}
	start := of[flags][r.IntN(len(of[flags]))]
	inside := 4096
	if r.IntN(2) == 0 {
		inside = 200 // header, and what every page has
	}
	return "bits flipped in a " + kinds[flags] + " page", start + r.IntN(inside)
}

// after opens the damaged directory and says what is wrong with that.
func after(t *testing.T, dir string, h harmed, want whole) (took time.Duration, said []string, wrong []string) {
	t.Helper()
	began := time.Now()
	s, err := store.Open(dir, damageOptions())
	took = time.Since(began)
	if err != nil {
		return took, nil, []string{fmt.Sprintf("does not open: %v", err)}
	}
	if took > upAgain {
		wrong = append(wrong, fmt.Sprintf("took %v to open", took))
	}
	said = s.Recovery().Sentences
	lost, gaps := missing(t, s, want)
	said = append(said, gaps...)
	if err := s.Close(); err != nil {
		wrong = append(wrong, fmt.Sprintf("does not close: %v", err))
	}
	if !kept(t, dir, h) {
		wrong = append(wrong, "the bytes of the damaged file are gone")
	}
	for _, f := range must(store.Doctor(t.Context(), dir, store.DoctorOptions{Probe: probe}))(t).Findings {
		said = append(said, f.File+": "+f.What)
	}
	if len(lost) > 0 && !strings.Contains(strings.Join(said, "\n"), strings.TrimSuffix(filepath.Base(h.path), ".json")) {
		wrong = append(wrong, fmt.Sprintf("%s: nobody says so", strings.Join(lost, "; ")))
	}
	return took, said, wrong
}

// missing lists what is not as it was, and what reading it said about that.
func missing(t *testing.T, s *store.Store, want whole) (lost, said []string) {
	t.Helper()
	if got := state(t, s); got != want.state {
		lost = append(lost, "items, labels or batches: "+firstDifference(got, want.state))
	}
	for _, sha := range want.blobs {
		if err := expectBlob(s, sha); err != nil {
			lost = append(lost, "picture "+sha[:12]+": "+err.Error())
		}
	}
	win := must(s.Window(t.Context(), []string{"n"}, t0, t0+plentyOf))(t)
	for _, g := range win.Gaps {
		said = append(said, "gap: "+g.Detail)
	}
	r := rand.New(rand.NewPCG(2, 2))
	at, gone := 0, 0
	for n := range plentyOf {
		v := r.Float64()
		for at < len(win.Traces[0].T) && win.Traces[0].T[at] < t0+int64(n) {
			at++
		}
		if at == len(win.Traces[0].T) || win.Traces[0].T[at] != t0+int64(n) || win.Traces[0].V[at] != v {
			gone++
		}
	}
	if gone > 0 {
		lost = append(lost, fmt.Sprintf("%d samples", gone))
	}
	return lost, said
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range w {
		if i >= len(g) || g[i] != w[i] {
			return fmt.Sprintf("%.200s", w[i])
		}
	}
	return "more than there was"
}

// kept reports whether all bytes of the damaged file are where they were or in the quarantine, the torn tail for itself. An index that was
// found sound goes on being written to.
func kept(t *testing.T, dir string, h harmed) bool {
	t.Helper()
	now, err := os.ReadFile(h.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if h.damaged == nil || bytes.HasPrefix(now, h.damaged) {
		return true
	}
	set := must(filepath.Glob(filepath.Join(dir, "quarantine", "*")))(t)
	wholes := [][]byte{now}
	var tails [][]byte
	for _, f := range set {
		b := must(os.ReadFile(f))(t)
		if strings.Contains(f, ".cut.") {
			tails = append(tails, b)
		} else {
			wholes = append(wholes, b)
		}
	}
	for _, b := range wholes {
		for _, tail := range append(tails, nil) {
			if cut := len(h.damaged) - len(tail); cut >= 0 && bytes.HasPrefix(b, h.damaged[:cut]) && bytes.Equal(tail, h.damaged[cut:]) {
				return true
			}
		}
	}
	return h.kind == "index.db" && !slices.ContainsFunc(set, func(f string) bool { return strings.Contains(f, "index.db") })
}
