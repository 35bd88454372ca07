package centre

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"edgelabel/agent/control"
	"edgelabel/agent/label"
	"edgelabel/agent/vision/beside"
)

// Judge is what judges pictures: see beside.Inspector.
type Judge interface {
	Renew(ctx context.Context, camera string) error
	Stats() map[string]beside.Stats
}

// References is the good pictures that came from the centre:
//
//	DIR/models/<camera>/<id>/<name>    id is the beginning of the SHA-256 of what was signed; those that hold, those of before, those on their way
//	DIR/rules/references.jsonl         which hold
//
// Judge, Try and Now are needed once anything is changed.
type References struct {
	Judge Judge
	Try   func(ctx context.Context, camera, dir string) error // learns a folder and forgets it; label.ErrNotFound for a camera that learns nothing
	Now   func() int64                                        // UTC ns

	dir  string
	book *book[control.Model]
}

// OpenReferences reads which pictures hold.
func OpenReferences(dir string) (*References, error) {
	b, err := openBook[control.Model](dir, "references.jsonl")
	if err != nil {
		return nil, err
	}
	return &References{dir: filepath.Join(dir, "models"), book: b}, nil
}

// Close closes the book. Twice is harmless.
func (r *References) Close() error { return r.book.close() }

// Dir is the folder with the good pictures of a camera; empty where those of the configuration hold.
func (r *References) Dir(camera string) string {
	newest, _ := r.book.held(camera)
	if len(newest.What.Files) == 0 {
		return ""
	}
	return r.folder(newest.What)
}

func (r *References) folder(m control.Model) string {
	return filepath.Join(r.dir, url.PathEscape(m.Camera), idOf(m))
}

func idOf(m control.Model) string {
	raw, err := json.Marshal(m)
	if err != nil {
		return "" // of names and numbers: it cannot be
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// stage writes the pictures beside those that hold, and learns from them once: what cannot be learnt is not taken.
func (r *References) stage(ctx context.Context, m control.Model, open func(context.Context, control.File) (io.ReadCloser, error)) error {
	if len(m.Files) == 0 {
		return nil
	}
	if _, judged := r.Judge.Stats()[m.Camera]; !judged {
		return fmt.Errorf("%w: the configuration compares no pictures of this camera with good ones", label.ErrNotFound)
	}
	if err := r.prune(m); err != nil {
		return err
	}
	to := r.folder(m)
	if _, err := os.Stat(to); errors.Is(err, os.ErrNotExist) {
		if err := fill(ctx, to, m.Files, open); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	if err := r.Try(ctx, m.Camera, to); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: cannot be learnt: %w", label.ErrInvalid, err)
	}
	return nil
}

// prune removes what a camera had before those pictures that hold and those before them.
func (r *References) prune(next control.Model) error {
	newest, former := r.book.held(next.Camera)
	keep := map[string]bool{idOf(next): true, idOf(newest.What): true, idOf(former.What): true}
	dir := filepath.Dir(r.folder(next))
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if !keep[e.Name()] {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// fill makes a folder that is there whole or not at all.
func fill(ctx context.Context, dir string, files []control.File, open func(context.Context, control.File) (io.ReadCloser, error)) error {
	partial := dir + ".new"
	if err := os.MkdirAll(partial, 0o700); err != nil {
		return err
	}
	for _, f := range files {
		if err := fetch(ctx, filepath.Join(partial, f.Name), f, open); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", f.Name, err), os.RemoveAll(partial))
		}
	}
	if err := errors.Join(settle(partial), os.Rename(partial, dir)); err != nil {
		return err
	}
	return settle(filepath.Dir(dir))
}

// fetch writes one file, durably, and makes sure that it is what was signed.
func fetch(ctx context.Context, path string, of control.File, open func(context.Context, control.File) (io.ReadCloser, error)) (err error) {
	from, err := open(ctx, of)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(to, h), io.LimitReader(from, of.Size+1))
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		return err
	}
	if n != of.Size || hex.EncodeToString(h.Sum(nil)) != of.SHA256 {
		return fmt.Errorf("%w: it is not what was signed", control.ErrFile)
	}
	return nil
}

func settle(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (r *References) before(models []control.Model) (was []control.Model, err error) {
	for _, m := range models {
		if _, judged := r.Judge.Stats()[m.Camera]; !judged {
			return nil, fmt.Errorf("model of camera %s: %w", m.Camera, label.ErrNotFound)
		}
		newest, _ := r.book.held(m.Camera)
		was = append(was, control.Model{Camera: m.Camera, Kind: m.Kind, Files: newest.What.Files})
	}
	return was, nil
}

func (r *References) set(ctx context.Context, by, reason string, models []control.Model) error {
	for _, m := range models {
		if newest, _ := r.book.held(m.Camera); newest.By != by || idOf(newest.What) != idOf(m) {
			if err := r.book.put(entry[control.Model]{m.Camera, m, by, reason, r.Now()}); err != nil {
				return err
			}
		}
		if err := r.Judge.Renew(ctx, m.Camera); err != nil {
			return fmt.Errorf("learn the good pictures of camera %s: %w", m.Camera, err)
		}
	}
	return nil
}

// restore passes over what another sender changed since, and cameras that are no longer there.
func (r *References) restore(ctx context.Context, by, reason string, was []control.Model) error {
	var errs []error
	for _, m := range was {
		if newest, _ := r.book.held(m.Camera); newest.By != by {
			continue
		}
		if err := r.set(ctx, by, reason, []control.Model{m}); err != nil && !errors.Is(err, label.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (r *References) pulse(models []control.Model) (p control.Pulse) {
	stats := r.Judge.Stats()
	for _, m := range models {
		p.Candidates += stats[m.Camera].Suspect
		p.Errors += stats[m.Camera].Failed
	}
	return p
}
