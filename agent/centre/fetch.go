package centre

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"edgelabel/agent/control"
)

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
