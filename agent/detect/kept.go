package detect

import "edgelabel/agent/detect/keep"

// Keeper is a Detector or Panel whose state can outlive the program.
type Keeper interface {
	// Keep writes all that later answers depend on, or fills it from what was written; see keep.Book. A detector that was filled answers
	// as the one that was written would have. After an error of the book it is to be thrown away.
	Keep(b *keep.Book)
}

// Resumer is a Keeper that counts time.
type Resumer interface {
	// Resume says, before the first sample at event time t, that nobody listened since the state was written: what was about to happen
	// then begins its wait anew. What is open stays open.
	Resume(t int64)
}

// Keep keeps the candidate that is open.
func (k *Track) Keep(b *keep.Book) {
	at := int(k.phase)
	b.Int(&at, int(idle), int(closing))
	if k.phase = phase(at); b.Reads() {
		k.open = k.blank
	}
	b.Int64(&k.open.From)
	b.Float(&k.open.Value)
	b.Float(&k.worst)
	b.Int64(&k.end)
	b.Float(&k.latest)
	b.Check(Finite(k.open.Value), "the open candidate has no value")
}

// Resume gives up a candidate that waits for its on-delay: nobody knows how the wait went on.
func (k *Track) Resume() {
	if k.phase == pending {
		k.phase = idle
	}
}

// Kept is what a detector has learnt, as bytes.
func Kept(k Keeper) []byte {
	b := keep.Writing()
	k.Keep(b)
	return b.Bytes()
}

// Restore fills a fresh detector with what Kept gave. After an error, which wraps keep.ErrOther, the detector is to be thrown away.
func Restore(state []byte, k Keeper) error {
	b := keep.Reading(state)
	k.Keep(b)
	return b.End()
}
