//go:build e2e

package e2e_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
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
		if n%2 == 0 {
			l.dies(time.Duration(rand.IntN(1500)) * time.Millisecond)
			random++
			l.start(fmt.Sprintf("%s:%d", points[n/2%len(points)], 1+rand.IntN(8)))
			continue
		}
		if !l.dies(3 * time.Second) {
			reached[points[n/2%len(points)]]++
		}
		l.start("")
	}
	l.ready()
	l.settle()
	report(t, l.violations())
	t.Logf("%d kills: %d at random moments, %d at %d of %d failpoints", kills, random, kills/2, len(reached), len(points))
	for _, p := range points {
		if kills >= 10*len(points) && reached[p] == 0 && !rare(p) {
			t.Errorf("no kill at %s", p)
		}
	}
}

// rare reports whether a point is met only after hours, or after damage: the store's own tests go there.
func rare(p failpoint.Point) bool {
	switch p {
	case failpoint.SegmentSealed, failpoint.SegmentGone, failpoint.JournalRolled, failpoint.JournalWritten, failpoint.JournalSwapped,
		failpoint.IndexBuilt, failpoint.IndexNamed:
		return true
	}
	return false
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
	for _, name := range append(failpoint.All(), "EDGELABEL_FAILPOINT", "EDGELABEL_BROKEN") {
		if bytes.Contains(program, []byte(name)) {
			t.Errorf("%s is in the program", name)
		}
	}
}
