package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"edgelabel/store/blob"
	"edgelabel/store/frame"
	"edgelabel/store/history"
)

// blobs hashes every blob and holds it against its sidecars.
func (d *doctor) blobs() error {
	return filepath.WalkDir(d.path("blobs"), func(path string, e fs.DirEntry, err error) error {
		if err = errors.Join(err, d.ctx.Err()); err != nil || e.IsDir() {
			return err
		}
		sha, isSidecar := e.Name(), strings.HasSuffix(e.Name(), ".json")
		if isSidecar {
			sha, _, _ = strings.Cut(sha, ".")
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), sha)); err != nil && blob.Valid(sha) {
				d.note("sidecar %s has no blob", e.Name())
			}
			return nil
		}
		if !blob.Valid(sha) {
			d.note("%s does not belong there", path)
			return nil
		}
		return d.blob(sha, path)
	})
}

func (d *doctor) blob(sha, path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if is := blob.Sum(b); is != sha {
		d.find("blobs/"+sha, "its bytes have SHA-256 %s", is)
		d.badBlobs = append(d.badBlobs, sha)
		return nil
	}
	names, err := filepath.Glob(path + ".*json")
	if err != nil {
		return err
	}
	var docs [][]byte
	for _, name := range names {
		doc, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		docs = append(docs, doc)
	}
	if _, fits := identify(sha, int64(len(b)), docs); !fits && len(docs) > 0 {
		d.find("blobs/"+sha, "none of its sidecars fits it")
		d.badBlobs = append(d.badBlobs, sha)
		return nil
	} else if fits {
		d.onDisk[sha] = int64(len(b))
		d.x.Blobs++
		return nil
	}
	d.note("blob %s has no sidecar: it was never acknowledged", sha)
	return nil
}

func (d *doctor) series() error {
	blocks, faults, err := history.Check(d.path("series"))
	for _, f := range faults {
		d.find("series/"+f.Name, "%s", f.What)
		d.badSegments = append(d.badSegments, f.Name)
	}
	d.x.Blocks = blocks
	return err
}

// logs reads every record of labels.log and of the journal.
func (d *doctor) logs() error {
	if err := d.log("labels.log", labelsHeader, func(at int64) bool { return at >= d.rows.counters().Labels }); err != nil {
		return err
	}
	nums, err := journalSegments(d.path("journal"))
	if err != nil {
		return err
	}
	for _, num := range nums {
		err := d.log("journal/"+journalName(num), journalHeader, func(at int64) bool {
			c := d.rows.counters()
			return num > c.Segment || num == c.Segment && at >= c.Offset
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *doctor) log(name, header string, ahead func(int64) bool) error {
	f, size, err := openSized(d.path(name))
	if err != nil {
		return err
	}
	defer f.Close() // read only
	if !frame.CheckHeader(f, header) {
		d.hurt(name, "it does not begin as it should")
		return nil
	}
	unreadable := 0
	found, err := frame.Scan(f, frame.FileHeader, size, func(at int64, payload []byte) error {
		r := &record{}
		if err := d.p.unpackJSON(payload, r); err != nil {
			unreadable++
			return nil
		}
		d.x.Records++
		d.remember(r, ahead(at))
		return d.ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if n := len(found.Damaged) + unreadable; n > 0 {
		d.hurt(name, "%d places in it cannot be read", n)
	}
	if torn := size - found.End; torn > 0 {
		d.note("%s: the last %d bytes are no whole record and were never acknowledged", name, torn)
	}
	return nil
}

func (d *doctor) hurt(name, format string, args ...any) {
	d.find(name, format, args...)
	d.badLogs = append(d.badLogs, name)
	d.badJournal = d.badJournal || name != "labels.log"
}

func (d *doctor) remember(r *record, ahead bool) {
	switch {
	case r.Item != nil:
		if id := idOf(r.Item); r.Seq >= d.items[id].seq {
			d.items[id] = logged{r.Seq, ahead}
		}
	case r.Label != nil:
		d.labels[labelName(r.Label)] = logged{r.Seq, ahead}
	case r.Evicted != nil && r.Evicted.Class == "item":
		delete(d.items, r.Evicted.Key)
	}
}
