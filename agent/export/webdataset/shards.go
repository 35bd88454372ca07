package webdataset

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// A shard ends with the example that brings it to one of these.
const (
	shardBytes    = 512 << 20
	shardExamples = 10_000
)

// entry is a file of an example: its bytes, or a file that is moved into the shard.
type entry struct {
	name string
	body []byte
	file string
}

// shards writes examples into one tar file after the other.
type shards struct {
	dir, name string

	n        int // shards begun
	f        *os.File
	tar      *tar.Writer
	bytes    int64
	examples int
}

// add writes the files of one example into one shard.
func (s *shards) add(files []entry) error {
	if s.f == nil {
		if err := s.begin(); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := s.write(f); err != nil {
			return fmt.Errorf("shard entry %s: %w", f.name, err)
		}
	}
	if s.examples++; s.examples >= shardExamples || s.bytes >= shardBytes {
		return s.close()
	}
	return nil
}

func (s *shards) begin() (err error) {
	if s.f, err = os.Create(filepath.Join(s.dir, fmt.Sprintf("%s-%06d.tar", s.name, s.n))); err != nil {
		return err
	}
	s.n++
	s.tar, s.bytes, s.examples = tar.NewWriter(s.f), 0, 0
	return nil
}

func (s *shards) write(e entry) error {
	if e.file == "" {
		return s.copy(e.name, int64(len(e.body)), bytes.NewReader(e.body))
	}
	f, err := os.Open(e.file)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		err = s.copy(e.name, info.Size(), f)
	}
	return errors.Join(err, f.Close(), os.Remove(e.file))
}

func (s *shards) copy(name string, size int64, body io.Reader) error {
	if err := s.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: size, Format: tar.FormatPAX}); err != nil {
		return err
	}
	s.bytes += size
	_, err := io.Copy(s.tar, body)
	return err
}

// close ends the shard. The next example begins another.
func (s *shards) close() error {
	if s.f == nil {
		return nil
	}
	err := errors.Join(s.tar.Close(), s.f.Close())
	s.f, s.tar = nil, nil
	return err
}
