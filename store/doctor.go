package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"edgelabel/agent/journal"
)

// Finding is something that is not as it should be.
type Finding struct {
	File   string // below the data directory
	What   string
	Mended string // what was done about it; empty where nothing was, or could be
}

// Examination is what Doctor saw.
type Examination struct {
	Findings []Finding
	Notes    []string // what the next start settles by itself

	Blobs, Blocks, Records, Rows int // that were read and are good
}

// Open counts the findings that nothing was done about.
func (x *Examination) Open() int {
	n := 0
	for _, f := range x.Findings {
		if f.Mended == "" {
			n++
		}
	}
	return n
}

// DoctorOptions says how Doctor goes about it.
type DoctorOptions struct {
	Repair bool
	Probe  func(path string) error // as in Options
}

// Doctor reads everything in a data directory that nobody has open: every blob against its name and sidecar, every block of samples, every
// record of the logs, and the logs and the index against each other. With Repair it puts right what can be: what is damaged goes to
// quarantine/, what only one of log and index still has is written to the log, and an index that does not fit is set aside, to be built
// again at the next start.
func Doctor(ctx context.Context, dir string, o DoctorOptions) (_ Examination, err error) {
	d := &doctor{ctx: ctx, dir: dir, o: o, onDisk: map[string]int64{}, labels: map[string]logged{}, items: map[string]logged{}}
	if _, err := checkVersion(dir); err != nil {
		return d.x, err
	}
	if !isDataDir(dir) {
		return d.x, fmt.Errorf("%s: %w", dir, errNoData)
	}
	if d.lock, err = lockDir(dir, 0); err != nil {
		return d.x, err
	}
	defer func() { err = errors.Join(err, d.unlock()) }()
	if d.p, err = newPacker(); err != nil {
		return d.x, err
	}
	for _, look := range []func() error{d.blobs, d.series, d.index, d.logs, d.compare} {
		if err := look(); err != nil {
			return d.x, err
		}
	}
	if !o.Repair {
		return d.x, nil
	}
	return d.x, d.repair()
}

// doctor is one examination.
type doctor struct {
	ctx context.Context
	dir string
	o   DoctorOptions
	p   packer
	x   Examination

	lock *os.File

	onDisk map[string]int64 // good blobs
	labels map[string]logged
	items  map[string]logged
	rows   *indexed // nil when there is no index that could be read

	badBlobs    []string // sha256
	badSegments []string // names of files
	gone        []string // names of segments that are on record and not there
	badLogs     []string // paths that have damaged places inside
	badJournal  bool     // and the journal is among them
	badIndex    bool
	lostLabels  []*record // that only the index has
	lostItems   []*record
}

// logged is where the newest record of something stands.
type logged struct {
	seq   journal.Seq
	ahead bool // the index has not come so far
}

func (d *doctor) unlock() error {
	if d.lock == nil {
		return nil
	}
	err := d.lock.Close()
	d.lock = nil
	return err
}

func (d *doctor) path(names ...string) string {
	return filepath.Join(append([]string{d.dir}, names...)...)
}

func (d *doctor) find(file, format string, args ...any) {
	d.x.Findings = append(d.x.Findings, Finding{File: file, What: fmt.Sprintf(format, args...)})
}

func (d *doctor) note(format string, args ...any) {
	d.x.Notes = append(d.x.Notes, fmt.Sprintf(format, args...))
}
