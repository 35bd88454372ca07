package camera

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"edgelabel/collectors"
)

const listPage = 512 // directory entries read at a time

// Folder watches one folder. It implements collectors.Collector; Run must not be called while another Run is going on.
type Folder struct {
	cfg     Config
	pattern pattern
	words   words
	sidecar *Sidecar // nil: pictures come alone
}

var _ collectors.Collector = (*Folder)(nil)

// New checks the configuration. It does not look at the folder yet.
func New(cfg Config) (*Folder, error) {
	cfg.setDefaults()
	p, err := parsePattern(cfg.Pattern, cfg.TimeLayout, cfg.Location)
	s, sideErr := cfg.Sidecar.complete()
	if err := errors.Join(cfg.check(), err, sideErr); err != nil {
		return nil, fmt.Errorf("camera %q: %w", cfg.Name, err)
	}
	return &Folder{cfg: cfg, pattern: p, words: newWords(cfg.ResultOK, cfg.ResultNG), sidecar: s}, nil
}

// Name implements collectors.Collector.
func (f *Folder) Name() string { return f.cfg.Name }

// Run watches the folder until ctx ends or the folder cannot be read. A file is touched only after its picture is on disk.
func (f *Folder) Run(ctx context.Context, sink collectors.Sink, status *collectors.Status) error {
	root, err := os.OpenRoot(f.cfg.Dir) // refuses whatever leads out of the folder
	if err != nil {
		return fmt.Errorf("camera %s: open folder: %w", f.cfg.Name, err)
	}
	defer root.Close()
	notes, stop := f.notifications()
	defer stop()
	w := &watch{Folder: f, root: root, sink: sink, status: status, waiting: map[string]look{}, finished: map[string]look{}}
	if err := w.loop(ctx, notes); err != nil && ctx.Err() == nil {
		return fmt.Errorf("camera %s: %w", f.cfg.Name, err)
	}
	return nil
}

// notifications returns a watcher that never says anything when the folder is only polled, be it because the machine has no watches left.
func (f *Folder) notifications() (notes *fsnotify.Watcher, stop func()) {
	silent := &fsnotify.Watcher{}
	if f.cfg.OnlyPolling {
		return silent, func() {}
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		f.cfg.Log.Warn("no notifications, the folder is polled", "source", f.cfg.Name, "err", err)
		return silent, func() {}
	}
	stop = func() {
		if err := w.Close(); err != nil {
			f.cfg.Log.Warn("folder watch does not close", "source", f.cfg.Name, "err", err)
		}
	}
	if err := w.Add(f.cfg.Dir); err != nil {
		f.cfg.Log.Warn("no notifications, the folder is polled", "source", f.cfg.Name, "err", err)
	}
	return w, stop
}

// look is what a file was like when it was last looked at.
type look struct {
	size  int64
	mtime time.Time
	since time.Time // seen unchanged since, by this gateway's clock; clocks of shares and cameras may be wrong
	half  bool      // was read and is not complete
	next  time.Time // to be looked at again then; its sidecar is waited for
}

// due reports whether the file stood still for long enough. One that is not complete gets more time: a slow line may have stalled.
func (l look) due(now time.Time, settle time.Duration) bool {
	if l.half {
		settle *= patience
	}
	return now.Sub(l.since) >= settle && !now.Before(l.next)
}

const patience = 10

func (l look) same(o look) bool { return l.size == o.size && l.mtime.Equal(o.mtime) }

// watch is one run. It has one goroutine, one open file and one picture in memory, however many files there are.
type watch struct {
	*Folder
	root   *os.Root
	sink   collectors.Sink
	status *collectors.Status

	waiting  map[string]look // files that are not known to be complete; at most as many as the folder has
	finished map[string]look // files that stay in the folder although they are dealt with; the same
	nextScan time.Time
}

func (w *watch) loop(ctx context.Context, notes *fsnotify.Watcher) error {
	if err := w.scan(); err != nil {
		return err
	}
	w.status.Up()
	w.prune()
	prune := time.NewTicker(pruneEvery)
	defer prune.Stop()
	poll := time.NewTicker(w.cfg.PollInterval)
	defer poll.Stop()
	settle := time.NewTicker(max(w.cfg.Settle/4, 5*time.Millisecond))
	defer settle.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case e := <-notes.Events:
			err = w.noticed(ctx, e)
		case nerr := <-notes.Errors:
			w.cfg.Log.Warn("notifications were lost, looking at the whole folder", "source", w.cfg.Name, "err", nerr)
			err = w.scan()
		case <-poll.C:
			if !w.cfg.Now().Before(w.nextScan) {
				err = w.scan()
			}
		case <-settle.C:
			err = w.takeSettled(ctx)
		case <-prune.C:
			w.prune()
		}
		if err != nil {
			return err
		}
	}
}

