package uplink

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"slices"

	"edgelabel/agent/label"
)

// spool keeps labels by item in an unnamed temporary file, so that only their places are in memory.
type spool struct {
	f      *os.File
	w      *bufio.Writer
	size   int64
	places map[string][]extent
}

type extent struct{ at, n int64 }

func newSpool() (*spool, error) {
	f, err := unnamedFile()
	if err != nil {
		return nil, err
	}
	return &spool{f: f, w: bufio.NewWriter(f), places: map[string][]extent{}}, nil
}

func (s *spool) add(item string, line []byte) error {
	n, err := s.w.Write(line)
	s.places[item] = append(s.places[item], extent{s.size, int64(n)})
	s.size += int64(n)
	return err
}

// labels returns the item's labels by revision, each once.
func (s *spool) labels(item string) ([]label.Label, error) {
	if err := s.w.Flush(); err != nil {
		return nil, err
	}
	var all []label.Label
	for _, p := range s.places[item] {
		line := make([]byte, p.n)
		if _, err := io.ReadFull(io.NewSectionReader(s.f, p.at, p.n), line); err != nil {
			return nil, err
		}
		var l label.Label
		if err := json.Unmarshal(line, &l); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(all, func(o label.Label) bool { return o.ID == l.ID }) {
			all = append(all, l)
		}
	}
	slices.SortStableFunc(all, func(a, b label.Label) int { return a.Rev - b.Rev })
	return all, nil
}

func (s *spool) close() error { return s.f.Close() }
