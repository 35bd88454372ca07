// Package helper keeps a program running beside the agent that may end at any moment, and reaches it.
//
//	start ─▶ settings on its standard input ─▶ "ready" on its standard output ─▶ Dial: a socket that only we can open
//	  ▲                                                                             │
//	  └────────── pause, twice as long each time ◀── its last words ◀── it ends ◀───┘
package helper

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Defaults.
const (
	DefaultStarting = time.Minute // until it is ready
	DefaultLeast    = time.Second // pauses between two starts
	DefaultMost     = time.Minute
)

// leaveAfter is how long a program that was ended may hold its outputs open.
const leaveAfter = 2 * time.Second

// Config says what runs.
type Config struct {
	Program  string                              // a path, or a name that is looked for beside this program and then as the system does
	Settings func(socket string) ([]byte, error) // a line for it, with where it has to answer
	Starting time.Duration
	Least    time.Duration
	Most     time.Duration
	Problem  func(text string) // is told why it ended, and with an empty text that it runs again; may be nil
	Log      *slog.Logger
}

// Helper is a program that is started again when it ends.
type Helper struct {
	cfg Config

	mu      sync.Mutex
	socket  string        // where it answers; empty while it does not
	why     string        // it does not run; empty while it starts
	changed chan struct{} // closed when one of them changes
	ended   uint64
	anew    context.CancelCauseFunc // ends the turn that runs; nil before the first and after the last
}

// errAnew ends a turn by our own will.
var errAnew = errors.New("it is started anew")

// New makes a helper that is not started.
func New(cfg Config) *Helper {
	cfg.Starting, cfg.Least = cmp.Or(cfg.Starting, DefaultStarting), cmp.Or(cfg.Least, DefaultLeast)
	cfg.Most = max(cmp.Or(cfg.Most, DefaultMost), cfg.Least)
	if cfg.Problem == nil {
		cfg.Problem = func(string) {}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Helper{cfg: cfg, changed: make(chan struct{})}
}

// Run keeps the program running until ctx ends, which is no error, and ends it then.
func (h *Helper) Run(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "edgelabel-helper") // of mode 0700: nobody else reaches the socket
	if err != nil {
		return fmt.Errorf("helper: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	pause := h.cfg.Least
	for ctx.Err() == nil {
		pause = h.turn(ctx, filepath.Join(dir, "socket"), pause)
	}
	h.begin("it is stopped", nil)
	return nil
}

// turn is one run of the program and the pause after it. It returns the pause after the next.
func (h *Helper) turn(ctx context.Context, socket string, pause time.Duration) time.Duration {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	h.begin("", end)
	began := time.Now()
	wrong := h.once(ctx, socket)
	if time.Since(began) > h.cfg.Most {
		pause = h.cfg.Least
	}
	if h.set(ctx, "", wrong.Error()) {
		h.cfg.Problem(wrong.Error())
		h.cfg.Log.Warn("helper ended", "program", h.cfg.Program, "error", wrong, "again_in", pause)
	}
	select {
	case <-ctx.Done():
	case <-time.After(pause):
	}
	if errors.Is(context.Cause(ctx), errAnew) {
		return h.cfg.Least
	}
	return min(2*pause, h.cfg.Most)
}

// Restart ends the program and starts it at once with the settings of now. Where it waits for its next start, that is now. Before Run and
// after it there is nothing to do.
func (h *Helper) Restart() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.anew == nil {
		return
	}
	h.anew(errAnew)
	h.changeLocked("", "")
}

// Ended is how often the program ended by itself, or was ended because it was not ready in time.
func (h *Helper) Ended() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.ended
}

// once runs the program until it ends, and says why it did.
func (h *Helper) once(ctx context.Context, socket string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	program, err := find(h.cfg.Program)
	if err != nil {
		return err
	}
	line, err := h.cfg.Settings(socket)
	if err != nil {
		return err
	}
	words := &lastLine{}
	c := exec.CommandContext(ctx, program)
	c.Env, c.Stderr, c.WaitDelay = environment(), words, leaveAfter
	stdin, err := c.StdinPipe() // stays open: when it ends, so does the helper, however we come to an end
	if err != nil {
		return err
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	late := time.AfterFunc(h.cfg.Starting, cancel)
	h.talk(ctx, stdin, stdout, line, socket, late)
	err = c.Wait()
	return cmp.Or(words.error(), err, errors.New("it ended without a word"))
}

// talk hands over the settings, waits until the program is ready, and returns when it closes its output.
func (h *Helper) talk(ctx context.Context, stdin io.Writer, stdout io.Reader, line []byte, socket string, late *time.Timer) {
	defer late.Stop()
	if _, err := stdin.Write(append(line, '\n')); err != nil {
		return // it ended, and Wait tells why
	}
	out := bufio.NewReader(stdout)
	if said, err := out.ReadString('\n'); err != nil || said != "ready\n" {
		return
	}
	late.Stop()
	if h.set(ctx, socket, "") {
		h.cfg.Problem("")
	}
	_, _ = io.Copy(io.Discard, out)
}

// begin is where a turn begins, and where the last one is over.
func (h *Helper) begin(why string, anew context.CancelCauseFunc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.anew = anew
	h.changeLocked("", why)
}

// set says where the program answers, or why it ended. It does nothing where ctx is over: then somebody else has the word.
func (h *Helper) set(ctx context.Context, socket, why string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if ctx.Err() != nil {
		return false
	}
	if why != "" {
		h.ended++
	}
	h.changeLocked(socket, why)
	return true
}

func (h *Helper) changeLocked(socket, why string) {
	h.socket, h.why = socket, why
	close(h.changed)
	h.changed = make(chan struct{})
}

// Dial connects to the program. It waits while that starts, and returns why it ended where it did.
func (h *Helper) Dial(ctx context.Context) (net.Conn, error) {
	socket, err := h.wait(ctx)
	if err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, "unix", socket)
}

// Ready waits until the program answers, and returns why it ended where it did.
func (h *Helper) Ready(ctx context.Context) error {
	_, err := h.wait(ctx)
	return err
}

func (h *Helper) wait(ctx context.Context) (string, error) {
	for {
		h.mu.Lock()
		socket, why, changed := h.socket, h.why, h.changed
		h.mu.Unlock()
		switch {
		case socket != "":
			return socket, nil
		case why != "":
			return "", fmt.Errorf("helper does not run: %s", why)
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("helper is not ready: %w", ctx.Err())
		case <-changed:
		}
	}
}

// find looks for a name beside this program first: both are installed together.
func find(program string) (string, error) {
	if filepath.Base(program) == program {
		if self, err := os.Executable(); err == nil {
			beside := filepath.Join(filepath.Dir(self), program)
			if _, err := os.Stat(beside); err == nil {
				return beside, nil
			}
		}
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return "", fmt.Errorf("helper: %w", err)
	}
	return path, nil
}

// environment is what the program has to know. Passwords of the agent are in its environment too, and stay there.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return !slices.Contains([]string{"PATH", "LD_LIBRARY_PATH", "HOME", "TMPDIR", "LANG"}, name)
	})
}
