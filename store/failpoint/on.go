//go:build failpoints

package failpoint

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Enabled says whether there is anything behind the points.
const Enabled = true

// What the environment asks for: EDGELABEL_FAILPOINT=name:n kills the process at the n-th time (default 1) that it meets the point;
// EDGELABEL_BROKEN=name breaks one promise; EDGELABEL_SIZES=name=bytes,… makes sizes small.
const (
	envPoint  = "EDGELABEL_FAILPOINT"
	envBroken = "EDGELABEL_BROKEN"
	envSizes  = "EDGELABEL_SIZES"
)

type trap struct {
	point Point
	left  atomic.Int64
}

var armed = sync.OnceValue(func() *trap {
	name, number, _ := strings.Cut(os.Getenv(envPoint), ":")
	t := &trap{point: Point(name)}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 1 {
		n = 1
	}
	t.left.Store(n)
	return t
})

// Hit ends the process as a power switch would when it is the time for this point.
func Hit(p Point) {
	if t := armed(); t.point != p || t.left.Add(-1) != 0 {
		return
	}
	if Broken(AnswerFirst) {
		time.Sleep(brokenFor)
	}
	fmt.Fprintln(os.Stderr, "failpoint", p)
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		os.Exit(137)
	}
	select {} // the signal is on its way
}

// brokenFor is how long an answer that was given too early has to reach whom it is for.
const brokenFor = 50 * time.Millisecond

// Broken reports whether the promise is to be broken.
func Broken(p Point) bool { return Point(os.Getenv(envBroken)) == p }

var sizes = sync.OnceValue(func() map[Point]int64 {
	all := make(map[Point]int64)
	for part := range strings.SplitSeq(os.Getenv(envSizes), ",") {
		name, value, _ := strings.Cut(part, "=")
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			all[Point(name)] = n
		}
	}
	return all
})

// Size is what the environment says, or otherwise.
func Size(p Point, otherwise int64) int64 {
	if n, ok := sizes()[p]; ok {
		return n
	}
	return otherwise
}
