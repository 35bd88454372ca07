package history

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"edgelabel/store/frame"
)

// load reads what the files of the folder hold.
func (h *History) load(known *summary) ([]frame.Damage, error) {
	names, err := os.ReadDir(h.cfg.Dir)
	if err != nil {
		return nil, err
	}
	var damages []frame.Damage
	for _, e := range names {
		s, d, err := h.loadFile(e, known)
		if err != nil {
			return nil, fmt.Errorf("segment %s: %w", e.Name(), err)
		}
		if d.Any() {
			damages = append(damages, d)
		}
		if s != nil {
			h.segments = append(h.segments, s)
		}
	}
	slices.SortFunc(h.segments, func(a, b *segment) int { return cmp.Compare(a.num, b.num) })
	if n := len(h.segments); n > 0 {
		h.last = h.segments[n-1].num
	}
	return damages, nil
}

func (h *History) loadFile(file fs.DirEntry, known *summary) (*segment, frame.Damage, error) {
	path := filepath.Join(h.cfg.Dir, file.Name())
	var num uint64
	stem, ext, _ := strings.Cut(file.Name(), ".")
	if stem == summaryName {
		return nil, frame.Damage{}, nil
	}
	if _, err := fmt.Sscanf(stem, "%d", &num); err != nil || ext == "tmp" {
		return nil, frame.Damage{}, os.Remove(path) // what a stop in the middle of sealing left behind
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, frame.Damage{}, nil // set aside since the folder was listed, see rival
	}
	s := &segment{num: num, sealed: ext == "seg"}
	if !s.sealed {
		return h.loadRaw(s)
	}
	clear(h.ends) // it was sealed when a later segment had them
	if k := known.known(num, file); k != nil {
		return k, frame.Damage{}, nil
	}
	h.unknown++
	d, err := h.loadSealed(s)
	if d.Whole || err != nil {
		s = nil
	}
	return s, d, err
}

func (h *History) loadRaw(s *segment) (*segment, frame.Damage, error) {
	goes, rival, err := h.rival(s)
	if goes || err != nil {
		return nil, rival, err
	}
	end, d, err := frame.Repair(h.path(s), rawHeader, h.cfg.Quarantine, frame.FileHeader,
		func(at int64, payload []byte) error { return h.meet(s, at, payload) })
	if !d.Any() {
		d = rival
	}
	if end == 0 || err != nil {
		return nil, d, err
	}
	s.bytes = end
	return s, d, nil
}

// rival decides between a raw segment and the sealed one that was made of it, where a stop left both: the raw one goes, but not before all of
// the sealed one could be read. Else that is set aside, and sealed anew.
func (h *History) rival(raw *segment) (goes bool, d frame.Damage, err error) {
	sealed := h.path(&segment{num: raw.num, sealed: true})
	if _, err := os.Stat(sealed); errors.Is(err, fs.ErrNotExist) {
		return false, d, nil
	}
	_, fault, err := checkFile(h.codec, sealed, []string{sealedHeader, sealedBefore})
	if err != nil {
		return false, d, err
	}
	if fault == "" {
		return true, d, os.Remove(h.path(raw))
	}
	d = frame.Damage{File: filepath.Base(sealed), Whole: true}
	d.Kept, err = frame.Quarantine(sealed, h.cfg.Quarantine)
	return false, d, err
}
