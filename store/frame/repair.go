package frame

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"edgelabel/store/failpoint"
)

// Damage is what Repair found wrong with a file.
type Damage struct {
	File  string // base name
	Cut   int64  // bytes of a torn tail that were taken off
	Lost  int64  // bytes in the middle that hold no readable record; they stay where they are
	Spans []Span // where those are
	Kept  string // file in the quarantine that has the bytes, empty when there were none
	Whole bool   // the file as a whole was unreadable and was moved
}

// Any reports whether something was wrong.
func (d Damage) Any() bool { return d.Cut > 0 || d.Lost > 0 || d.Whole }

func (d Damage) String() string {
	switch {
	case d.Whole:
		return fmt.Sprintf("%s: unreadable, kept as quarantine/%s", d.File, d.Kept)
	case d.Cut > 0 && d.Lost > 0:
		return fmt.Sprintf("%s: %d damaged bytes skipped, torn tail of %d bytes cut, kept as quarantine/%s", d.File, d.Lost, d.Cut, d.Kept)
	case d.Cut > 0:
		return fmt.Sprintf("%s: torn tail of %d bytes cut, kept as quarantine/%s", d.File, d.Cut, d.Kept)
	}
	return fmt.Sprintf("%s: %d damaged bytes skipped", d.File, d.Lost)
}

// Repair reads a log from the offset (at least FileHeader) and cuts a torn tail off after copying it to the quarantine folder. Where the disk
// is too full for the copy the tail stays, as damage inside the file. A file whose header is wrong is moved as a whole. It returns where the
// next frame goes, 0 when the file was moved.
func Repair(path, header, quarantine string, from int64, yield func(at int64, payload []byte) error) (end int64, d Damage, err error) {
	d.File = filepath.Base(path)
	f, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		return 0, d, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return 0, d, err
	}
	if !CheckHeader(f, header) {
		d.Whole = true
		d.Kept, err = Quarantine(path, quarantine)
		return 0, d, err
	}
	found, err := Scan(f, from, info.Size(), yield)
	if err != nil {
		return 0, d, fmt.Errorf("read %s: %w", path, err)
	}
	d.Spans = found.Damaged
	for _, s := range found.Damaged {
		d.Lost += s.To - s.From
	}
	torn := Span{found.End, info.Size()}
	if torn.From == torn.To {
		return torn.From, d, nil
	}
	kept, err := cut(f, torn, quarantine)
	if NoRoom(err) {
		d.Lost, d.Spans = d.Lost+torn.To-torn.From, append(d.Spans, torn)
		return torn.To, d, nil
	}
	d.Cut, d.Kept = torn.To-torn.From, kept
	return torn.From, d, err
}

// cut takes the tail off a file and returns the name under which the quarantine folder has it.
func cut(f *os.File, tail Span, quarantine string) (kept string, err error) {
	kept, err = SetAside(quarantine, fmt.Sprintf("%s.%d.cut", filepath.Base(f.Name()), tail.From))
	if err != nil {
		return "", err
	}
	if err := WriteFile(filepath.Join(quarantine, kept), io.NewSectionReader(f, tail.From, tail.To-tail.From)); err != nil {
		return "", err
	}
	if err := f.Truncate(tail.From); err != nil {
		return kept, err
	}
	return kept, f.Sync()
}

// Quarantine moves a file into the folder under a name that is free and returns that name.
func Quarantine(path, folder string) (string, error) {
	name, err := SetAside(folder, filepath.Base(path))
	if err != nil {
		return "", err
	}
	if err := os.Rename(path, filepath.Join(folder, name)); err != nil {
		return "", err
	}
	return name, errors.Join(SyncDir(folder), SyncDir(filepath.Dir(path)))
}

// SetAside is the name for one more file in the quarantine folder: it ends with a number above all that are there.
func SetAside(folder, base string) (string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	last := uint64(0)
	for _, e := range entries {
		last = max(last, Place(e.Name()))
	}
	return fmt.Sprintf("%s.%d", base, last+1), nil
}

// Place is where in the order of what was set aside a file stands, by the number that its name ends with; 0 where it has none.
func Place(name string) uint64 {
	n, err := strconv.ParseUint(strings.TrimPrefix(filepath.Ext(name), "."), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// WriteFile writes a file under a temporary name, syncs it, renames it and syncs the folder: it is there whole or not at all.
func WriteFile(path string, r io.Reader) error {
	f, err := os.CreateTemp(filepath.Dir(path), "*.tmp")
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	failpoint.Hit(failpoint.FileWritten)
	if err == nil {
		err = f.Sync()
	}
	failpoint.Hit(failpoint.FileSynced)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	failpoint.Hit(failpoint.FileNamed)
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	return SyncDir(filepath.Dir(path))
}
