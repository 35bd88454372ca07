package camera

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"edgelabel/collectors"
)

// errChanged says that a file is still being written.
var errChanged = errors.New("file changes while it is read")

// take reads a file, hands its picture to the sink and then puts the file away. settled says that it stood still; otherwise only a file
// that ends as its format demands is taken, which a half-written one does not, and none that is to have a sidecar.
func (w *watch) take(ctx context.Context, name string, settled bool) error {
	if !settled && w.sidecar != nil {
		return nil
	}
	side, ready := w.beside(name)
	if !ready {
		return nil
	}
	data, err := w.read(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		delete(w.waiting, name)
		return nil
	case errors.Is(err, errChanged):
		return w.see(name)
	case errors.Is(err, collectors.ErrRejected):
		if settled {
			return w.refuse(name, side, err)
		}
		return nil
	case err != nil:
		w.later(name, fmt.Sprintf("cannot be read: %v", err))
		return nil
	}
	format, _, _, err := Inspect(data, w.cfg.Limits)
	if !settled && (err != nil || format != JPEG && format != PNG) {
		return nil // the other formats can look complete while their pixels are still zeros
	}
	if l := w.waiting[name]; err != nil && !l.half && !errors.Is(err, ErrPixels) {
		l.half = true
		w.waiting[name] = l
		return nil
	}
	if err != nil {
		return w.refuse(name, side, err)
	}
	return w.store(ctx, name, side, data)
}

// read returns the whole file, or errChanged when it was written to meanwhile.
func (w *watch) read(name string) ([]byte, error) {
	f, err := w.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	if before.Size() > w.cfg.Limits.Bytes {
		return nil, fmt.Errorf("%w: %d, at most %d are allowed", ErrBytes, before.Size(), w.cfg.Limits.Bytes)
	}
	data := make([]byte, before.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errChanged
		}
		return nil, err
	}
	after, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return nil, errChanged
	}
	return data, nil
}

func (w *watch) store(ctx context.Context, name string, side sidecar, data []byte) error {
	m, matches := w.pattern.read(name)
	if matches {
		w.status.Problem("pattern", "")
	} else {
		w.status.Problem("pattern", fmt.Sprintf("file name %q does not match %q: stored without part, time and result", clean(name), w.cfg.Pattern))
	}
	m = m.over(side.meta)
	stored, err := w.sink.Image(ctx, collectors.Picture{
		Camera: w.cfg.Name, Name: clean(name), Data: data, Taken: m.taken, Received: w.cfg.Now().UnixNano(),
		Part: clean(m.part), Product: clean(m.product), Recipe: clean(m.recipe), Job: clean(m.job), Result: w.words.verdict(m.result),
	})
	switch {
	case errors.Is(err, collectors.ErrRejected):
		return w.refuse(name, side, err)
	case err != nil:
		return fmt.Errorf("store %s: %w", name, err)
	case stored.Duplicate:
		w.status.Duplicate(1)
	default:
		w.status.TookImage()
	}
	w.status.Problem(clean(name), "")
	sum := sha256.Sum256(data)
	w.putAway(name, side, hex.EncodeToString(sum[:6]))
	return nil
}

// putAway is for a file whose picture is on disk. When it cannot be moved or deleted it is left, and not read again in this run. The
// sidecar goes last: alone it would be read by nobody.
func (w *watch) putAway(name string, side sidecar, sum string) {
	var err error
	switch w.cfg.After {
	case Move:
		err = w.move(name, w.cfg.DoneDir, sum)
		w.putAwayBeside(side, w.cfg.DoneDir, sum)
	case Delete:
		err = w.root.Remove(name)
		w.putAwayBeside(side, "", "")
	case Keep:
	}
	w.finish(name, err)
}

// refuse counts a file that can never be used and moves it out of the way.
func (w *watch) refuse(name string, side sidecar, why error) error {
	w.status.Reject(Reason(why))
	w.status.Problem(clean(name), why.Error())
	var err error
	if w.cfg.After != Keep {
		distinct := fmt.Sprint(w.cfg.Now().UnixNano())
		err = w.move(name, w.cfg.BadDir, distinct)
		w.putAwayBeside(side, w.cfg.BadDir, distinct)
	}
	w.finish(name, err)
	return nil
}

// finish takes a file off the list. One that is still there is remembered.
func (w *watch) finish(name string, err error) {
	l := w.waiting[name]
	delete(w.waiting, name)
	if err == nil && w.cfg.After != Keep || errors.Is(err, fs.ErrNotExist) {
		return
	}
	w.finished[name] = l
	if err != nil {
		w.status.Problem(clean(name), fmt.Sprintf("stays in the folder: %v", err))
	}
}

// later leaves a file for the next look at it.
func (w *watch) later(name, why string) {
	w.status.Problem(clean(name), why)
	l := w.waiting[name]
	l.since = w.cfg.Now()
	w.waiting[name] = l
}

// move renames a file into a folder, under another name when that is taken; cameras count anew after a power cut. Onto another file
// system it copies.
func (w *watch) move(name, dir, distinct string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	target := filepath.Join(dir, name)
	if _, err := os.Lstat(target); err == nil {
		ext := filepath.Ext(name)
		target = filepath.Join(dir, strings.TrimSuffix(name, ext)+"~"+distinct+ext)
	}
	err := os.Rename(filepath.Join(w.cfg.Dir, name), target)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := w.copy(name, target); err != nil {
		return err
	}
	return w.root.Remove(name)
}

func (w *watch) copy(name, target string) (err error) {
	in, err := w.root.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(target, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return errors.Join(err, out.Close(), os.Remove(target))
	}
	if err := out.Sync(); err != nil {
		return errors.Join(err, out.Close(), os.Remove(target))
	}
	return out.Close()
}
