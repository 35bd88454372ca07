package store

import (
	"errors"
	"fmt"

	"edgelabel/agent/series"
)

// direct commits one change from Open, before there is a writer.
func (s *Store) direct(plan func(*txn) error) error {
	errs := make([]error, 1)
	err := s.commit([]*request{{plan: plan}}, errs)
	return errors.Join(err, errs[0])
}

// settleStart writes down what this start changes: targets, epoch, first taxonomy, gaps where data was damaged.
func (s *Store) settleStart() error {
	var dangling []string
	err := s.direct(func(t *txn) error {
		t.sweep()
		epoch := max(t.c.Epoch, s.o.Epoch, 1)
		if epoch != t.c.Epoch {
			t.fail(t.emit(record{Epoch: epoch}))
		}
		if t.c.Taxonomy == 0 {
			tax := s.o.Taxonomy
			if err := tax.Check(); err != nil {
				return fmt.Errorf("first taxonomy: %w", err)
			}
			t.fail(t.emitTaxonomy(&tax, ""))
		}
		t.fail(s.missSegments(t))
		for _, d := range s.recovery.damages {
			t.fail(t.emit(record{Gap: &series.Gap{Source: "store", From: t.now, To: t.now, Reason: series.GapCorrupt, Detail: d.String()}}))
		}
		if s.recovery.Unclean {
			t.dropDangling()
		}
		dangling = t.gone
		s.recovery.epoch = t.c.Epoch
		return t.err
	})
	if err != nil {
		return err
	}
	if s.recovery.Replayed > 0 && s.recovery.Unclean {
		s.recovery.say("%d records of the logs were not in the index yet and were applied", s.recovery.Replayed)
	}
	s.announce(&txn{})
	return errors.Join(s.removeFiles(dangling), s.recordSegments(s.direct), s.letGo())
}

// dropDangling takes windows out that no item shows: settling was cut short and never acknowledged.
func (t *txn) dropDangling() {
	var list []string
	t.fail(t.bucket(buckets.blobs).ForEach(func(k, v []byte) error {
		var b blobInfo
		err := t.p.unpackJSON(v, &b)
		if err == nil && b.Window && len(b.Items) == 0 {
			list = append(list, string(k))
		}
		return err
	}))
	for _, sha := range list {
		t.dropBlob(sha)
	}
}
