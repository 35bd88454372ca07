package store_test

import (
	"bufio"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

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
