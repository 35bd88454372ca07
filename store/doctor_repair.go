package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"edgelabel/store/blob"
	"edgelabel/store/frame"
	"edgelabel/store/history"

	bolt "go.etcd.io/bbolt"
)

// repair puts right what can be. The directory counts as left open from its beginning on, so that the next Open looks at everything
// should this be cut short.
func (d *doctor) repair() error {
	if len(d.x.Findings) == 0 {
		return nil
	}
	if err := markOpen(d.dir); err != nil {
		return err
	}
	if err := errors.Join(d.mendBlobs(), d.mendSeries()); err != nil {
		return err
	}
	if d.rows == nil || d.badIndex {
		return d.mendWithoutIndex()
	}
	return d.mendWithIndex()
}

// mended notes what was done about the findings of a file or of all below a folder.
func (d *doctor) mended(file, what string) {
	for i := range d.x.Findings {
		if f := &d.x.Findings[i]; f.File == file || strings.HasPrefix(f.File, file+"/") {
			f.Mended = what
		}
	}
}

func (d *doctor) mendBlobs() error {
	for _, sha := range d.badBlobs {
		path := blob.Path(d.path("blobs"), sha)
		names, err := filepath.Glob(path + "*")
		if err != nil {
			return err
		}
		for _, name := range names {
			if _, err := frame.Quarantine(name, d.path("quarantine")); err != nil {
				return err
			}
		}
	}
	d.mended("blobs", "moved to quarantine/")
	return nil
}

func (d *doctor) mendSeries() error {
	if len(d.badSegments) == 0 {
		return nil
	}
	if err := settleVersion(d.dir); err != nil { // segments are written as this version does
		return err
	}
	err := history.Mend(history.Config{Dir: d.path("series"), Quarantine: d.path("quarantine")}, d.badSegments)
	if err != nil {
		return err
	}
	for _, name := range d.badSegments {
		d.mended("series/"+name, "written anew from what can be read; the damaged file is in quarantine/")
	}
	return nil
}

// mendGone says what became of segments that are not there. Open has recorded them, or will.
func (d *doctor) mendGone(what string) {
	for _, name := range d.gone {
		d.mended("series/"+name, what)
	}
}

// mendWithIndex writes damaged logs anew from a good index, which takes in first what the logs are ahead.
func (d *doctor) mendWithIndex() (err error) {
	targets, err := d.targets()
	if err == nil {
		err = d.keepLogs(false)
	}
	if err = errors.Join(err, d.unlock()); err != nil {
		return err
	}
	s, err := Open(d.dir, Options{Targets: targets, Probe: d.o.Probe})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	d.mendGone("recorded as a gap")
	if d.badJournal || len(d.lostItems) > 0 {
		if err := s.rewriteJournal(os.Remove); err != nil {
			return err
		}
		d.mended("journal", "written anew from the index; the damaged file is in quarantine/")
	}
	if slices.Contains(d.badLogs, "labels.log") || len(d.lostLabels) > 0 {
		if err := s.rewriteLabels(); err != nil {
			return err
		}
		d.mended("labels.log", "written anew from the index; the damaged file is in quarantine/")
	}
	return nil
}

func (d *doctor) targets() (names []string, err error) {
	db, err := openIndex(d.path("index.db"), DefaultIndex)
	if err != nil {
		return nil, err
	}
	err = db.View(func(tx *bolt.Tx) error {
		names = targetsOf(tx)
		return nil
	})
	return names, errors.Join(err, db.Close())
}

// mendWithoutIndex writes damaged logs anew from what can be read of them, adds what only the index had where it could be read, and sets
// the index aside: the next start builds it from the logs.
func (d *doctor) mendWithoutIndex() error {
	kept := map[string][]*record{}
	for _, name := range d.badLogs {
		list, err := d.readable(name)
		if err != nil {
			return err
		}
		kept[name] = list
	}
	if len(d.lostLabels) > 0 && kept["labels.log"] == nil {
		list, err := d.readable("labels.log")
		if err != nil {
			return err
		}
		kept["labels.log"] = list
	}
	if err := d.keepLogs(true); err != nil {
		return err
	}
	for name, list := range kept {
		header := journalHeader
		if name == "labels.log" {
			header, list = labelsHeader, append(list, d.lostLabels...)
		}
		if err := d.writeLog(name, header, list); err != nil {
			return err
		}
	}
	if err := d.addItems(); err != nil {
		return err
	}
	if d.badJournal {
		if _, err := raiseEpoch(d.dir); err != nil {
			return err
		}
	}
	for _, name := range []string{"journal", "labels.log"} {
		d.mended(name, "written anew from what can be read; the damaged file is in quarantine/")
	}
	d.mendGone("the next start records it as a gap")
	return d.dropIndex()
}

func (d *doctor) dropIndex() error {
	if _, err := os.Stat(d.path("index.db")); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	_, err := frame.Quarantine(d.path("index.db"), d.path("quarantine"))
	if err == nil {
		d.mended("index.db", "moved to quarantine/; the next start builds it from the files")
	}
	return err
}
