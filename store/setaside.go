package store

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"edgelabel/agent/journal"
	"edgelabel/store/frame"
)

// setAside is a file in quarantine/.
type setAside struct {
	name  string
	bytes int64
}

// quarantined lists quarantine/, what was set aside first coming first.
func (s *Store) quarantined() (list []setAside, bytes int64, err error) {
	entries, err := os.ReadDir(s.path("quarantine"))
	if err != nil {
		return nil, 0, err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue // gone meanwhile, or not ours
		}
		list = append(list, setAside{e.Name(), info.Size()})
		bytes += info.Size()
	}
	slices.SortStableFunc(list, func(a, b setAside) int { return cmp.Compare(frame.Place(a.name), frame.Place(b.name)) })
	return list, bytes, nil
}

// keepQuarantine removes what was set aside first until the rest is inside the budget. The newest index stays: of all that is kept there it
// tells most about what went wrong.
func (s *Store) keepQuarantine(ctx context.Context) error {
	list, bytes, err := s.quarantined()
	if err != nil {
		return err
	}
	newest := newestIndex(list)
	for i, f := range list {
		if bytes <= s.o.Quarantine {
			return nil
		}
		if i == newest {
			continue
		}
		if err := s.dropSetAside(ctx, f); err != nil {
			return err
		}
		bytes -= f.bytes
	}
	return nil
}

// newestIndex is its place in the list, -1 where there is none.
func newestIndex(list []setAside) int {
	newest := -1
	for i, f := range list {
		if strings.HasPrefix(f.name, "index.db") {
			newest = i
		}
	}
	return newest
}

func (s *Store) dropSetAside(ctx context.Context, f setAside) error {
	e := journal.Evicted{Class: "quarantine", Key: f.name, Bytes: f.bytes, Reason: reasonBudget}
	if err := s.doFreeing(ctx, func(t *txn) error { return t.emitEvicted(e) }); err != nil {
		return err
	}
	if err := os.Remove(s.path("quarantine", f.name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
