package labelstudio

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
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
func (e *encoder) window(ctx context.Context, x *export.Example) error {
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
	if e.job.Windows && x.Window != nil {
		file, err := e.samples(ctx, x)
		if err != nil {
			return err
		}
		t.Data.Series = file
	}
	return e.tasks.Add(t)
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

// writeConfig writes the project's labelling interface.
func writeConfig(job *export.Job) error {
	var b strings.Builder
	b.WriteString("<View>\n  <Image name=\"image\" value=\"$image\"/>\n  <TimeSeries name=\"ts\" value=\"$ts\" valueType=\"url\" timeColumn=\"time\"/>\n")
	for _, control := range []struct{ tag, to string }{{"RectangleLabels", "image"}, {"PolygonLabels", "image"}, {"KeyPointLabels", "image"},
		{"BrushLabels", "image"}, {"TimeSeriesLabels", "ts"}} {
		fmt.Fprintf(&b, "  <%s name=%q toName=%q>\n", control.tag, strings.ToLower(control.tag), control.to)
		for _, c := range job.Taxonomy.Classes {
			fmt.Fprintf(&b, "    <Label value=\"%s\" hint=\"%s\"/>\n", escape(c.ID), escape(c.Name.ZH))
		}
		fmt.Fprintf(&b, "  </%s>\n", control.tag)
	}
	for _, to := range []string{"image", "ts"} {
		judgement(&b, to, job.Taxonomy.Classes)
	}
	b.WriteString("</View>\n")
	return os.WriteFile(filepath.Join(job.Dir, "label_config.xml"), []byte(b.String()), 0o644)
}

// judgement is what a person says on the whole of a picture or a window.
func judgement(b *strings.Builder, to string, classes []label.Class) {
	fmt.Fprintf(b, "  <Choices name=\"verdict_%s\" toName=%q>\n", to, to)
	for v := label.OK; v <= label.NotDecidable; v++ {
		fmt.Fprintf(b, "    <Choice value=%q/>\n", v)
	}
	fmt.Fprintf(b, "  </Choices>\n  <Choices name=\"classes_%s\" toName=%q choice=\"multiple\">\n", to, to)
	for _, c := range classes {
		fmt.Fprintf(b, "    <Choice value=\"%s\"/>\n", escape(c.ID))
	}
	fmt.Fprintf(b, "  </Choices>\n  <TextArea name=\"comment_%s\" toName=%q/>\n", to, to)
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}
