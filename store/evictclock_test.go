package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store"
)

const year = 365 * 24 * 3600 * second

// clocks are the wall clock, which somebody sets, and the one that only goes on.
type clocks struct{ wall, mono atomic.Int64 }

func (c *clocks) options() store.Options {
	c.wall.Store(t0)
	return store.Options{
		Targets: []string{"s3"}, Now: func() time.Time { return time.Unix(0, c.wall.Load()) },
		Clock: func() store.Clock { return store.Clock{Boot: "b00710ad", Mono: c.mono.Load()} },
	}
}

func (c *clocks) pass(ns int64) {
	c.wall.Add(ns)
	c.mono.Add(ns)
}

// arrivals come one after the other; the wall clock is set in the middle.
type arrivals struct {
	*clocks
	x   *opened
	sha []string
}

func (a *arrivals) item(t *testing.T, kind label.Kind) label.Item {
	it := item(len(a.sha))
	it.Kind, it.Created, it.At, it.Score = kind, a.wall.Load(), a.wall.Load(), 0.5
	return it
}

func (a *arrivals) picture(t *testing.T) label.Image {
	data := bytesOf(len(a.sha))
	im := label.Image{Camera: "c", Name: fmt.Sprint(len(a.sha)), Width: 9, Height: 9, Format: "png"}
	must(a.x.AddImage(t.Context(), im, data))(t)
	im.SHA256, im.Bytes = sha(string(data)), size
	return im
}

func (a *arrivals) pictureItem(t *testing.T) {
	it := a.item(t, label.KindImage)
	it.Images = []label.Image{a.picture(t)}
	check(t, a.x.CreateItem(t.Context(), it))
	a.sha = append(a.sha, it.Images[0].SHA256)
}

func (a *arrivals) windowItem(t *testing.T) {
	it := a.item(t, label.KindWindow)
	it.IsPartial, it.Window = true, &label.WindowRef{From: t0, To: t0 + 1, Tags: []string{"f"}}
	check(t, a.x.CreateItem(t.Context(), it))
	check(t, a.x.SettleItem(t.Context(), it.ID, &series.Window{From: t0, To: t0 + 1, Traces: []series.Trace{{Tag: fmt.Sprint("f", len(a.sha))}}}))
	row, _, err := a.x.Item(t.Context(), it.ID)
	check(t, err)
	a.sha = append(a.sha, row.Item.Window.SHA256)
}

func (a *arrivals) synced(t *testing.T) {
	addLabel(t, a.x.Store, len(a.sha)-1)
	sendAll(t, a.x.Store, "s3")
}

func (a *arrivals) there(sha string) bool {
	f, err := a.x.OpenBlob(sha)
	return err == nil && f.Close() == nil
}

// expectNewest wants what came first to be gone, and what came last to be there.
func (a *arrivals) expectNewest(t *testing.T) {
	t.Helper()
	gone := 0
	for gone < len(a.sha) && !a.there(a.sha[gone]) {
		gone++
	}
	if gone == 0 || gone == len(a.sha) {
		t.Errorf("%d of %d are gone", gone, len(a.sha))
	}
	for n, sha := range a.sha[gone:] {
		if !a.there(sha) {
			t.Errorf("%d is there and %d, which came later, is not", gone, gone+n)
		}
	}
}

