package camera

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// sidecar is the file that lies beside a picture.
type sidecar struct {
	name string // empty when there is none
	meta meta
}

// beside reads the sidecar of a picture. ready is false while it has to be waited for: it is not there, or is still being written.
func (w *watch) beside(name string) (s sidecar, ready bool) {
	if w.sidecar == nil {
		return s, true
	}
	waited := w.cfg.Now().Sub(w.waiting[name].since)
	for _, s.name = range w.sidecar.names(name) {
		data, err := w.read(s.name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && len(data) > maxSidecar {
			err = fmt.Errorf("%w: %d, at most %d are allowed beside a picture", ErrBytes, len(data), maxSidecar)
		}
		if err == nil {
			s.meta, err = w.sidecar.read(data, w.cfg.Location)
		}
		if err != nil && waited < w.cfg.Settle*patience {
			return s, w.look(name, fmt.Sprintf("waits for a whole %s: %v", clean(s.name), err))
		}
		w.doubt(err)
		return s, true
	}
	if waited < w.sidecar.Wait {
		return sidecar{}, w.look(name, "waits for its "+w.sidecar.Ext)
	}
	w.status.Reject("sidecar_missing")
	return sidecar{}, true
}

// sidecarCame has the picture that a sidecar belongs to looked at soon.
func (w *watch) sidecarCame(name string) {
	if w.sidecar == nil || !strings.HasSuffix(name, w.sidecar.Ext) {
		return
	}
	stem := strings.TrimSuffix(name, w.sidecar.Ext)
	for _, ext := range append([]string{""}, w.cfg.Extensions...) {
		if l, waits := w.waiting[stem+ext]; waits {
			l.next = time.Time{}
			w.waiting[stem+ext] = l
		}
	}
}

// doubt notes what could not be read of a sidecar that stands still: its picture is stored all the same.
func (w *watch) doubt(err error) {
	if err == nil {
		w.status.Problem("sidecar", "")
		return
	}
	w.status.Reject("sidecar")
	w.status.Problem("sidecar", err.Error())
}

// look puts a picture off to a later look at it; it reports false. The longer it has waited the longer it waits for the next look: there may
// be a hundred thousand of them.
func (w *watch) look(name, why string) bool {
	l, now := w.waiting[name], w.cfg.Now()
	l.next = now.Add(max(w.cfg.PollInterval, now.Sub(l.since)/2))
	w.waiting[name] = l
	w.status.Problem(clean(name), why)
	return false
}

// putAwayBeside does with the sidecar what was done with its picture.
func (w *watch) putAwayBeside(s sidecar, dir, distinct string) {
	if s.name == "" || w.cfg.After == Keep {
		return
	}
	var err error
	if dir == "" {
		err = w.root.Remove(s.name)
	} else {
		err = w.move(s.name, dir, distinct)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.status.Problem(clean(s.name), fmt.Sprintf("stays in the folder: %v", err))
	}
}
