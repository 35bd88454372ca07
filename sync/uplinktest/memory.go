package uplinktest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"edgelabel/sync/uplink"
)

// Memory is a target in memory. The zero value is ready.
type Memory struct {
	Overwrites bool // ignore the condition of PutIfAbsent, as some stores do

	mu      sync.Mutex
	objects map[string][]byte
}

func (m *Memory) PutIfAbsent(ctx context.Context, key string, body io.ReadSeeker, size int64, sum string) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return false, err
	}
	if got := Sum(b); int64(len(b)) != size || got != sum {
		return false, fmt.Errorf("%d bytes with sha256 %s, announced %d with %s", len(b), got, size, sum)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.objects[key]; ok && !m.Overwrites {
		return true, nil
	}
	m.setLocked(key, b)
	return false, nil
}

func (m *Memory) Head(ctx context.Context, key string) (uplink.Info, error) {
	b, err := m.read(ctx, key)
	if err != nil {
		return uplink.Info{}, err
	}
	return uplink.Info{Key: key, Size: int64(len(b)), SHA256: Sum(b)}, nil
}

func (m *Memory) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	b, err := m.read(ctx, key)
	return io.NopCloser(bytes.NewReader(b)), err
}

func (m *Memory) List(ctx context.Context, prefix string, yield func(uplink.Info) bool) error {
	for key, b := range m.Objects() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if strings.HasPrefix(key, prefix) && !yield(uplink.Info{Key: key, Size: int64(len(b))}) {
			return nil
		}
	}
	return ctx.Err()
}

func (m *Memory) Put(ctx context.Context, key string, body []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.setLocked(key, bytes.Clone(body))
	return ctx.Err()
}

// Set plants an object.
func (m *Memory) Set(key string, body []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.setLocked(key, bytes.Clone(body))
}

// Delete takes an object away.
func (m *Memory) Delete(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, key)
}

// Objects iterates over a snapshot in the order of the keys.
func (m *Memory) Objects() func(yield func(string, []byte) bool) {
	m.mu.Lock()
	snapshot := maps.Clone(m.objects)
	m.mu.Unlock()
	return func(yield func(string, []byte) bool) {
		for _, key := range slices.Sorted(maps.Keys(snapshot)) {
			if !yield(key, snapshot[key]) {
				return
			}
		}
	}
}

func (m *Memory) setLocked(key string, body []byte) {
	if m.objects == nil {
		m.objects = map[string][]byte{}
	}
	m.objects[key] = body
}

func (m *Memory) read(ctx context.Context, key string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.objects[key]
	if !ok {
		return nil, uplink.ErrNoObject
	}
	return b, nil
}

var _ uplink.Target = (*Memory)(nil)

// Blobs is a blob folder in memory, by SHA-256.
type Blobs map[string][]byte

// Add keeps b and returns its name.
func (s Blobs) Add(b []byte) string {
	sum := sha256.Sum256(b)
	name := hex.EncodeToString(sum[:])
	s[name] = b
	return name
}

func (s Blobs) OpenBlob(name string) (io.ReadSeekCloser, error) {
	b, ok := s[name]
	if !ok {
		return nil, fmt.Errorf("blob %s: %w", name, fs.ErrNotExist)
	}
	return nopCloser{bytes.NewReader(b)}, nil
}

type nopCloser struct{ *bytes.Reader }

func (nopCloser) Close() error { return nil }