// noticed handles one notification. A file that appears complete was renamed into the folder and need not settle.
func (w *watch) noticed(ctx context.Context, e fsnotify.Event) error {
	name := filepath.Base(e.Name)
	w.sidecarCame(name)
	if filepath.Clean(e.Name) == filepath.Clean(w.cfg.Dir) || !w.wanted(name) {
		return nil
	}
	if err := w.see(name); err != nil {
		return err
	}
	if _, waits := w.waiting[name]; waits && e.Has(fsnotify.Create) {
		return w.take(ctx, name, false)
	}
	return nil
}

// scanShare bounds what looking at a very full folder costs: the next scan waits so many times as long as the last one took.
const scanShare = 20

// scan looks at the whole folder, a page at a time.
func (w *watch) scan() error {
	began := w.cfg.Now()
	defer func() { w.nextScan = began.Add(scanShare * w.cfg.Now().Sub(began)) }()
	dir, err := os.Open(w.cfg.Dir) // by name: the folder may have been replaced since, and a share mounted anew
	if err != nil {
		return fmt.Errorf("read folder: %w", err)
	}
	defer dir.Close()
	if err := w.sameFolder(dir); err != nil {
		return err
	}
	present := map[string]bool{}
	for {
		entries, err := dir.ReadDir(listPage)
		for _, e := range entries {
			if !w.wanted(e.Name()) || !e.Type().IsRegular() {
				continue
			}
			present[e.Name()] = true
			if err := w.see(e.Name()); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read folder: %w", err)
		}
	}
	for _, known := range []map[string]look{w.waiting, w.finished} {
		for name := range known {
			if !present[name] {
				delete(known, name)
			}
		}
	}
	return nil
}

// sameFolder makes Run start over when another folder has taken the place of the one that is watched.
func (w *watch) sameFolder(dir *os.File) error {
	now, err := dir.Stat()
	if err != nil {
		return fmt.Errorf("read folder: %w", err)
	}
	then, err := w.root.Stat(".")
	if err != nil {
		return fmt.Errorf("read folder: %w", err)
	}
	if !os.SameFile(now, then) {
		return fmt.Errorf("folder %s was replaced", w.cfg.Dir)
	}
	return nil
}

// wanted leaves out what is hidden, on its way, or no picture by its extension.
func (w *watch) wanted(name string) bool {
	lower := strings.ToLower(name)
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") {
		return false
	}
	return slices.ContainsFunc(w.cfg.Extensions, func(ext string) bool { return strings.HasSuffix(lower, strings.ToLower(ext)) })
}

// see looks at one file and notes when it changed. Links are not followed.
func (w *watch) see(name string) error {
	info, err := w.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		delete(w.waiting, name)
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at %s: %w", name, err)
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	now := look{size: info.Size(), mtime: info.ModTime(), since: w.cfg.Now()}
	if done, is := w.finished[name]; is && done.same(now) {
		return nil
	}
	delete(w.finished, name)
	if before, is := w.waiting[name]; is && before.same(now) {
		return nil
	}
	w.waiting[name] = now
	return nil
}

// takeSettled takes the files that stood still for long enough, oldest first.
func (w *watch) takeSettled(ctx context.Context) error {
	var ready []string
	now := w.cfg.Now()
	for name, l := range w.waiting {
		if !l.due(now, w.cfg.Settle) {
			continue
		}
		if err := w.see(name); err != nil {
			return err
		}
		if l, is := w.waiting[name]; is && l.due(now, w.cfg.Settle) {
			ready = append(ready, name)
		}
	}
	slices.SortFunc(ready, func(a, b string) int {
		if c := w.waiting[a].mtime.Compare(w.waiting[b].mtime); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	for _, name := range ready {
		if ctx.Err() != nil {
			return nil
		}
		if err := w.take(ctx, name, true); err != nil {
			return err
		}
	}
	return nil
}
