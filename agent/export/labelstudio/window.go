package labelstudio

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"edgelabel/agent/export"
	"edgelabel/agent/export/picture"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// window writes the task of the item's signals; an item without a window loses its regions on signals.
func (e *encoder) window(ctx context.Context, x *export.Example) (err error) {
	a := annotation{UniqueID: x.Label.ID + "-window", Lead: lead(&x.Label), Result: answers(&x.Label, "ts")}
	for i := range x.Label.Regions {
		r := &x.Label.Regions[i]
		if r.Kind.OnImage() {
			continue
		}
		_, reason := picture.Class(&e.job.Taxonomy, r)
		if x.Item.Window == nil {
			reason = "item has no window"
		}
		if reason != "" {
			if err := e.job.Lost(x.LostRegion(r, reason)); err != nil {
				return err
			}
			continue
		}
		a.Result = append(a.Result, span(r))
	}
	if x.Item.Window == nil {
		return nil
	}
	t := task{Data: e.data(x), Annotations: []annotation{a}}
	t.Data.Series = new(string)
	if e.job.Windows && x.Window != nil {
		if *t.Data.Series, err = e.samples(ctx, x); err != nil {
			return err
		}
	}
	e.shown.windows = true
	for _, tag := range x.Item.Window.Tags {
		e.shown.tags[tag] = true
	}
	return e.signal(t)
}

// signal adds the task of a window.
func (e *encoder) signal(t task) (err error) {
	if e.signals == nil {
		if e.signals, err = newTasks(&e.job, "signals"); err != nil {
			return err
		}
	}
	return e.signals.Add(t)
}

func span(r *label.Region) result {
	out := result{ID: r.ID, To: "ts"}
	out.is("timeserieslabels", r.Class, map[string]any{"start": millis(r.From), "end": millis(r.To), "instant": r.Kind == label.Instant, "channels": r.Tags})
	return out
}

// millis keeps a microsecond, which is what a double holds at today's dates.
func millis(ns int64) float64 { return float64(ns/1000) / 1000 }

// samples writes the window as Label Studio reads it: one row for each moment, one column for each signal, empty where it has no sample.
func (e *encoder) samples(ctx context.Context, x *export.Example) (file string, err error) {
	w, err := x.Window(ctx)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, series.ErrCorrupt) {
		return "", e.job.Lost(export.Lost{Item: x.Item.ID, Label: x.Label.ID, Reason: "window: " + err.Error()})
	}
	if err != nil {
		return "", err
	}
	if strings.Trim(x.Item.ID, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_") != "" {
		return "", e.job.Lost(export.Lost{Item: x.Item.ID, Label: x.Label.ID, Reason: "window: the item's id cannot name a file"})
	}
	if err := os.MkdirAll(filepath.Join(e.job.Dir, "windows"), 0o755); err != nil {
		return "", err
	}
	name := path.Join("windows", x.Item.ID+".csv")
	f, err := os.Create(filepath.Join(e.job.Dir, filepath.FromSlash(name)))
	if err != nil {
		return "", err
	}
	return "/data/local-files/?d=" + name, errors.Join(wide(csv.NewWriter(f), w), f.Close())
}

func wide(out *csv.Writer, w *series.Window) error {
	type cell struct {
		t     int64
		trace int
		v     float64
	}
	header := []string{"time"}
	var cells []cell
	for i, tr := range w.Traces {
		header = append(header, tr.Tag)
		for k := range tr.T {
			cells = append(cells, cell{tr.T[k], i, tr.V[k]})
		}
	}
	slices.SortStableFunc(cells, func(a, b cell) int { return cmp.Compare(a.t, b.t) })
	err := out.Write(header)
	for from := 0; from < len(cells); {
		row := make([]string, len(header))
		row[0] = strconv.FormatFloat(millis(cells[from].t), 'f', 3, 64)
		at := from
		for ; at < len(cells) && cells[at].t == cells[from].t; at++ {
			if !math.IsNaN(cells[at].v) {
				row[cells[at].trace+1] = strconv.FormatFloat(cells[at].v, 'g', -1, 64)
			}
		}
		from = at
		err = errors.Join(err, out.Write(row))
	}
	out.Flush()
	return errors.Join(err, out.Error())
}
