package store_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store"
)

func sha(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// Environment of a child: what it is to do, on which file or directory, and from which number on.
const (
	envChild = "EDGELABEL_STORE_CHILD"
	envPath  = "EDGELABEL_STORE_PATH"
	envFirst = "EDGELABEL_STORE_FIRST"
)

// runChild is what the test binary does when a test has started it as a child.
func runChild() bool {
	var err error
	switch os.Getenv(envChild) {
	case "":
		return false
	case "probe":
		err = store.ProbeIndex(os.Getenv(envPath))
	case "write":
		err = childWrites(os.Getenv(envPath), os.Getenv(envFirst))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return true
}

func child(what, path, first string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envChild+"="+what, envPath+"="+path, envFirst+"="+first)
	return cmd
}

// probe checks an index in a process of its own.
func probe(path string) error {
	if out, err := child("probe", path, "").CombinedOutput(); err != nil {
		line, _, _ := strings.Cut(string(out), "\n")
		return fmt.Errorf("probe: %w: %s", err, line)
	}
	return nil
}

func crashOptions() store.Options {
	return store.Options{
		Targets: []string{"s3", "nas"}, Probe: probe, Segment: 8 << 10, Journal: 64 << 10, Keep: 10 * time.Millisecond,
		MinFree: -1, Ballast: -1, Taxonomy: taxonomy(),
	}
}

// childWrites stores numbered things until it is killed and prints what was acknowledged.
func childWrites(dir, first string) error {
	n, err := strconv.Atoi(first)
	if err != nil {
		return err
	}
	s, err := store.Open(dir, crashOptions())
	if err != nil {
		return err
	}
	fmt.Println("open", n)
	ctx := context.Background()
	w := writer{s: s, dir: dir}
	w.next.Store(int64(n))
	errs := make(chan error, 5)
	go func() { errs <- s.Run(ctx) }()
	for _, loop := range []func(context.Context, int) error{w.samples, w.image, w.label, w.settle} {
		go func() {
			for {
				if err := loop(ctx, int(w.next.Add(1))); err != nil {
					errs <- err
					return
				}
			}
		}()
	}
	go func() {
		for {
			if err := errors.Join(w.send(ctx, "s3"), w.send(ctx, "nas")); err != nil {
				errs <- err
				return
			}
		}
	}()
	return <-errs
}

type writer struct {
	s    *store.Store
	dir  string
	next atomic.Int64
	mu   sync.Mutex
}

func (w *writer) acked(what string, n any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fmt.Println(what, n) // one write: the parent sees whole lines or none
}

func (w *writer) samples(ctx context.Context, n int) error {
	wait := make(chan error, 1)
	x := series.Sample{Tag: "n", Source: t0 + int64(n), Receive: t0, Value: float64(n)}
	if err := w.s.Append(ctx, []series.Sample{x}, func(err error) { wait <- err }); err != nil {
		return err
	}
	if err := <-wait; err != nil {
		return err
	}
	w.acked("sample", n)
	return nil
}

func (w *writer) image(ctx context.Context, n int) error {
	im := label.Image{Camera: "c", Name: fmt.Sprint(n), Width: 9, Height: 9, Format: "png", Received: t0}
	if _, err := w.s.AddImage(ctx, im, []byte(picture(n))); err != nil {
		return err
	}
	w.acked("image", n)
	it := item(n)
	im.SHA256, im.Bytes = sha(picture(n)), int64(len(picture(n)))
	it.Images = []label.Image{im}
	if err := w.s.CreateItem(ctx, it); err != nil {
		return err
	}
	w.acked("item", n)
	return nil
}

func picture(n int) string { return strings.Repeat(fmt.Sprintf("picture %d ", n), 50) }

func (w *writer) label(ctx context.Context, n int) error {
	if err := w.s.CreateItem(ctx, item(n)); err != nil {
		return err
	}
	for parent := range 2 {
		d := label.Draft{Verdict: label.OK, Comment: fmt.Sprint(n), Parent: parent}
		if _, err := w.s.AddLabel(ctx, newID(n), d, label.Person{ID: "li"}, fmt.Sprintf("k%d.%d", n, parent)); err != nil {
			return err
		}
		w.acked("label", fmt.Sprintf("%d.%d", n, parent+1))
	}
	return nil
}

func (w *writer) settle(ctx context.Context, n int) error {
	it := item(n)
	it.Kind, it.IsPartial, it.Window = label.KindWindow, true, &label.WindowRef{From: t0, To: t0 + 5, Tags: []string{"n"}}
	if err := w.s.CreateItem(ctx, it); err != nil {
		return err
	}
	win := &series.Window{From: t0, To: t0 + int64(n), Traces: []series.Trace{{Tag: "n", T: []int64{t0}, V: []float64{float64(n)}, Status: []uint32{0}}}}
	if err := w.s.SettleItem(ctx, it.ID, win); err != nil {
		return err
	}
	w.acked("settled", n)
	return w.s.AddGap(ctx, series.Gap{Source: "plc", From: t0, To: t0 + int64(n), Reason: series.GapSilent})
}

// send moves one batch to a target; what arrived there is in a file, as a real target would keep it.
func (w *writer) send(ctx context.Context, target string) error {
	b, entries, ok, err := w.s.Frozen(ctx, target)
	if err != nil {
		return err
	}
	if !ok {
		if entries, err = w.s.Pending(ctx, target, 20); err != nil || len(entries) == 0 {
			time.Sleep(time.Millisecond)
			return err
		}
		last, _, err := w.s.Last(ctx, target)
		if err != nil {
			return err
		}
		b = journal.Batch{Target: target, Epoch: w.s.Epoch(), Number: 1, First: entries[0].Seq, Last: entries[len(entries)-1].Seq}
		if last.Epoch == b.Epoch {
			b.Number = last.Number + 1
		}
		for _, e := range entries {
			b.Seqs = append(b.Seqs, e.Seq)
		}
		if err := w.s.Freeze(ctx, b); err != nil {
			return err
		}
	}
	if err := upload(w.dir, b, entries); err != nil {
		return err
	}
	return w.s.Acknowledge(ctx, journal.Receipt{Batch: b})
}

// upload writes a batch under its number; a retry must bring the same bytes.
func upload(dir string, b journal.Batch, entries []journal.Entry) error {
	var text strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&text, "%d %s %s %d %s\n", e.Seq, e.Kind, e.Key, e.At, e.Body)
	}
	path := filepath.Join(dir+"."+b.Target, fmt.Sprintf("%d-%d", b.Epoch, b.Number))
	if old, err := os.ReadFile(path); err == nil {
		if string(old) != text.String() {
			return fmt.Errorf("batch %s changed between two attempts", path)
		}
		return nil
	}
	temp := path + ".tmp"
	if err := os.WriteFile(temp, []byte(text.String()), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// TestKillLosesNothing kills a writing process at random moments, damages the index in between, and looks for what it had acknowledged.
func TestKillLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("long: left to make test")
	}
	rounds := 20
	if raced {
		rounds = 8 // each child takes its time to start
	}
	if n, err := strconv.Atoi(os.Getenv("EDGELABEL_KILLS")); err == nil {
		rounds = n
	}
	dir := filepath.Join(t.TempDir(), "data")
	check(t, os.MkdirAll(dir+".s3", 0o700))
	check(t, os.MkdirAll(dir+".nas", 0o700))
	acked := make(map[string]bool)
	first := 1
	for round := range rounds {
		first = killOne(t, dir, first, acked)
		if round%5 == 4 {
			damageIndex(t, filepath.Join(dir, "index.db"), round/5)
		}
	}
	t.Logf("%d acknowledged", len(acked))
	x := open(t, dir, crashOptions())
	t.Logf("recovery: %q", x.Recovery().Sentences)
	expectAll(t, x.Store, acked)
	for _, target := range []string{"s3", "nas"} {
		w := writer{s: x.Store, dir: dir}
		for {
			check(t, w.send(t.Context(), target))
			if rest := must(x.Pending(t.Context(), target, 1))(t); len(rest) == 0 {
				break
			}
		}
		expectCentre(t, dir+"."+target, acked)
	}
	if n := must(x.Counts(t.Context()))(t); n.Unsynced != 0 {
		t.Errorf("after all was sent: %+v", n)
	}
}

