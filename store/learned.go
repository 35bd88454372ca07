package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"edgelabel/store/frame"
)

const (
	learnedHeader = "ELLEARN1"
	mostLearned   = 64 << 20 // bytes of one state
)

// KeepLearned makes what a detector has learnt durable, in place of what was kept under the key before.
func (s *Store) KeepLearned(key string, state []byte) error {
	path := s.learned(key)
	file := frame.Append([]byte(learnedHeader), append(append([]byte(key), 0), state...))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keep what %s has learnt: %w", key, err)
	}
	if err := frame.WriteFile(path, bytes.NewReader(file)); err != nil {
		return fmt.Errorf("keep what %s has learnt: %w", key, err)
	}
	return nil
}

// Learned returns what was kept under the key; nil when nothing was. What is damaged is moved to quarantine/, and the error says so.
func (s *Store) Learned(key string) ([]byte, error) {
	path := s.learned(key)
	file, err := readAtMost(path, mostLearned)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		var state []byte
		if state, err = openLearned(file, key); err == nil {
			return state, nil
		}
	}
	return nil, fmt.Errorf("what %s has learnt: %w", key, errors.Join(err, s.ForgetLearned(key)))
}

// ForgetLearned moves what was kept under the key to quarantine/: its detector cannot use it.
func (s *Store) ForgetLearned(key string) error {
	if _, err := frame.Quarantine(s.learned(key), filepath.Join(s.dir, "quarantine")); err != nil {
		return fmt.Errorf("set aside: %w", err)
	}
	return nil
}

func (s *Store) learned(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(s.dir, "learned", hex.EncodeToString(sum[:16])+".state")
}

// openLearned takes the state out of the bytes of a file. The key stands in it for people.
func openLearned(file []byte, key string) ([]byte, error) {
	body, ok := bytes.CutPrefix(file, []byte(learnedHeader))
	if !ok {
		return nil, frame.ErrDamaged
	}
	payload, size, err := frame.Decode(body)
	if err != nil {
		return nil, err
	}
	owner, state, ok := bytes.Cut(payload, []byte{0})
	if !ok || string(owner) != key || size != len(body) {
		return nil, frame.ErrDamaged
	}
	return state, nil
}

func readAtMost(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > most {
		return nil, fmt.Errorf("%s: %d bytes, want at most %d", path, info.Size(), most)
	}
	return os.ReadFile(path)
}
