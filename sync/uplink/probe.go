package uplink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// Capabilities is what a probe found out about a store.
type Capabilities struct {
	Exclusive bool // a second conditional write of a key is refused, as it must be
	Checksum  bool // the store returns a SHA-256 of its own
	MD5       bool // the store returns an MD5
}

// Probe writes one small object twice under the same key and looks at what the store makes of it: whether conditional writes work is
// known only by trying. An error means that the store cannot be used now; it leaves nothing behind but the probe object.
func Probe(ctx context.Context, to Target, gateway string) (Capabilities, error) {
	var c Capabilities
	key, body := stateKey(gateway, "probe.json"), []byte("{\"probe\":\"edgelabel\"}\n")
	for range 2 {
		existed, err := to.PutIfAbsent(ctx, key, bytes.NewReader(body), int64(len(body)), sumOf(body))
		if err != nil {
			return c, fmt.Errorf("probe: put %s: %w", key, err)
		}
		c.Exclusive = existed
	}
	info, err := to.Head(ctx, key)
	if err != nil {
		return c, fmt.Errorf("probe: head %s: %w", key, err)
	}
	c.Checksum, c.MD5 = info.SHA256 != "", info.MD5 != ""
	back, err := readAll(ctx, to, key, int64(len(body)))
	if err != nil {
		return c, fmt.Errorf("probe: %w", err)
	}
	if !bytes.Equal(back, body) {
		return c, fmt.Errorf("probe: %s: %w", key, ErrDiffers)
	}
	return c, nil
}

// headFirst stands in for conditional writes at a store that has none: it asks before it writes. Between the two another writer may come
// in, which does no harm under content-addressed keys; a manifest is read back after writing anyway.
type headFirst struct{ Target }

// Same hands on.
func (h headFirst) Same(info Info, body io.ReadSeeker) (bool, error) {
	if c, ok := h.Target.(Comparer); ok {
		return c.Same(info, body)
	}
	return false, nil
}

func (h headFirst) PutIfAbsent(ctx context.Context, key string, body io.ReadSeeker, size int64, sha256 string) (bool, error) {
	_, err := h.Head(ctx, key)
	if err == nil {
		return true, nil
	}
	if !errors.Is(err, ErrNoObject) {
		return false, err
	}
	return h.Target.PutIfAbsent(ctx, key, body, size, sha256)
}
