package uplink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
)

// Thumbnail says where a small JPEG of a picture lies.
type Thumbnail struct {
	SHA256 string         `json:"sha256"` // of the picture
	JPEG   journal.Object `json:"jpeg"`
}

// Foretold is what a gateway says of an item whose pictures are still on their way. Nothing is promised by it: only a manifest is.
type Foretold struct {
	Gateway    string        `json:"gw"`
	Item       label.Item    `json:"item"`
	Labels     []label.Label `json:"labels"` // so far
	Thumbnails []Thumbnail   `json:"thumbnails"`
}

// leastPicture is the size from which a picture is worth a thumbnail, in bytes.
const leastPicture = 32 << 10

// maxForetold bounds what is read of one item, in bytes.
const maxForetold = 16 << 20

// mostForetold bounds what is remembered of what was foretold: beyond it some is foretold again.
const mostForetold = 10_000

// foretell sends thumbnails of waiting pictures, with what their items and labels say, for as long as half a batch would take. more is true
// when something is left.
func (f *Forwarder) foretell(ctx context.Context, to Target, waiting []journal.Entry) (more bool, err error) {
	if f.cfg.Thumbnail == nil {
		return false, nil
	}
	for left, i := f.quota.bytes(f.cfg.MaxBatchBytes)/2, 0; i < len(waiting); i++ {
		if left <= 0 {
			return true, nil
		}
		sent, err := f.foretellOne(ctx, to, &waiting[i])
		if err != nil {
			return false, fmt.Errorf("foretell %s: %w", waiting[i].Key, err)
		}
		left -= sent
	}
	return false, nil
}

// foretellOne says what there is about the item of an entry, unless that was said.
func (f *Forwarder) foretellOne(ctx context.Context, to Target, e *journal.Entry) (sent int64, err error) {
	it, ok := itemIn(e)
	if !ok {
		return 0, nil
	}
	id := it.ID
	row, labels, err := f.cfg.Items.Item(ctx, id)
	if errors.Is(err, label.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if told, known := f.foretold[id]; known && told == len(labels) || len(row.Images) == 0 {
		return 0, nil
	}
	if f.cfg.Rules != nil {
		if d, err := f.cfg.Rules.decide(ctx, f.cfg.Items, e); err != nil || d == above || d == unasked {
			return 0, err
		}
	}
	all := Foretold{Gateway: f.cfg.Gateway, Item: row.Item, Labels: labels}
	for _, im := range row.Images {
		t, n, err := f.thumbnail(ctx, to, im)
		if err != nil {
			return sent, err
		}
		if sent += n; t != nil {
			all.Thumbnails = append(all.Thumbnails, *t)
		}
	}
	body, err := json.Marshal(all)
	if err != nil {
		return sent, err
	}
	if err := to.Put(ctx, foretoldKey(f.cfg.Gateway, id), body); err != nil {
		return sent, fmt.Errorf("put: %w", err)
	}
	if len(f.foretold) >= mostForetold {
		clear(f.foretold)
	}
	f.foretold[id] = len(labels)
	return sent + int64(len(body)), nil
}

// thumbnail brings the small JPEG of a picture to the centre; nil when there is none of it.
func (f *Forwarder) thumbnail(ctx context.Context, to Target, im label.Image) (t *Thumbnail, sent int64, err error) {
	if !isDigest(im.SHA256) || im.Bytes < leastPicture {
		return nil, 0, nil
	}
	body, err := f.cfg.Thumbnail(ctx, im.SHA256)
	if err != nil {
		if ctx.Err() != nil {
			return nil, 0, ctx.Err()
		}
		f.cfg.Log.Debug("no thumbnail", "picture", im.SHA256, "error", err)
		return nil, 0, nil
	}
	o := journal.Object{Size: int64(len(body)), SHA256: sumOf(body)}
	o.Key = blobKey(o.SHA256, "jpeg")
	t = &Thumbnail{im.SHA256, o}
	if _, done := f.placed[o.Key]; done {
		return t, 0, nil
	}
	err = confirm(ctx, to, o, bytes.NewReader(body))
	if errors.Is(err, ErrNoObject) {
		sent, err = o.Size, f.place(ctx, to, o, bytes.NewReader(body), true)
	}
	return t, sent, err
}

// thumbnails names in the manifest those of the batch's pictures: they may have been foretold.
func (f *Forwarder) thumbnails(ctx context.Context, to Target, p *parcel) error {
	if f.cfg.Thumbnail == nil {
		return nil
	}
	m, named := &p.manifest, map[string]bool{}
	for _, o := range m.Objects {
		named[o.Key] = true
	}
	for _, w := range p.images {
		t, _, err := f.thumbnail(ctx, to, w.im)
		if err != nil {
			return err
		}
		if t == nil {
			continue
		}
		m.Thumbnails = append(m.Thumbnails, *t)
		if !named[t.JPEG.Key] { // two pictures may look the same, and a small one is its own thumbnail
			named[t.JPEG.Key], m.Objects = true, append(m.Objects, t.JPEG)
		}
	}
	return nil
}

// AwaitedItems lists the ids of items that a gateway spoke of and of which arrived knows nothing.
func AwaitedItems(ctx context.Context, from Target, arrived func(item string) bool) (keys map[string]string, err error) {
	keys = map[string]string{}
	err = from.List(ctx, stateRoot, func(i Info) bool {
		_, name, ok := strings.Cut(i.Key, "/"+foretoldFolder)
		if item := strings.TrimSuffix(name, ".json"); ok && !arrived(item) {
			keys[item] = i.Key
		}
		return true
	})
	return keys, wrap("list "+stateRoot, err)
}

// readForetold reads what was said of an item.
func readForetold(ctx context.Context, from Target, key string) (f Foretold, err error) {
	body, err := readAll(ctx, from, key, maxForetold)
	if err != nil {
		return f, err
	}
	return f, wrap(key, json.Unmarshal(body, &f))
}
