package uplink

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"edgelabel/agent/journal"
)

// askFirst is the size in bytes from which a Head before the upload costs less than sending a body that is already there.
const askFirst = 256 << 10

// maxManifest bounds what is read as a manifest, in bytes.
const maxManifest = 64 << 20

// ErrCloned stops a forwarder: the centre holds another gateway's manifest under this gateway's identity and batch number. Both would
// overwrite each other's history, so an operator has to give one of them a new id or epoch.
var ErrCloned = errors.New("another gateway uses this identity")

// deliver brings a frozen batch to the centre: objects, then the check of each, then the manifest. Nothing is acknowledged here.
func (f *Forwarder) deliver(ctx context.Context, to Target, b journal.Batch, entries []journal.Entry) (journal.Receipt, error) {
	leaving, err := f.outgoing(ctx, &b, entries)
	if err != nil {
		return journal.Receipt{}, err
	}
	p, err := pack(f.cfg.Gateway, f.cfg.Site, f.cfg.Line, b, leaving, f.cfg.Blobs, packing(f.cfg.Zstd))
	if err != nil {
		return journal.Receipt{}, err
	}
	m := &p.manifest
	if m.Objects, err = f.images(ctx, to, p); err != nil {
		return journal.Receipt{}, err
	}
	if err := f.thumbnails(ctx, to, p); err != nil {
		return journal.Receipt{}, err
	}
	for _, o := range p.built {
		if err := f.place(ctx, to, o.Object, bytes.NewReader(o.body), true); err != nil {
			return journal.Receipt{}, err
		}
		m.Objects = append(m.Objects, o.Object)
	}
	slices.SortFunc(m.Objects, func(a, b journal.Object) int { return cmp.Compare(a.Key, b.Key) })
	slices.SortFunc(m.Missing, func(a, b Missing) int { return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(a.SHA256, b.SHA256)) })
	return commit(ctx, to, b, m)
}

// images uploads those of the batch's images that no attempt has brought there yet and returns all that are at the centre, in no particular order.
func (f *Forwarder) images(ctx context.Context, to Target, p *parcel) ([]journal.Object, error) {
	objects, rest := []journal.Object{}, []wanted{}
	for _, w := range p.images {
		if o, ok := f.carried(w.key); ok {
			objects = append(objects, o)
		} else {
			rest = append(rest, w)
		}
	}
	err := f.each(ctx, to, rest, true, func(w wanted, o journal.Object, reason string) {
		if reason != "" {
			p.manifest.Missing = append(p.manifest.Missing, Missing{w.item, w.im.SHA256, reason})
			return
		}
		objects = append(objects, o)
		f.placed[o.Key] = o
	})
	return objects, err
}

func (f *Forwarder) carried(key string) (o journal.Object, ok bool) {
	if o, ok = f.placed[key]; !ok && f.ahead.ready() {
		o, ok = f.ahead.there[key]
	}
	return o, ok
}

// image uploads one image. A blob that is gone or damaged here may still be whole at the centre from an earlier batch; when it is not,
// reason says what happened to it.
func (f *Forwarder) image(ctx context.Context, to Target, w wanted, urgent bool) (o journal.Object, reason string, err error) {
	o = journal.Object{Key: w.key, Size: w.im.Bytes, SHA256: w.im.SHA256}
	body, size, err := f.open(w.im.SHA256)
	if reason = lost(err); reason != "" {
		err := confirm(ctx, to, o, nil)
		if errors.Is(err, ErrNoObject) {
			return o, reason, nil
		}
		return o, "", err
	}
	if err != nil {
		return o, "", fmt.Errorf("image %s of item %s: %w", w.im.SHA256, w.item, err)
	}
	defer body.Close()
	o.Size = size
	if size >= askFirst {
		if err := confirm(ctx, to, o, body); !errors.Is(err, ErrNoObject) {
			return o, "", err
		}
	}
	return o, "", f.place(ctx, to, o, body, urgent)
}

