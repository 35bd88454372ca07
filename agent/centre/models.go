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

// Models is what came from the centre of one kind:
//
//	DIR/models/<camera>/<id>/<name>    pictures; id is the beginning of the SHA-256 of what was signed; those that hold, those of before, those on their way
//	DIR/onnx/<camera>/<id>/<name>      and files of models
//	DIR/rules/<kind>.jsonl             which hold
//
// Judge, Try and Now are needed once anything is changed.
type Models struct {
	Judge Judge
	Try   func(ctx context.Context, m control.Model, dir string) error // uses files of a folder once
	Now   func() int64                                                 // UTC ns
	Ended func(camera string) uint64                                   // of the program that judges, since the start; nil: none does

	kind string
	dir  string
	book *book[control.Model]
}

// folders are where the files of each kind lie.
func folders(kind string) string {
	if kind == control.References {
		return "models"
	}
	return kind
}

// OpenModels reads which models of a kind hold.
func OpenModels(dir, kind string) (*Models, error) {
	b, err := openBook[control.Model](dir, kind+".jsonl")
	if err != nil {
		return nil, err
	}
	return &Models{kind: kind, dir: filepath.Join(dir, folders(kind)), book: b}, nil
}

// Close closes the book. Twice is harmless.
func (r *Models) Close() error { return r.book.close() }

// Held is what the centre sent for a camera, and the folder with its files; the folder is empty where the configuration holds.
func (r *Models) Held(camera string) (m control.Model, dir string) {
	newest, _ := r.book.held(camera)
	if len(newest.What.Files) == 0 {
		return m, ""
	}
	return newest.What, r.folder(newest.What)
}

func (r *Models) folder(m control.Model) string {
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

// stage writes the files beside those that hold, and uses them once: what cannot be used is not taken.
func (r *Models) stage(ctx context.Context, m control.Model, open func(context.Context, control.File) (io.ReadCloser, error)) error {
	if len(m.Files) == 0 {
		return nil
	}
	if _, judged := r.Judge.Stats()[m.Camera]; !judged {
		return fmt.Errorf("%w: the configuration of this camera asks for no %s", label.ErrNotFound, m.Kind)
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
	if err := r.Try(ctx, m, to); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: cannot be used: %w", label.ErrInvalid, err)
	}
	return nil
}

// prune removes what a camera had before those files that hold and those before them.
func (r *Models) prune(next control.Model) error {
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

// mine are the models of this kind.
func (r *Models) mine(models []control.Model) (mine []control.Model) {
	for _, m := range models {
		if m.Kind == r.kind {
			mine = append(mine, m)
		}
	}
	return mine
}

func (r *Models) before(models []control.Model) (was []control.Model, err error) {
	for _, m := range r.mine(models) {
		if _, judged := r.Judge.Stats()[m.Camera]; !judged {
			return nil, fmt.Errorf("%s of camera %s: %w", m.Kind, m.Camera, label.ErrNotFound)
		}
		newest, _ := r.book.held(m.Camera)
		was = append(was, control.Model{Camera: m.Camera, Kind: m.Kind, Files: newest.What.Files, Settings: newest.What.Settings})
	}
	return was, nil
}

func (r *Models) set(ctx context.Context, by, reason string, models []control.Model) error {
	for _, m := range r.mine(models) {
		if newest, _ := r.book.held(m.Camera); newest.By != by || idOf(newest.What) != idOf(m) {
			if err := r.book.put(entry[control.Model]{m.Camera, m, by, reason, r.Now()}); err != nil {
				return err
			}
		}
		if err := r.Judge.Renew(ctx, m.Camera); err != nil {
			return fmt.Errorf("use %s of camera %s: %w", m.Kind, m.Camera, err)
		}
	}
	return nil
}

// restore passes over what another sender changed since, and cameras that are no longer there.
func (r *Models) restore(ctx context.Context, by, reason string, was []control.Model) error {
	var errs []error
	for _, m := range r.mine(was) {
		if newest, _ := r.book.held(m.Camera); newest.By != by {
			continue
		}
		if err := r.set(ctx, by, reason, []control.Model{m}); err != nil && !errors.Is(err, label.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// add counts how the models of this kind do.
func (r *Models) add(p *control.Pulse, models []control.Model) {
	stats := r.Judge.Stats()
	for _, m := range r.mine(models) {
		p.Candidates += stats[m.Camera].Suspect
		p.Errors += stats[m.Camera].Failed
		if r.Ended != nil {
			p.Ended += r.Ended(m.Camera)
		}
	}
}
