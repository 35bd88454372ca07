//go:build unix

package detecttest

import (
	"syscall"
	"time"
)

// cpu is the time that this process has had on all cores, so that a busy machine does not make a figure worse.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
