package uplink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Record is an item with every label of it, by revision.
type Record struct {
	Item   label.Item
	Labels []label.Label
	// Window reads the item's samples; nil when the item has no window. It may be called until the yield that got the record returns.
	Window func(ctx context.Context) (*series.Window, error)
}

// Bucket reads a central store back. It trusts only objects that a manifest names, and only after their hash was checked.
type Bucket struct {
	from     Target
	batches  []batchIndex
	blobs    map[string]journal.Object // by sha256
	taxonomy label.Taxonomy
	labels   *spool
	awaited  map[string]string // items that were foretold and have not come
}

// batchIndex is what a manifest names beside images.
type batchIndex struct{ items, windows []journal.Object }

// OpenBucket reads the manifests of every gateway and the labels. Close the bucket after use.
func OpenBucket(ctx context.Context, from Target) (*Bucket, error) {
	links, odd, err := listChains(ctx, from, commitsRoot)
	if err != nil {
		return nil, err
	}
	if len(odd) > 0 {
		return nil, errors.Join(odd...)
	}
	labels, err := newSpool()
	if err != nil {
		return nil, err
	}
	b := &Bucket{from: from, blobs: map[string]journal.Object{}, labels: labels}
	arrived := map[string]bool{}
	for _, l := range links {
		if err := b.load(ctx, l.key, arrived); err != nil {
			return nil, errors.Join(err, b.Close())
		}
	}
	if b.awaited, err = AwaitedItems(ctx, from, func(item string) bool { return arrived[item] }); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// Close frees the temporary file.
func (b *Bucket) Close() error { return b.labels.close() }

// Taxonomy is the newest revision that any gateway sent; its Revision is 0 when none did.
func (b *Bucket) Taxonomy(context.Context) (label.Taxonomy, error) { return b.taxonomy, nil }

// Awaited are the items that gateways have told of and whose pictures have not come, by id in order.
func (b *Bucket) Awaited() []string { return slices.Sorted(maps.Keys(b.awaited)) }

func (b *Bucket) load(ctx context.Context, key string, arrived map[string]bool) error {
	m, err := readContents(ctx, b.from, key)
	if err != nil {
		return err
	}
	for _, id := range m.Items {
		arrived[id] = true
	}
	var batch batchIndex
	for _, o := range m.Objects {
		switch folder, _, _ := strings.Cut(strings.TrimPrefix(o.Key, root), "/"); folder {
		case "blobs":
			b.blobs[o.SHA256] = o
		case "items":
			batch.items = append(batch.items, o)
		case "windows":
			batch.windows = append(batch.windows, o)
		case "labels":
			if err := b.loadLabels(ctx, o); err != nil {
				return err
			}
		}
	}
	b.batches = append(b.batches, batch)
	for _, t := range m.Taxonomy {
		if t.Revision > b.taxonomy.Revision || t.Revision == b.taxonomy.Revision && t.Changed > b.taxonomy.Changed {
			b.taxonomy = t
		}
	}
	return nil
}

func (b *Bucket) loadLabels(ctx context.Context, o journal.Object) error {
	return b.lines(ctx, o, func(line []byte) error {
		var l struct {
			Item string `json:"item"`
		}
		if err := json.Unmarshal(line, &l); err != nil {
			return err
		}
		return b.labels.add(l.Item, line)
	})
}

func (b *Bucket) lines(ctx context.Context, o journal.Object, yield func([]byte) error) error {
	f, err := fetch(ctx, b.from, o)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := eachLine(f, yield); err != nil {
		return fmt.Errorf("%s: %w", o.Key, err)
	}
	return nil
}

// Each calls yield for every item, gateway after gateway in the order of their batches, each item once. It stops at the first error.
func (b *Bucket) Each(ctx context.Context, yield func(Record) error) error {
	seen := map[string]bool{}
	for _, batch := range b.batches {
		for _, o := range batch.items {
			w := &lazyWindows{from: b.from, object: windowsBeside(o, batch.windows)}
			err := b.lines(ctx, o, func(line []byte) error {
				r := Record{}
				if err := json.Unmarshal(line, &r.Item); err != nil || seen[r.Item.ID] {
					return err
				}
				seen[r.Item.ID] = true
				return b.complete(&r, w, yield)
			})
			if err := errors.Join(err, w.close()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *Bucket) complete(r *Record, w *lazyWindows, yield func(Record) error) error {
	labels, err := b.labels.labels(r.Item.ID)
	if err != nil {
		return fmt.Errorf("labels of item %s: %w", r.Item.ID, err)
	}
	r.Labels = labels
	if ref := r.Item.Window; ref != nil {
		r.Window = func(ctx context.Context) (*series.Window, error) { return w.read(ctx, r.Item.ID, ref) }
	}
	return yield(*r)
}

// windowsBeside finds the windows of the same batch and partition as an items object; nil when the batch has none there.
func windowsBeside(items journal.Object, windows []journal.Object) *journal.Object {
	folder := root + "windows/" + strings.TrimPrefix(items.Key[:strings.LastIndex(items.Key, "/")+1], root+"items/")
	for i := range windows {
		if strings.HasPrefix(windows[i].Key, folder) {
			return &windows[i]
		}
	}
	return nil
}

// OpenBlob opens an image by the SHA-256 of its bytes. The error wraps fs.ErrNotExist when no manifest names it.
func (b *Bucket) OpenBlob(sha256 string) (io.ReadSeekCloser, error) {
	o, ok := b.blobs[sha256]
	if !ok {
		return nil, fmt.Errorf("blob %s: %w", sha256, fs.ErrNotExist)
	}
	f, err := fetch(context.Background(), b.from, o)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// lazyWindows opens a Parquet object when the first of its items is asked for.
type lazyWindows struct {
	from   Target
	object *journal.Object
	file   fetched
	reader *windowReader
}

func (l *lazyWindows) read(ctx context.Context, item string, ref *label.WindowRef) (*series.Window, error) {
	w := &series.Window{}
	if l.object != nil {
		if err := l.open(ctx); err != nil {
			return nil, err
		}
		var err error
		if w, err = l.reader.window(item); err != nil {
			return nil, fmt.Errorf("%s: %w", l.object.Key, err)
		}
	}
	w.From, w.To = ref.From, ref.To
	return w, nil
}

func (l *lazyWindows) open(ctx context.Context) error {
	if l.reader != nil {
		return nil
	}
	f, err := fetch(ctx, l.from, *l.object)
	if err != nil {
		return err
	}
	if l.reader, err = newWindowReader(f, l.object.Size); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", l.object.Key, err), f.Close())
	}
	l.file = f
	return nil
}

func (l *lazyWindows) close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}
