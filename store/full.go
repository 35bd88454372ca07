package store

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"edgelabel/agent/label"
)

// errReserved is what is turned away while the room that is left is kept for labels.
var errReserved = fmt.Errorf("%w: the room that is left is kept for labels and for records of what is dropped", label.ErrFull)

// margin is the part of the ballast that must be free besides it: with less the disk counts as full, with more it does not.
func (s *Store) margin() int64 { return s.o.Ballast / 4 }

// relieve follows a disk that is full: the ballast is given up, and from now on its room is kept for labels.
func (s *Store) relieve() {
	freed := s.dropBallast()
	if s.o.Ballast > 0 && !s.full.Swap(true) {
		s.o.Log.Warn("the disk is full: labels are taken, samples and pictures are not", "dir", s.dir, "ballast_given_up", freed)
	}
}

// admit is an error that wraps label.ErrFull while samples, pictures and windows are turned away.
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

// restoreBallast takes its room back when there is enough, and with that everything is taken again.
func (s *Store) restoreBallast(free int64) error {
	if s.o.Ballast <= 0 {
		return nil
	}
	path := s.path("ballast")
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if free < s.o.Ballast+s.margin() {
		return nil
	}
	if err := allocate(path, s.o.Ballast); err != nil {
		return err
	}
	if s.full.Swap(false) {
		s.o.Log.Info("the disk has room again: samples and pictures are taken", "dir", s.dir, "free", free)
	}
	return nil
}

func (s *Store) dropBallast() bool { return os.Remove(s.path("ballast")) == nil }

// again reports whether a change that found the disk full, and not only the index, is worth another try: there is room now, which this call
// or somebody else has made.
func (s *Store) again(err error) bool {
	if s.o.Ballast <= 0 || !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EDQUOT) {
		return false
	}
	s.relieve()
	s.askForRoom()
	return true
}
