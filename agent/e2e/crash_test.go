//go:build e2e

package e2e_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"edgelabel/store/failpoint"
)

// Numbers of a short run; the environment asks for more.
const (
	defaultKills = 20
	maxShown     = 20 // violations in the output
)

func number(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

// TestCrashLoop kills the agent EDGELABEL_KILLS times: every second time at a failpoint, all of which have their turn, else at a random
// moment from its very start on. Nothing that it acknowledged may be missing, and nothing may be at the centre twice.
func TestCrashLoop(t *testing.T) {
	l := newCrashLine(t, "")
	l.start("")
	l.ready()
	l.startFlow()
	kills := number(t, "EDGELABEL_KILLS", defaultKills)
	points := failpoint.All()
	rand.Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
	reached := map[failpoint.Point]int{}
	random := 0
	for n := range kills {
		if n%100 == 99 {
			t.Logf("%s: %d kills, %d of %d failpoints", time.Since(l.began).Round(time.Second), n, len(reached), len(points))
		}
		if n%2 == 0 {
			l.dies(time.Duration(rand.IntN(1500)) * time.Millisecond)
			random++
			l.start(l.aim(points[n/2%len(points)]))
			continue
		}
		if !l.dies(5 * time.Second) {
			reached[points[n/2%len(points)]]++
		}
		l.sizes = commonSizes
		l.start("")
	}
	l.ready()
	l.settle()
	report(t, l.violations())
	t.Logf("%d kills: %d at random moments, %d at %d of %d failpoints", kills, random, kills/2, len(reached), len(points))
	for _, p := range points {
		if kills >= 10*len(points) && reached[p] == 0 {
			t.Errorf("no kill at %s", p)
		}
	}
}

// commonSizes let segments be sealed and the journal go on in a new file and be rewritten every few starts.
const commonSizes = "segment-size=65536,journal-file=65536,journal-size=524288"

// aim prepares a start that meets the point soon, and returns what start wants to know. A point that is met only after months, or after
// damage, is brought near: the budget of samples or of the journal is small, or the index is away.
func (l *crashLine) aim(p failpoint.Point) string {
	hits := 1 + rand.IntN(3)
	l.sizes = commonSizes
	switch p {
	case failpoint.SegmentMade, failpoint.SegmentSealed, failpoint.WindowFiles, failpoint.LogsReplayed:
		hits = 1 // once in a start, or nearly so
	case failpoint.SegmentGone:
		hits, l.sizes = 1, commonSizes+",series-budget=1"
	case failpoint.JournalRolled:
		hits, l.sizes = 1, "journal-file=1"
	case failpoint.JournalWritten, failpoint.JournalSwapped:
		hits, l.sizes = 1, "journal-size=1"
	case failpoint.IndexBuilt, failpoint.IndexNamed:
		hits = 1
		if err := os.Remove(filepath.Join(l.data, "index.db")); err != nil && !errors.Is(err, fs.ErrNotExist) {
			l.t.Fatal(err)
		}
	case failpoint.SamplesTaken, failpoint.SamplesSynced, failpoint.SamplesTold, failpoint.LogWritten, failpoint.FileWritten, failpoint.FileSynced,
		failpoint.FileNamed, failpoint.CommitPlanned, failpoint.CommitLabels, failpoint.CommitJournal, failpoint.CommitIndexed, failpoint.CommitTold:
		hits = 1 + rand.IntN(30)
	}
	return fmt.Sprintf("%s:%d", p, hits)
}

func report(t *testing.T, violations []string) {
	t.Helper()
	for i, v := range violations {
		if i == maxShown {
			t.Errorf("and %d more", len(violations)-maxShown)
			return
		}
		t.Error(v)
	}
}

// TestCrashLoopNotices breaks the order of writing and answering and expects the loop above to see it.
func TestCrashLoopNotices(t *testing.T) {
	l := newCrashLine(t, "")
	l.broken = string(failpoint.AnswerFirst)
	l.start("")
	l.ready()
	l.startFlow()
	l.dies(time.Second)
	for range 3 {
		l.start(fmt.Sprintf("%s:%d", failpoint.SamplesTaken, 20+rand.IntN(20)))
		if l.dies(20 * time.Second) {
			t.Fatal("the failpoint was not reached")
		}
	}
	l.start("")
	l.ready()
	l.settle()
	lost := 0
	for _, v := range l.violations() {
		if strings.HasPrefix(v, "message ") && strings.HasSuffix(v, " 0 times") {
			lost++
		}
	}
	if lost == 0 {
		t.Error("messages were acknowledged before they were written, and the loop did not notice")
	}
	t.Logf("answering before writing: %d lost messages were noticed", lost)
}

// TestReleaseHasNoFailpoints holds that the program as it is shipped cannot be told to kill itself.
func TestReleaseHasNoFailpoints(t *testing.T) {
	program, err := os.ReadFile(binary(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(failpoint.All(), "EDGELABEL_FAILPOINT", "EDGELABEL_BROKEN", "EDGELABEL_SIZES") {
		if bytes.Contains(program, []byte(name)) {
			t.Errorf("%s is in the program", name)
		}
	}
}
