package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"edgelabel/agent/journal"
	"edgelabel/agent/series"
)

// gapKey is the end of the gap, its number, and what tells whether a range has to do with it: where it begins, its source and its tag. Keys
// of before end with the number.
func gapKey(seq journal.Seq, g *series.Gap) []byte {
	key := append(gapNumber(seq, g), keyTime(g.From)...)
	key = append(append(key, g.Source...), 0)
	return append(key, g.Tag...)
}

// gapNumber is what the gap's key begins with.
func gapNumber(seq journal.Seq, g *series.Gap) []byte {
	return append(keyTime(g.To), key64(uint64(seq))...)
}

// gapOf is what a key says of its gap; ok is false for a key of before.
func gapOf(key []byte) (g series.Gap, ok bool) {
	if len(key) < 24 {
		return g, false
	}
	source, tag, ok := bytes.Cut(key[24:], []byte{0})
	return series.Gap{Source: string(source), Tag: string(tag), From: timeOf(key[16:]), To: timeOf(key)}, ok
}

func (t *txn) applyGap(r *record) {
	if k, _ := t.bucket(buckets.gaps).Cursor().Seek(gapNumber(r.Seq, r.Gap)); bytes.HasPrefix(k, gapNumber(r.Seq, r.Gap)) {
		return
	}
	t.putJSON(buckets.gaps, gapKey(r.Seq, r.Gap), r)
	t.trimGaps()
	t.putBody(r.Seq, journal.Gap, fmt.Sprintf("gap-%d", r.Seq), r.At, r.Gap)
}

// trimGaps keeps the index to so many gaps for reading windows; the outbox and the journal keep their own. Those that were recorded first go,
// a hundredth at once, because they are kept in another order.
func (t *txn) trimGaps() {
	b := t.bucket(buckets.gaps)
	if n := b.Sequence() + 1; n <= uint64(t.o.Gaps) {
		t.fail(b.SetSequence(n))
		return
	}
	keys := t.keys(buckets.gaps, nil)
	number := func(key []byte) uint64 { return binary.BigEndian.Uint64(key[8:]) }
	slices.SortFunc(keys, func(a, b []byte) int { return cmp.Compare(number(a), number(b)) })
	gone := max(len(keys)-t.o.Gaps+t.o.Gaps/100, 0)
	for _, key := range keys[:gone] {
		t.del(buckets.gaps, key)
	}
	t.fail(b.SetSequence(uint64(len(keys) - gone)))
}

// gapsWithin lists the recorded gaps that touch the range and that are asked for.
func (t *txn) gapsWithin(from, to int64, most int, asked func(*series.Gap) bool) []series.Gap {
	var list []series.Gap
	c := t.bucket(buckets.gaps).Cursor()
	for k, v := c.Seek(keyTime(from)); k != nil && len(list) < most; k, v = c.Next() {
		if g, ok := gapOf(k); ok && !(g.From < to && g.To > from && asked(&g)) {
			continue // without a look at the record: a long outage leaves many
		}
		var r record
		if err := t.p.unpackJSON(v, &r); err != nil || r.Gap == nil {
			t.fail(cmp.Or(err, errDamaged))
			return nil
		}
		if g := r.Gap; g.From < to && g.To > from && asked(g) {
			list = append(list, *g)
		}
	}
	return list
}
