package store

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"

	"edgelabel/agent/series"
	"edgelabel/store/frame"
	"edgelabel/store/history"
)

// segmentsBucket holds number → segment. It comes with the first segment: an index without it is whole.
var segmentsBucket = []byte("segments")

// segmentsRecord says which segments of samples there are, so that one that somebody removes is missed.
type segmentsRecord struct {
	Have []segmentRecord `json:"have,omitempty"`
	Gone []uint64        `json:"gone,omitempty"` // they were missed, and that is recorded as a gap
}

// segmentRecord is one segment as it was when it was noted: when it was there, and again when it was sealed.
type segmentRecord struct {
	Number uint64 `json:"n"`
	From   int64  `json:"from"` // UTC ns, event times
	To     int64  `json:"to"`
	Sealed bool   `json:"sealed,omitempty"`
}

func (r segmentRecord) name() string { return history.SegmentName(r.Number, r.Sealed) }

func (r segmentRecord) String() string {
	stamp := func(ns int64) string { return time.Unix(0, ns).UTC().Format(time.RFC3339) }
	return fmt.Sprintf("series/%s is gone, and with it what was measured from %s to %s", r.name(), stamp(r.From), stamp(r.To))
}

func (r segmentRecord) gap() *series.Gap {
	return &series.Gap{Source: "store", From: r.From, To: r.To, Reason: series.GapCorrupt, Detail: r.String()}
}

func bySegment(a, b segmentRecord) int { return cmp.Compare(a.Number, b.Number) }

func (t *txn) applySegments(r *segmentsRecord) {
	if _, err := t.tx.CreateBucketIfNotExists(segmentsBucket); err != nil {
		t.fail(err)
		return
	}
	for i := range r.Have {
		t.putJSON(segmentsBucket, key64(r.Have[i].Number), &r.Have[i])
	}
	for _, n := range r.Gone {
		t.del(segmentsBucket, key64(n))
	}
}

// dropSegment takes a segment that was evicted off the list. name is that of its file.
func (t *txn) dropSegment(name string) {
	if n, ok := history.SegmentNumber(name); ok && t.bucket(segmentsBucket) != nil {
		t.del(segmentsBucket, key64(n))
	}
}

// segments are those on record, by number.
func (t *txn) segments() map[uint64]segmentRecord {
	all := make(map[uint64]segmentRecord)
	b := t.bucket(segmentsBucket)
	if b == nil {
		return all
	}
	t.fail(b.ForEach(func(k, v []byte) error {
		var r segmentRecord
		err := t.p.unpackJSON(v, &r)
		all[binary.BigEndian.Uint64(k)] = r
		return err
	}))
	return all
}

// unrecorded lists the segments of which the record lacks something.
func (s *Store) unrecorded() (list []segmentRecord) {
	for _, seg := range s.history.Segments() {
		now := segmentRecord{Number: seg.Number, From: seg.From, To: seg.To, Sealed: seg.Sealed}
		was, known := s.onRecord[seg.Number]
		if !known || now.Sealed && now != was {
			list = append(list, now)
		}
	}
	return list
}

// recordSegments notes the segments by do, which is how a change gets into the journal and the index.
func (s *Store) recordSegments(do func(func(*txn) error) error) error {
	list := s.unrecorded()
	if len(list) == 0 {
		return nil
	}
	err := do(func(t *txn) error { return t.emit(record{Segments: &segmentsRecord{Have: list}}) })
	for i := range list {
		if err == nil {
			s.onRecord[list[i].Number] = list[i]
		}
	}
	return err
}

// keepSegments notes segments that are new or were sealed.
func (s *Store) keepSegments(ctx context.Context) error {
	return s.recordSegments(func(plan func(*txn) error) error { return s.do(ctx, plan) })
}

// setAside reports whether the segment was moved into the quarantine as a whole, which is recorded as any damage is.
func (r *Recovery) setAside(segment uint64) bool {
	return slices.ContainsFunc(r.damages, func(d frame.Damage) bool {
		n, ok := history.SegmentNumber(d.File)
		return ok && n == segment && d.Whole
	})
}

// missSegments records as gaps what segments held that are on record and not on disk, but for those that this start itself has set aside.
func (s *Store) missSegments(t *txn) error {
	s.onRecord = t.segments()
	gone := maps.Clone(s.onRecord)
	for _, seg := range s.history.Segments() {
		delete(gone, seg.Number)
	}
	if len(gone) == 0 {
		return t.err
	}
	for _, r := range slices.SortedFunc(maps.Values(gone), bySegment) {
		delete(s.onRecord, r.Number)
		if s.recovery.setAside(r.Number) {
			continue
		}
		s.recovery.say("%s", r)
		t.fail(t.emit(record{Gap: r.gap()}))
	}
	return t.emit(record{Segments: &segmentsRecord{Gone: slices.Sorted(maps.Keys(gone))}})
}
