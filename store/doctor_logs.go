package store

import (
	"errors"
	"os"
	"path/filepath"

	"edgelabel/store/frame"
)

// keepLogs puts damaged logs into the quarantine: the files themselves when move is set, else copies.
func (d *doctor) keepLogs(move bool) error {
	for _, name := range d.badLogs {
		if move {
			if _, err := frame.Quarantine(d.path(name), d.path("quarantine")); err != nil {
				return err
			}
			continue
		}
		kept, err := frame.SetAside(d.path("quarantine"), filepath.Base(name)+".damaged")
		if err != nil {
			return err
		}
		f, err := os.Open(d.path(name))
		if err != nil {
			return err
		}
		if err := errors.Join(frame.WriteFile(d.path("quarantine", kept), f), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (d *doctor) writeLog(name, header string, list []*record) error {
	payloads, err := d.p.packAll(list)
	if err != nil {
		return err
	}
	return appendFresh(d.path(name), header, payloads)
}

// addItems gives the journal the items that only the index had.
func (d *doctor) addItems() error {
	if len(d.lostItems) == 0 {
		return nil
	}
	nums, err := journalSegments(d.path("journal"))
	if err != nil {
		return err
	}
	next := uint64(1)
	if len(nums) > 0 {
		next = nums[len(nums)-1] + 1
	}
	return d.writeLog(filepath.Join("journal", journalName(next)), journalHeader, d.lostItems)
}

// readable reads the good records of a log.
func (d *doctor) readable(name string) (list []*record, err error) {
	f, size, err := openSized(d.path(name))
	if err != nil {
		return nil, err
	}
	defer f.Close() // read only
	_, err = frame.Scan(f, frame.FileHeader, size, func(_ int64, payload []byte) error {
		r := &record{}
		if d.p.unpackJSON(payload, r) == nil { // what cannot be read stays in the quarantined file
			list = append(list, r)
		}
		return nil
	})
	if list == nil {
		list = []*record{}
	}
	return list, err
}
