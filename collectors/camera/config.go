// Package camera takes pictures in: from a folder that a camera writes to, and over HTTP. Both look at each picture with Inspect first.
//
//	folder ─▶ notice ─▶ settle ─▶ sidecar ─▶ Inspect ─▶ Sink ─▶ move or delete the files
//	POST /ingest/v1/images ─▶ token ─▶ Inspect ─▶ Sink ─▶ 201
package camera

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"
)

// After says what becomes of a file once its picture is on disk.
type After string

const (
	Move   After = "move" // into DoneDir, which somebody has to empty
	Delete After = "delete"
	Keep   After = "keep" // also what cannot be used stays where it is
)

// Defaults of Config.
const (
	DefaultSettle       = 500 * time.Millisecond
	DefaultPollInterval = 2 * time.Second
	DefaultDoneDir      = "done"  // inside Dir
	DefaultBadDir       = "bad"   // inside Dir
	DefaultKeepBytes    = 1 << 30 // of each of the two
	DefaultExtensions   = ".jpg .jpeg .png .bmp .tif .tiff"
)

// Config describes a folder that a camera writes to. The zero value of a field with a default means it.
type Config struct {
	Name    string // the camera, and the source
	Dir     string // must exist; folders inside it are not looked into
	Pattern string // of file names, such as "{part}_{time:20060102T150405.000}_{result}.png"; empty takes every name and reads nothing
	// TimeLayout is for a Pattern that is a regular expression: a layout of package time, or unix_s, unix_ms, unix_us, unix_ns.
	TimeLayout string
	Location   *time.Location // of times without a zone; nil is UTC
	ResultOK   []string       // words for a good part
	ResultNG   []string       // words for a bad part
	Extensions []string       // with their dot; case does not matter
	Sidecar    *Sidecar       // nil where pictures come alone. With one a picture is complete when it stands still and its sidecar is whole

	Settle       time.Duration // size and modification time must stand still for so long
	PollInterval time.Duration // between looks at the whole folder
	OnlyPolling  bool          // no notifications: network shares do not send them

	After   After
	DoneDir string // for Move
	BadDir  string // for what can never be used, unless Keep
	// KeepBytes bounds DoneDir and BadDir each, with Move: the oldest files are removed beyond it.
	KeepBytes int64

	Limits Limits
	Now    func() time.Time
	Log    *slog.Logger
}

func (c *Config) setDefaults() {
	c.Settle = cmp.Or(c.Settle, DefaultSettle)
	c.PollInterval = cmp.Or(c.PollInterval, DefaultPollInterval)
	c.KeepBytes = cmp.Or(c.KeepBytes, DefaultKeepBytes)
	if c.After == "" {
		c.After = Move
	}
	if c.DoneDir == "" {
		c.DoneDir = filepath.Join(c.Dir, DefaultDoneDir)
	}
	if c.BadDir == "" {
		c.BadDir = filepath.Join(c.Dir, DefaultBadDir)
	}
	if len(c.Extensions) == 0 {
		c.Extensions = strings.Fields(DefaultExtensions)
	}
	if c.Location == nil {
		c.Location = time.UTC
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Limits.Bytes = cmp.Or(c.Limits.Bytes, DefaultMaxBytes)
	c.Limits.Pixels = cmp.Or(c.Limits.Pixels, DefaultMaxPixels)
}

// check reports everything that is wrong, joined.
func (c *Config) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.Name == "" {
		bad("name is missing")
	}
	if c.Dir == "" {
		bad("folder is missing")
	}
	if c.After != Move && c.After != Delete && c.After != Keep {
		bad("after %q: want move, delete or keep", c.After)
	}
	if c.Settle < 0 || c.PollInterval < 10*time.Millisecond {
		bad("settle %s, poll interval %s: want above zero, and at least 10ms between looks", c.Settle, c.PollInterval)
	}
	if c.Limits.Bytes < 0 || c.Limits.Pixels < 0 {
		bad("limits of %d bytes and %d pixels: want above zero", c.Limits.Bytes, c.Limits.Pixels)
	}
	if filepath.Clean(c.DoneDir) == filepath.Clean(c.Dir) || filepath.Clean(c.BadDir) == filepath.Clean(c.Dir) {
		bad("done and bad folders cannot be the watched one")
	}
	return errors.Join(errs...)
}
