package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"edgelabel/store"
	"edgelabel/store/frame"
)

func TestLearned(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, store.Options{})
	if state, err := s.Learned("press1.force.novelty"); state != nil || err != nil {
		t.Errorf("before anything was kept: %q, %v", state, err)
	}
	check(t, s.KeepLearned("press1.force.novelty", []byte("first")))
	check(t, s.KeepLearned("press1.force.novelty", []byte("second\x00with zeros")))
	check(t, s.KeepLearned("other", []byte("else")))
	s.stop()
	s.close()
	s = open(t, dir, store.Options{})
	if state := must(s.Learned("press1.force.novelty"))(t); !bytes.Equal(state, []byte("second\x00with zeros")) {
		t.Errorf("after a start: %q", state)
	}
	for _, name := range must(filepath.Glob(filepath.Join(dir, "learned", "*")))(t) {
		b := must(os.ReadFile(name))(t)
		b[len(b)-1] ^= 1
		check(t, os.WriteFile(name, b, 0o600))
	}
	if state, err := s.Learned("other"); state != nil || !errors.Is(err, frame.ErrDamaged) {
		t.Errorf("damaged: %q, %v", state, err)
	}
	if kept := must(filepath.Glob(filepath.Join(dir, "quarantine", "*.state.*")))(t); len(kept) != 1 {
		t.Errorf("set aside: %q", kept)
	}
	if state, err := s.Learned("other"); state != nil || err != nil {
		t.Errorf("after it was set aside: %q, %v", state, err)
	}
}
