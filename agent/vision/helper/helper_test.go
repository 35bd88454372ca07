package helper_test

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/vision/helper"

	"go.uber.org/goleak"
)

// TestMain is also the program that the tests run: it does what the line of its settings says.
func TestMain(m *testing.M) {
	if slices.Contains(os.Args, "play") {
		if err := play(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

func play() error {
	in := bufio.NewReader(os.Stdin)
	line, err := in.ReadString('\n')
	if err != nil {
		return err
	}
	what, socket, _ := strings.Cut(strings.TrimSpace(line), " ")
	if what == "fail" {
		return errors.New("first line\n  the model is of paper  ")
	}
	if what == "silent" {
		_, err := io.Copy(io.Discard, in)
		return err
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(c, os.Getenv("EDGELABEL_SECRET"), "hello")
			c.Close()
			if what == "once" {
				os.Exit(3)
			}
		}
	}()
	_, err = io.Copy(io.Discard, in)
	return err
}

// run keeps a program running that plays a part.
func run(t *testing.T, part func() string, cfg helper.Config) (*helper.Helper, chan string) {
	t.Helper()
	if cfg.Program == "" {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cfg.Program = filepath.Join(t.TempDir(), "program")
		if err := os.WriteFile(cfg.Program, []byte("#!/bin/sh\nexec '"+self+"' play\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	problems := make(chan string, 100)
	cfg.Problem = func(text string) { problems <- text }
	cfg.Settings = func(socket string) ([]byte, error) { return []byte(part() + " " + socket), nil }
	cfg.Least = cmp.Or(cfg.Least, time.Millisecond)
	h := helper.New(cfg)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if _, err := h.Dial(context.Background()); err == nil || !strings.Contains(err.Error(), "stopped") {
			t.Errorf("after the end: %v", err)
		}
	})
	return h, problems
}

func always(part string) func() string { return func() string { return part } }

func hello(t *testing.T, h *helper.Helper) {
	t.Helper()
	c, err := h.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if said, err := io.ReadAll(c); err != nil || string(said) != "hello" {
		t.Errorf("%q, %v", said, err)
	}
}

// TestItAnswers also looks whether what is in the agent's environment stays there.
func TestItAnswers(t *testing.T) {
	t.Setenv("EDGELABEL_SECRET", "password")
	h, _ := run(t, always("serve"), helper.Config{})
	hello(t, h)
	hello(t, h)
}

func TestItIsStartedAgain(t *testing.T) {
	h, problems := run(t, always("once"), helper.Config{})
	for range 3 {
		for <-problems != "" {
		}
		hello(t, h)
		if text := <-problems; text != "exit status 3" {
			t.Errorf("problem %q", text)
		}
	}
}

func TestItsLastWordsAreTold(t *testing.T) {
	h, problems := run(t, always("fail"), helper.Config{Most: time.Hour})
	if _, err := h.Dial(t.Context()); err == nil || !strings.Contains(err.Error(), "the model is of paper") {
		t.Error(err)
	}
	if text := <-problems; text != "the model is of paper" {
		t.Errorf("problem %q", text)
	}
}

func TestWhatIsNotThereIsNamed(t *testing.T) {
	h, _ := run(t, always("serve"), helper.Config{Program: "no-such-helper"})
	if _, err := h.Dial(t.Context()); err == nil || !strings.Contains(err.Error(), "no-such-helper") {
		t.Error(err)
	}
}

func TestOneThatIsNeverReadyIsEnded(t *testing.T) {
	_, problems := run(t, always("silent"), helper.Config{Starting: 20 * time.Millisecond})
	if text := <-problems; text != "signal: killed" {
		t.Errorf("problem %q", text)
	}
}

func TestDialGivesUp(t *testing.T) {
	h, _ := run(t, always("silent"), helper.Config{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := h.Dial(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// TestRestart hands other settings to a program that runs, and to one that waits an hour for its next start.
func TestRestart(t *testing.T) {
	parts := make(chan string, 3)
	for _, part := range []string{"serve", "fail", "serve"} {
		parts <- part
	}
	h, problems := run(t, func() string { return <-parts }, helper.Config{Least: time.Hour})
	hello(t, h)
	h.Restart()
	if err := h.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), "of paper") {
		t.Errorf("it runs on: %v", err)
	}
	h.Restart()
	hello(t, h)
	if h.Ended() != 1 {
		t.Errorf("it ended %d times by itself", h.Ended())
	}
	if got := []string{<-problems, <-problems, <-problems}; !slices.Equal(got, []string{"", "the model is of paper", ""}) {
		t.Errorf("%q", got)
	}
}
