package uplink

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"edgelabel/agent/journal"
)

// ErrDiffers is wrapped by the error about an object at the centre that is not what it should be. It is never overwritten.
var ErrDiffers = errors.New("object at the centre differs")

var errDamaged = errors.New("blob is damaged")

// confirm compares what the centre holds with o: by the store's own SHA-256, else by the MD5 of body (which may be nil), else in the
// target's own way, else by reading the object back. A checksum that does not match is not believed before the object was read: an ETag is not always an MD5. The error
// wraps ErrDiffers or ErrNoObject when the centre answered.
func confirm(ctx context.Context, to Target, o journal.Object, body io.ReadSeeker) error {
	info, err := to.Head(ctx, o.Key)
	if err != nil {
		return fmt.Errorf("head %s: %w", o.Key, err)
	}
	if info.Size != o.Size {
		return fmt.Errorf("%s: %w: %d bytes, want %d", o.Key, ErrDiffers, info.Size, o.Size)
	}
	if info.SHA256 == o.SHA256 {
		return nil
	}
	if info.SHA256 == "" && info.MD5 != "" && body != nil {
		sum, _, err := digest(md5.New(), body)
		if err != nil {
			return fmt.Errorf("read %s: %w", o.Key, err)
		}
		if sum == info.MD5 {
			return nil
		}
	}
	if c, ok := to.(Comparer); ok && body != nil {
		if same, err := c.Same(info, body); err != nil || same {
			return wrap("compare "+o.Key, err)
		}
	}
	return reread(ctx, to, o, io.Discard)
}

// reread copies the object to w and compares its size and SHA-256.
func reread(ctx context.Context, to Target, o journal.Object, w io.Writer) error {
	r, err := to.Get(ctx, o.Key)
	if err != nil {
		return fmt.Errorf("get %s: %w", o.Key, err)
	}
	defer r.Close()
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(h, w), io.LimitReader(r, o.Size+1))
	if err != nil {
		return fmt.Errorf("get %s: %w", o.Key, err)
	}
	if sum := hex.EncodeToString(h.Sum(nil)); n != o.Size || sum != o.SHA256 {
		return fmt.Errorf("%s: %w: %d bytes with sha256 %s, want %d with %s", o.Key, ErrDiffers, n, sum, o.Size, o.SHA256)
	}
	return nil
}

// digest hashes the whole of body.
func digest(h hash.Hash, body io.ReadSeeker) (sum string, size int64, err error) {
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return "", 0, err
	}
	size, err = io.Copy(h, body)
	return hex.EncodeToString(h.Sum(nil)), size, err
}
