package store

import (
	"errors"
	"fmt"

	"edgelabel/agent/label"
	"edgelabel/store/frame"
)

// What is turned away on a full disk: everything new but labels while there is a reserve, and labels once it is used up.
var (
	errReserved = fmt.Errorf("%w: the room that is left is kept for labels and for records of what is dropped", label.ErrFull)
	errSpent    = fmt.Errorf("%w: the room that was kept for labels is used up", label.ErrFull)
)

// margin is how much of the disk must be free: with less it counts as full, with twice as much it does not.
func (s *Store) margin() int64 { return s.o.Reserve / 4 }

// filled follows a disk that is full: from now on what is held is for labels.
func (s *Store) filled() {
	if s.o.Reserve > 0 && !s.full.Swap(true) {
		s.o.Log.Warn("the disk is full: labels are taken, samples and pictures are not", "dir", s.dir)
	}
}

// admit is an error that wraps label.ErrFull while samples, pictures, windows and new items are turned away.
func (s *Store) admit() error {
	if s.full.Load() {
		return errReserved
	}
	return nil
}

// short classifies what the disk says and has the budgets looked at when there was no room.
func (s *Store) short(err error) error {
	err = classify(err)
	if errors.Is(err, label.ErrFull) {
		s.askForRoom()
	}
	return err
}

// emptied takes everything again when there is room enough besides a whole reserve.
func (s *Store) emptied(free int64) {
	if s.whole.Load() && free >= 2*s.margin() && s.full.Swap(false) {
		s.o.Log.Info("the disk has room again: samples and pictures are taken", "dir", s.dir, "free", free)
	}
}

// turnAway answers what waits, but for what makes room, when so little of the reserve is left that only that may use it.
func (s *Store) turnAway(requests []*request) []*request {
	if !s.spent() {
		return requests
	}
	if s.hold(); !s.spent() {
		return requests
	}
	kept := requests[:0]
	for _, r := range requests {
		if r.frees {
			kept = append(kept, r)
		} else {
			r.answer(errSpent)
		}
	}
	return kept
}

// noted has the budgets looked at when a change found the disk full, and not only the index.
func (s *Store) noted(err error) error {
	if frame.NoRoom(err) {
		s.filled()
		s.askForRoom()
	}
	return err
}
