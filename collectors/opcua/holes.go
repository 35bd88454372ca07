package opcua

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"edgelabel/agent/series"
)

// maxHoles bounds what a connection that keeps failing can pile up; what does not fit becomes a gap at once.
const maxHoles = 32

// errManyHoles is the ledger's refusal.
var errManyHoles = errors.New("too many holes wait to be filled from history")

// hole is a time in which the source delivered nothing, until each of its tags was read from the server's history or given up.
type hole struct {
	Gap   series.Gap   `json:"gap"`             // what is recorded when nothing can be filled
	Open  []stretch    `json:"open"`            // tags that are not settled
	Left  []series.Gap `json:"left,omitempty"`  // what stays missing of tags that are
	Whole int          `json:"whole,omitempty"` // how many of those could not be filled at all
	Tags  int          `json:"tags"`

	ready bool // the ends of the stretches are known
}

// stretch is what is missing of one tag. Its ends are samples that are there, UTC ns.
type stretch struct {
	Tag   string `json:"tag"`
	From  int64  `json:"from"` // moves on as history is stored
	To    int64  `json:"to"`
	Still bool   `json:"still,omitempty"` // nothing new was seen after the hole, so that history need not reach To
	Some  bool   `json:"some,omitempty"`  // history was stored already
	tries int
}

// gaps is what to record of a hole none of whose tags is open any more: one record when nothing at all was filled.
func (h hole) gaps() []series.Gap {
	if h.Whole == h.Tags {
		return []series.Gap{h.Gap}
	}
	return h.Left
}

// giveUp settles every tag that is still open.
func (h *hole) giveUp(why string) {
	for _, s := range h.Open {
		h.settle(s, []series.Gap{h.missing(s, s.From, s.To, why)})
	}
	h.Open = nil
}

// settle notes what stays missing of a tag.
func (h *hole) settle(s stretch, left []series.Gap) {
	h.Left = append(h.Left, left...)
	if len(left) > 0 && !s.Some {
		h.Whole++
	}
}

func (h *hole) missing(s stretch, from, to int64, why string) series.Gap {
	return series.Gap{Source: h.Gap.Source, Tag: s.Tag, From: from, To: max(from, to), Reason: h.Gap.Reason, Detail: h.Gap.Detail + "; " + why}
}

// ledger keeps the holes that wait, in a file so that neither a power cut nor a restart forgets one. Its methods may be called from any
// goroutine; they block for the disk.
type ledger struct {
	path string // empty: in memory only
	wake chan struct{}

	mu    sync.Mutex
	holes []hole
}

// openLedger reads the holes that an earlier run left. The file is named after the source; without a folder there is none. A file that
// cannot be read is set aside and reported, with a ledger that works.
func openLedger(dir, source string) (*ledger, error) {
	l := &ledger{wake: make(chan struct{}, 1)}
	if dir == "" {
		return l, nil
	}
	l.path = filepath.Join(dir, fileName(source)+".holes.json")
	b, err := os.ReadFile(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &l.holes)
	}
	if err != nil {
		l.holes = nil
		err = errors.Join(err, os.Rename(l.path, l.path+".bad"))
		return l, fmt.Errorf("holes of source %s, set aside as %s.bad: %w", source, l.path, err)
	}
	for i := range l.holes {
		l.holes[i].ready = true
	}
	l.poke()
	return l, nil
}

// add appends a hole. When it returns an error the caller has to record the gap.
func (l *ledger) add(h hole) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.holes) >= maxHoles {
		return errManyHoles
	}
	l.holes = append(l.holes, h)
	if err := l.saveLocked(); err != nil {
		l.holes = l.holes[:len(l.holes)-1]
		return err
	}
	l.poke()
	return nil
}

// ends sets the far ends of the holes that were made on this connection.
func (l *ledger) ends(set func(h *hole)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := false
	for i := range l.holes {
		if h := &l.holes[i]; !h.ready {
			set(h)
			h.ready, found = true, true
		}
	}
	if !found {
		return nil
	}
	l.poke()
	return l.saveLocked()
}

// first is a copy of the oldest hole that is ready.
func (l *ledger) first() (hole, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.holes) == 0 || !l.holes[0].ready {
		return hole{}, false
	}
	return l.holes[0], true
}

// update replaces the oldest hole; durable says whether that has to be on disk before it returns.
func (l *ledger) update(h hole, durable bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holes[0] = h
	if !durable {
		return nil
	}
	return l.saveLocked()
}

// drop removes the oldest hole, of which everything is stored or recorded.
func (l *ledger) drop() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holes = l.holes[1:]
	return l.saveLocked()
}

// rest empties a ledger without a file: nobody would come back to it.
func (l *ledger) rest() []hole {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.path != "" {
		return nil
	}
	holes := l.holes
	l.holes = nil
	return holes
}

func (l *ledger) poke() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *ledger) saveLocked() error {
	if l.path == "" {
		return nil
	}
	b, err := json.Marshal(l.holes)
	if err != nil {
		return fmt.Errorf("holes: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(l.path), 0o700); err != nil {
		return fmt.Errorf("holes: %w", err)
	}
	if err := replaceFile(l.path, b); err != nil {
		return fmt.Errorf("holes: %w", err)
	}
	return nil
}
