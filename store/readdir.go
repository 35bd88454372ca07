package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"edgelabel/agent/label"
	"edgelabel/store/blob"
	"edgelabel/store/frame"
)

// ReadDir calls yield for every item of a data directory, in the order of their ids, with its newest revision and all its labels. It
// reads the logs and not the index, changes nothing, and works while an agent has the directory open. What is being written at that
// moment may be missing. An error of yield ends it and is returned as it is.
func ReadDir(ctx context.Context, dir string, yield func(label.Item, []label.Label) error) error {
	r, err := openReader(dir)
	if err != nil {
		return err
	}
	defer r.close()
	if err := r.scan(ctx); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(r.items)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		it, labels, err := r.item(id)
		if err != nil {
			return err
		}
		if err := yield(it, labels); err != nil {
			return err
		}
	}
	return nil
}

// OpenBlobIn opens a picture or a frozen window of a data directory. The error wraps fs.ErrNotExist.
func OpenBlobIn(dir, sha string) (io.ReadSeekCloser, error) {
	f, err := blob.Open(filepath.Join(dir, "blobs"), sha)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// reader knows where in the logs the newest record of each item and each label is. It holds the files open, so that a journal that is
// rewritten meanwhile does no harm.
type reader struct {
	p      packer
	files  []logFile
	items  map[string]place
	labels map[string][]place
}

type logFile struct {
	f    *os.File
	size int64
}

type place struct {
	file int
	at   int64
	seq  uint64
}

func openReader(dir string) (*reader, error) {
	if _, err := checkVersion(dir); err != nil {
		return nil, err
	}
	p, err := newPacker()
	if err != nil {
		return nil, err
	}
	for try := 0; ; try++ {
		r := &reader{p: p, items: make(map[string]place), labels: make(map[string][]place)}
		err := r.openFiles(dir)
		if err == nil {
			return r, nil
		}
		r.close()
		if !errors.Is(err, fs.ErrNotExist) || try == 3 {
			return nil, fmt.Errorf("read %s: %w", dir, err)
		}
	}
}

func (r *reader) openFiles(dir string) error {
	nums, err := journalSegments(filepath.Join(dir, "journal"))
	if err != nil {
		return err
	}
	for _, num := range nums {
		if err := r.openFile(filepath.Join(dir, "journal", journalName(num)), journalHeader); err != nil {
			return err
		}
	}
	return r.openFile(filepath.Join(dir, "labels.log"), labelsHeader)
}

func (r *reader) openFile(path, header string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	r.files = append(r.files, logFile{f, info.Size()})
	if !frame.CheckHeader(f, header) {
		return fmt.Errorf("%s: not a file of this program", path)
	}
	return nil
}

func (r *reader) close() {
	for _, f := range r.files {
		_ = f.f.Close() // read only
	}
}

func (r *reader) scan(ctx context.Context) error {
	for i, f := range r.files {
		_, err := frame.Scan(f.f, frame.FileHeader, f.size, func(at int64, payload []byte) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			var rec record
			if err := r.p.unpackJSON(payload, &rec); err != nil {
				return err
			}
			return r.note(place{file: i, at: at, seq: uint64(rec.Seq)}, &rec)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) note(at place, rec *record) error {
	var key struct {
		ID   string `json:"id"`
		Item string `json:"item"`
	}
	switch {
	case rec.Item != nil:
		if err := json.Unmarshal(rec.Item, &key); err != nil {
			return err
		}
		if at.seq >= r.items[key.ID].seq {
			r.items[key.ID] = at
		}
	case rec.Label != nil:
		if err := json.Unmarshal(rec.Label, &key); err != nil {
			return err
		}
		r.labels[key.Item] = append(r.labels[key.Item], at)
	case rec.Evicted != nil && rec.Evicted.Class == "item":
		delete(r.items, rec.Evicted.Key)
	}
	return nil
}

func (r *reader) record(at place) (rec record, err error) {
	f := r.files[at.file]
	payload, err := frame.ReadAt(f.f, at.at, f.size)
	if err != nil {
		return rec, err
	}
	err = r.p.unpackJSON(payload, &rec)
	return rec, err
}

func (r *reader) item(id string) (it label.Item, labels []label.Label, err error) {
	rec, err := r.record(r.items[id])
	if err == nil {
		err = json.Unmarshal(rec.Item, &it)
	}
	if err != nil {
		return it, nil, fmt.Errorf("item %s: %w", id, err)
	}
	for _, at := range r.labels[id] {
		rec, err := r.record(at)
		if err != nil {
			return it, nil, fmt.Errorf("label of item %s: %w", id, err)
		}
		var l label.Label
		if err := json.Unmarshal(rec.Label, &l); err != nil {
			return it, nil, fmt.Errorf("label of item %s: %w", id, err)
		}
		if !slices.ContainsFunc(labels, func(o label.Label) bool { return o.Rev == l.Rev }) {
			labels = append(labels, l)
		}
	}
	slices.SortFunc(labels, func(a, b label.Label) int { return a.Rev - b.Rev })
	return it, labels, nil
}
