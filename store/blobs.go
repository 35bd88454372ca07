package store

import (
	"slices"

	"edgelabel/agent/label"
)

// blobInfo is what the index keeps of a blob.
type blobInfo struct {
	Bytes  int64    `json:"bytes"`
	Added  int64    `json:"added"`            // UTC ns
	Number uint64   `json:"number,omitempty"` // of the blob, in the order in which they came; 0 in an index from before it was kept
	Clock  *Clock   `json:"clock,omitempty"`  // when a picture came; nil where that was found out later
	Window bool     `json:"window,omitempty"`
	Items  []string `json:"items,omitempty"` // ids of the items that show it
}

func (t *txn) blob(sha string) (blobInfo, bool) {
	var b blobInfo
	ok := t.getJSON(buckets.blobs, []byte(sha), &b)
	return b, ok
}

func orphanKey(sha string, b blobInfo) []byte {
	return append(append([]byte{orphanPicture}, keyAge(b.Number, b.Added)...), sha...)
}

func (t *txn) putBlob(sha string, b blobInfo) {
	old, known := t.blob(sha)
	if !known {
		t.c.Blobs++
		b.Number = t.c.Blobs
		t.countBytes(b, 1)
	}
	if known && len(old.Items) == 0 && !old.Window {
		t.del(buckets.victims, orphanKey(sha, old))
	}
	if len(b.Items) == 0 && !b.Window {
		t.put(buckets.victims, orphanKey(sha, b), []byte(sha))
	}
	t.putJSON(buckets.blobs, []byte(sha), b)
}

func (t *txn) countBytes(b blobInfo, by int64) {
	if b.Window {
		t.c.Windows += by * b.Bytes
	} else {
		t.c.Images += by * b.Bytes
	}
}

// dropBlob takes a blob out of the index. Its file goes after the commit.
func (t *txn) dropBlob(sha string) {
	b, ok := t.blob(sha)
	if !ok {
		return
	}
	t.countBytes(b, -1)
	if len(b.Items) == 0 && !b.Window {
		t.del(buckets.victims, orphanKey(sha, b))
	}
	t.del(buckets.blobs, []byte(sha))
	for _, k := range t.keys(buckets.images, []byte(sha)) {
		t.del(buckets.images, k)
	}
	t.gone = append(t.gone, sha)
	for _, id := range b.Items {
		if old, ok := t.row(id); ok {
			now := *old
			now.Pictures, now.Window = t.onDisk(&now.item)
			t.putRow(id, old, &now)
		}
	}
}

func blobsOf(it *label.Item) []string {
	var list []string
	for _, im := range it.Images {
		list = append(list, im.SHA256)
	}
	if it.Window != nil && it.Window.SHA256 != "" {
		list = append(list, it.Window.SHA256)
	}
	return list
}

// refer notes at the item's blobs that it shows them and reports which kinds are on disk.
func (t *txn) refer(it *label.Item) (pictures, window bool) {
	for _, sha := range blobsOf(it) {
		if b, ok := t.blob(sha); ok && !slices.Contains(b.Items, it.ID) {
			b.Items = append(b.Items, it.ID)
			t.putBlob(sha, b)
		}
	}
	return t.onDisk(it)
}

func (t *txn) onDisk(it *label.Item) (pictures, window bool) {
	for _, sha := range blobsOf(it) {
		if b, ok := t.blob(sha); ok {
			pictures, window = pictures || !b.Window, window || b.Window
		}
	}
	return pictures, window
}

// unrefer takes the item off the blobs that its next revision no longer shows.
func (t *txn) unrefer(old, next *label.Item) {
	kept := blobsOf(next)
	for _, sha := range blobsOf(old) {
		if b, ok := t.blob(sha); ok && !slices.Contains(kept, sha) {
			b.Items = slices.DeleteFunc(b.Items, func(id string) bool { return id == old.ID })
			t.putBlob(sha, b)
		}
	}
}

// dropItem takes an item out of the index, with the blobs that no other item shows and with its entry in the outbox.
func (t *txn) dropItem(id string) {
	old, ok := t.row(id)
	if !ok {
		return
	}
	if old.Entry != 0 {
		t.forgetEntry(old.Entry)
	}
	t.unrefer(&old.item, &label.Item{})
	t.putRow(id, old, nil)
	for _, sha := range blobsOf(&old.item) {
		if b, ok := t.blob(sha); ok && len(b.Items) == 0 && !t.rebuild {
			t.dropBlob(sha)
		}
	}
	t.changed("item", id)
}

// addImage enters a picture that came by the clock. known is true when the camera sent the same bytes under the same name before.
func (t *txn) addImage(im label.Image, came *Clock) (known bool) {
	key := imageKey(im)
	if t.bucket(buckets.images).Get(key) != nil {
		return true
	}
	t.putJSON(buckets.images, key, im)
	if _, ok := t.blob(im.SHA256); !ok {
		t.putBlob(im.SHA256, blobInfo{Bytes: im.Bytes, Added: im.Received, Clock: came})
	}
	return false
}

func imageKey(im label.Image) []byte { return []byte(im.SHA256 + im.Camera + "\x00" + im.Name) }

// age is how long ago the blob came, in ns. What the wall clock did meanwhile counts only where the machine was started in between.
func (t *txn) age(b blobInfo) int64 {
	now, age := t.clock(), t.now-b.Added
	switch {
	case now == nil || now.Boot == "":
		return age
	case b.Clock != nil && b.Clock.Boot == now.Boot:
		return now.Mono - b.Clock.Mono
	case age < 0:
		return now.Mono // before the start, at the least
	}
	return age
}