// killOne runs a writer for a random moment and returns the next free number.
func killOne(t *testing.T, dir string, first int, acked map[string]bool) int {
	t.Helper()
	cmd := child("write", dir, strconv.Itoa(first))
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out := must(cmd.StdoutPipe())(t)
	check(t, cmd.Start())
	kill := func(within int) {
		time.AfterFunc(time.Duration(rand.IntN(within))*time.Millisecond, func() { _ = cmd.Process.Kill() }) // the wait below sees the result
	}
	early := rand.IntN(4) == 0
	if early {
		kill(60) // while it opens
	}
	lines := bufio.NewReader(out)
	for started := early; ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			break
		}
		what, number, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !started && what == "open" {
			started = true
			kill(80)
			continue
		}
		if what == "open" {
			continue
		}
		acked[what+" "+number] = true
		whole, _, _ := strings.Cut(number, ".")
		first = max(first, must(strconv.Atoi(whole))(t)+1)
	}
	err := cmd.Wait()
	if cmd.ProcessState.Exited() {
		t.Fatalf("the child gave up: %v\n%s", err, complaints.String())
	}
	return first + 100
}

func damageIndex(t *testing.T, path string, how int) {
	t.Helper()
	b := must(os.ReadFile(path))(t)
	switch how % 4 {
	case 0:
		clear(b)
	case 1:
		b = b[:len(b)/2]
	case 2:
		for range 20 {
			b[rand.IntN(len(b))] ^= 1 << rand.IntN(8)
		}
	case 3:
		check(t, os.Remove(path))
		return
	}
	check(t, os.WriteFile(path, b, 0o600))
}

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
