// Command edgelabel is the industrial edge labelling agent and the tools around it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the linker.
var version = "dev"

// Exit codes.
const (
	done   = 0
	failed = 1 // the work could not be done; the reason is on stderr
	misuse = 2 // wrong usage
)

// world is what a command may touch.
type world struct {
	stdout, stderr io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// usageError is a mistake in how a command was called.
type usageError struct{ error }

func misused(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	switch {
	case len(args) == 0:
		list(stderr)
		return misuse
	case wantsHelp(args[0]) && len(args) == 1:
		list(stdout)
		return done
	case wantsHelp(args[0]):
		args = []string{args[1], "--help"}
	case args[0] == probeCommand:
		return status(command{name: probeCommand}, runProbe(args[1:]), stderr)
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return status(c, c.call(ctx, world{stdout, stderr}, args[1:]), stderr)
		}
	}
	fmt.Fprintf(stderr, "edgelabel: unknown command %q; edgelabel help lists them\n", args[0])
	return misuse
}

// status says how a command ended, and is its exit code.
func status(c command, err error, stderr io.Writer) int {
	var wrong usageError
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return done
	case errors.As(err, &wrong):
		fmt.Fprintf(stderr, "edgelabel %s: %v\n%s\n", c.name, err, c.usage())
		return misuse
	default:
		fmt.Fprintf(stderr, "edgelabel %s: %v\n", c.name, err)
		return failed
	}
}