// place writes an object unless it is there and then makes sure that the centre holds exactly these bytes.
func (f *Forwarder) place(ctx context.Context, to Target, o journal.Object, r io.ReadSeeker, urgent bool) error {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("rewind %s: %w", o.Key, err)
	}
	if urgent {
		f.line.urgent.Add(1)
		defer f.line.urgent.Add(-1)
	}
	if _, err := to.PutIfAbsent(ctx, o.Key, f.line.body(ctx, r, urgent), o.Size, o.SHA256); err != nil {
		return fmt.Errorf("put %s: %w", o.Key, err)
	}
	return confirm(ctx, to, o, r)
}

// open opens a blob whose bytes are what its name says.
func (f *Forwarder) open(name string) (io.ReadSeekCloser, int64, error) {
	body, err := f.cfg.Blobs.OpenBlob(name)
	if err != nil {
		return nil, 0, err
	}
	sum, size, err := digest(sha256.New(), body)
	if err == nil && sum != name {
		err = errDamaged
	}
	if err != nil {
		return nil, 0, errors.Join(err, body.Close())
	}
	return body, size, nil
}

// commit writes the manifest and reads it back: what stands there decides, even where a store overwrites in spite of the condition.
func commit(ctx context.Context, to Target, b journal.Batch, m *Manifest) (journal.Receipt, error) {
	body, err := m.encode()
	if err != nil {
		return journal.Receipt{}, fmt.Errorf("manifest %d: %w", b.Number, err)
	}
	key, sum := manifestKey(m.Gateway, m.Epoch, m.Number), sumOf(body)
	if _, err := to.PutIfAbsent(ctx, key, bytes.NewReader(body), int64(len(body)), sum); err != nil {
		return journal.Receipt{}, fmt.Errorf("put %s: %w", key, err)
	}
	stands, err := readAll(ctx, to, key, maxManifest)
	if err != nil {
		return journal.Receipt{}, err
	}
	if !bytes.Equal(stands, body) {
		if m, err = adopt(stands, m); err != nil {
			return journal.Receipt{}, fmt.Errorf("%s: %w", key, err)
		}
	}
	r := journal.Receipt{Batch: b, Manifest: key, SHA256: sumOf(stands), Bytes: int64(len(stands))}
	for _, o := range m.Objects {
		r.Bytes += o.Size
	}
	return r, nil
}

// adopt accepts a manifest that this gateway wrote for the same frozen batch with another version of its program or configuration.
func adopt(stands []byte, ours *Manifest) (*Manifest, error) {
	theirs, err := ParseManifest(stands)
	if err == nil && theirs.sameBatch(ours) {
		return theirs, nil
	}
	return nil, errors.Join(ErrCloned, err)
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func readAll(ctx context.Context, from Target, key string, limit int64) ([]byte, error) {
	r, err := from.Get(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", key, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("more than %d bytes", limit)
	}
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", key, err)
	}
	return b, nil
}

// report writes the advisory state that people and dashboards at the centre look at.
func (f *Forwarder) report(ctx context.Context, to Target, r journal.Receipt) error {
	body, err := json.Marshal(struct {
		Gateway string `json:"gw"`
		Site    string `json:"site,omitempty"`
		Line    string `json:"line,omitempty"`
		Version string `json:"version,omitempty"`
		Epoch   uint64 `json:"epoch"`
		Number  uint64 `json:"seq"`
		SHA256  string `json:"manifest_sha256"`
		At      int64  `json:"at"`
	}{f.cfg.Gateway, f.cfg.Site, f.cfg.Line, f.cfg.Version, r.Epoch, r.Number, r.SHA256, r.At})
	if err != nil {
		return err
	}
	key := stateKey(f.cfg.Gateway, "reported.json")
	return wrap("put "+key, to.Put(ctx, key, body))
}
