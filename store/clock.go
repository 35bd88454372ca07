package store

import (
	"os"
	"strings"
	"syscall"
	"unsafe"
)

// Clock is what can be said about the time of a record when the wall clock cannot be believed: within one boot, Mono orders moments and
// measures between them whatever the wall clock did.
type Clock struct {
	Boot   string `json:"boot"`             // id of the boot, its first eight digits
	Mono   int64  `json:"mono"`             // ns since that boot, sleep included
	Synced bool   `json:"synced,omitempty"` // the kernel says that the wall clock is disciplined
}

const (
	bootID       = "/proc/sys/kernel/random/boot_id"
	bootDigits   = 8
	clockBoot    = 7 // CLOCK_BOOTTIME
	timeUnsynced = 5 // TIME_ERROR of adjtimex(2)
)

// SystemClock reads the clocks of this machine. Boot is empty where the system has no id of its boot.
func SystemClock() func() Clock {
	b, err := os.ReadFile(bootID)
	if err != nil {
		b = nil // a container may hide it: records then have no boot, and say so
	}
	boot := strings.TrimSpace(string(b))
	boot = boot[:min(len(boot), bootDigits)]
	return func() Clock {
		var t syscall.Timespec
		if _, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockBoot, uintptr(unsafe.Pointer(&t)), 0); errno != 0 {
			return Clock{Boot: boot}
		}
		state, err := syscall.Adjtimex(&syscall.Timex{})
		return Clock{Boot: boot, Mono: t.Nano(), Synced: err == nil && state != timeUnsynced}
	}
}
