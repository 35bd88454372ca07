package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"edgelabel/agent/label"
	"edgelabel/store/frame"

	bolt "go.etcd.io/bbolt"
)

// walkBlobs compares blobs/ with the index: what was never acknowledged is entered when its sidecar says what it is, else removed; what
// the disk has lost is taken out.
func (s *Store) walkBlobs(db *bolt.DB) error {
	seen := make(map[string]bool)
	var found []foundBlob
	err := s.blobs.Walk(func(sha string, size int64, sidecars func() ([][]byte, error)) error {
		known, err := s.inIndex(db, sha)
		if err != nil {
			return err
		}
		if known.Bytes == size && size > 0 {
			seen[sha] = true
			return nil
		}
		docs, err := sidecars()
		if err != nil {
			return err
		}
		f, ok := identify(sha, size, docs)
		switch {
		case ok:
			found = append(found, f)
			seen[sha] = true
		case known.Bytes > 0 || len(docs) > 0:
			kept, err := frame.Quarantine(filepath.Join(s.path("blobs"), sha[:2], sha[2:4], sha), s.path("quarantine"))
			s.recovery.say("blob %s: %d bytes long, which is not what its sidecar says; kept as quarantine/%s", sha, size, kept)
			return err
		default:
			s.recovery.Removed++
			return s.blobs.Remove(sha)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("compare blobs with the index: %w", err)
	}
	s.recovery.Indexed += len(found)
	return s.enterBlobs(db, found, seen)
}

func (s *Store) inIndex(db *bolt.DB, sha string) (b blobInfo, err error) {
	err = db.View(func(tx *bolt.Tx) error {
		t := s.newTxn(tx)
		b, _ = t.blob(sha)
		return t.err
	})
	return b, err
}

// foundBlob is what sidecars say about a blob.
type foundBlob struct {
	sha    string
	window *windowSidecar
	images []label.Image
}

// identify reads the sidecars; ok is false when they do not fit the blob.
func identify(sha string, size int64, docs [][]byte) (f foundBlob, ok bool) {
	f.sha = sha
	for _, doc := range docs {
		if strings.Contains(string(doc), `"window":true`) {
			var w windowSidecar
			if json.Unmarshal(doc, &w) == nil && w.SHA256 == sha && w.Bytes == size {
				f.window = &w
			}
			continue
		}
		var im label.Image
		if json.Unmarshal(doc, &im) == nil && im.SHA256 == sha && im.Bytes == size {
			f.images = append(f.images, im)
		}
	}
	return f, f.window != nil || len(f.images) > 0
}

// came is when the blob came, by the wall clock: after an index was lost nothing better is known.
func (f *foundBlob) came() int64 {
	if f.window != nil {
		return f.window.Saved
	}
	return f.images[0].Received
}

func (s *Store) enterBlobs(db *bolt.DB, found []foundBlob, seen map[string]bool) error {
	slices.SortStableFunc(found, func(a, b foundBlob) int { return cmp.Compare(a.came(), b.came()) })
	for chunk := range slices.Chunk(found, 1000) {
		err := db.Update(func(tx *bolt.Tx) error {
			t := s.newTxn(tx)
			for _, f := range chunk {
				t.enterBlob(f)
			}
			t.save()
			return t.err
		})
		if err != nil {
			return err
		}
	}
	return db.Update(func(tx *bolt.Tx) error {
		t := s.newTxn(tx)
		for _, key := range t.keys(buckets.blobs, nil) {
			if !seen[string(key)] {
				s.recovery.Missing++
				s.recovery.say("blob %s: in the index and not on disk", key)
				t.dropBlob(string(key))
			}
		}
		t.save()
		return t.err
	})
}

func (t *txn) enterBlob(f foundBlob) {
	for _, im := range f.images {
		t.addImage(im, nil)
	}
	if f.window == nil {
		return
	}
	if _, ok := t.blob(f.sha); !ok {
		t.putBlob(f.sha, blobInfo{Bytes: f.window.Bytes, Added: f.window.Saved, Window: true})
	}
}