// TestTheOldestGoesFirstWhateverTheClockSays sets the wall clock by a year between what comes before and after. Of each class, what goes is
// what came first, also when the index was lost in between and the journal was rewritten.
func TestTheOldestGoesFirstWhateverTheClockSays(t *testing.T) {
	kinds := map[string]func(*testing.T, *arrivals){
		"pictures nobody labeled": func(t *testing.T, a *arrivals) { a.pictureItem(t) },
		"pictures of synced items": func(t *testing.T, a *arrivals) {
			a.pictureItem(t)
			a.synced(t)
		},
		"pictures without an item": func(t *testing.T, a *arrivals) { a.sha = append(a.sha, a.picture(t).SHA256) },
		"windows nobody labeled":   func(t *testing.T, a *arrivals) { a.windowItem(t) },
		"windows of synced items": func(t *testing.T, a *arrivals) {
			a.windowItem(t)
			a.synced(t)
		},
	}
	for name, arrive := range kinds {
		for way, by := range map[string]int64{"back": -year, "forward": year} {
			for _, lost := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, set %s, index lost %v", name, way, lost), func(t *testing.T) {
					if lost && name == "pictures without an item" {
						t.Skip("when such a picture came, only the wall clock says to an index that is built again")
					}
					a := &arrivals{clocks: new(clocks)}
					o := a.options()
					o.Images, o.Windows = 5*size, 250
					dir := t.TempDir()
					a.x = open(t, dir, o)
					for n := range 10 {
						if n == 4 {
							a.wall.Add(by)
						}
						if n == 5 && lost {
							a.x.close()
							check(t, os.Remove(filepath.Join(dir, "index.db")))
							a.x = open(t, dir, o)
						}
						a.pass(3600 * second)
						arrive(t, a)
					}
					a.expectNewest(t)
				})
			}
		}
	}
}

// TestAPictureWaitsForItsItemWhateverTheClockSays sets the clock while a picture has no item yet: its time to get one neither ends nor
// begins with that.
func TestAPictureWaitsForItsItemWhateverTheClockSays(t *testing.T) {
	for way, by := range map[string]int64{"back": -year, "forward": year} {
		t.Run(way, func(t *testing.T) {
			c := new(clocks)
			o := c.options()
			o.Images = size
			a := &arrivals{clocks: c, x: open(t, t.TempDir(), o)}
			a.picture(t)
			c.wall.Add(by)
			c.pass(int64(store.DefaultOrphan) - second)
			if err := addItem(t, a.x.Store, 1, -1); err == nil || !present(a.x.Store, 0) {
				t.Errorf("a picture that came just now was dropped: %v", err)
			}
			c.pass(2 * second)
			check(t, addItem(t, a.x.Store, 1, -1))
			if present(a.x.Store, 0) {
				t.Error("a picture that nobody wanted is still there")
			}
		})
	}
}

// TestOldSamplesGoFirstWhateverTheClockSays drops segments by when they were written, not by what times their samples carry.
func TestOldSamplesGoFirstWhateverTheClockSays(t *testing.T) {
	for way, by := range map[string]int64{"back": -year, "forward": year} {
		t.Run(way, func(t *testing.T) {
			c := new(clocks)
			o := c.options()
			o.Series, o.Segment, o.Keep = 12_000, 4000, time.Millisecond
			x, noise := open(t, t.TempDir(), o), rand.New(rand.NewPCG(1, 1))
			for n := range 200 {
				if n == 100 {
					c.wall.Add(by)
				}
				c.pass(second)
				list := make([]series.Sample, 20)
				for i := range list {
					at := c.wall.Load() + int64(i)
					list[i] = series.Sample{Tag: "f", Source: at, Receive: at, Value: noise.Float64()}
				}
				appendAll(t, x.Store, list...)
			}
			count := func(from, to int64) int {
				w := must(x.Window(t.Context(), []string{"f"}, from, to))(t)
				return len(w.Traces[0].T)
			}
			waitFor(t, func() bool { return count(t0, t0+100*second) == 0 })
			if newest := count(c.wall.Load(), c.wall.Load()+second); newest != 20 {
				t.Errorf("%d of the newest 20 samples are left", newest)
			}
		})
	}
}

// TestOldGapsGoFirst records more gaps than are kept, those after the clock was set back being the newest.
func TestOldGapsGoFirst(t *testing.T) {
	x := open(t, t.TempDir(), store.Options{Gaps: 100, Tags: []series.Tag{{ID: "f", Source: "plc"}}})
	for n := range 150 {
		at := t0 - int64(n)*second
		check(t, x.AddGap(t.Context(), series.Gap{Source: "plc", From: at, To: at + 1, Reason: series.GapSilent}))
	}
	w := must(x.Window(t.Context(), []string{"f"}, t0-year, t0+year))(t)
	if n := len(w.Gaps); n < 98 || n > 100 || w.Gaps[0].From != t0-149*second {
		t.Errorf("%d gaps are left, the first %+v", n, w.Gaps[0])
	}
}
