// Package csv writes plain tables: items.csv, images.csv, regions.csv (on images), intervals.csv (on signals, one row per signal), the
// pictures in images/ and, when asked for, windows/<item>.csv. Times are UTC, RFC 3339 with nanoseconds; points, runs
// and attributes are JSON; lists of ids stand behind each other with a space between.
package csv

import (
	"context"
	"errors"

	"edgelabel/agent/export"
	"edgelabel/agent/label"
)

// Drops is what the tables leave out.
func Drops() []string { return []string{"earlier label revisions", "machine candidates"} }

type encoder struct {
	job    export.Job
	tables [4]*table
}

// The tables, by place in encoder.tables.
const (
	items = iota
	images
	regions
	intervals
)

// Open is the export.Format's.
func Open(job export.Job) (export.Encoder, error) {
	e := &encoder{job: job}
	for i, t := range []struct {
		name   string
		header []string
	}{
		{"items.csv", []string{"item", "kind", "created", "at", "site", "area", "line", "cell", "asset", "part", "product", "recipe", "job",
			"measurement", "simulated", "machine", "score", "verdict", "classes", "mode", "mechanism", "cause", "severity", "work_order",
			"confidence", "comment", "person", "role", "terminal", "input", "origin", "opened", "decided", "saved", "label", "revision", "taxonomy", "split"}},
		{"images.csv", []string{"item", "file", "sha256", "format", "width", "height", "mm_per_px", "mm_per_count", "calibrated", "camera", "name", "part", "taken", "received",
			"machine", "verdict"}},
		{"regions.csv", []string{"item", "image", "region", "kind", "class", "x", "y", "w", "h", "angle", "points", "runs", "attributes", "origin",
			"score", "links", "length_mm", "width_mm", "area_mm2", "diameter_mm", "x_mm", "y_mm", "frame", "verdict", "person", "label"}},
		{"intervals.csv", []string{"item", "part", "asset", "region", "kind", "tag", "class", "from", "to", "verdict", "person", "mode",
			"mechanism", "cause", "severity", "work_order", "attributes", "origin", "score", "links", "label", "revision", "taxonomy"}},
	} {
		var err error
		if e.tables[i], err = newTable(job.Dir, t.name, t.header); err != nil {
			return nil, errors.Join(err, e.Close())
		}
	}
	return e, nil
}

// Close finishes the tables.
func (e *encoder) Close() (err error) {
	for _, t := range e.tables {
		if t != nil {
			err = errors.Join(err, t.close())
		}
	}
	return err
}

// Encode adds the item's rows.
func (e *encoder) Encode(ctx context.Context, x *export.Example) error {
	err := errors.Join(e.item(x), e.pictures(x))
	for i := range x.Label.Regions {
		r := &x.Label.Regions[i]
		if r.Kind.OnImage() {
			err = errors.Join(err, e.region(x, r))
		} else {
			err = errors.Join(err, e.interval(x, r))
		}
	}
	if err == nil && e.job.Windows && x.Window != nil {
		err = e.window(ctx, x)
	}
	return err
}

func (e *encoder) item(x *export.Example) error {
	it, l := &x.Item, &x.Label
	f := fault(l)
	return e.tables[items].row(it.ID, string(it.Kind), stamp(it.Created), stamp(it.At), it.Place.Site, it.Place.Area, it.Place.Line, it.Place.Cell,
		it.Place.Asset, it.Part.PartID, it.Part.ProductID, it.Part.ExternalRecipeID, it.Part.JobID, it.Part.MeasID, yes(it.IsSimulated),
		it.Machine.String(), number(it.Score), l.Verdict.String(), list(l.Classes), f.Mode, f.Mechanism, f.Cause, whole(f.Severity), f.WorkOrder,
		whole(int(l.Confidence)), harmless(l.Comment), l.By.ID, l.By.Role, l.Terminal, string(l.Input), string(l.Origin), stamp(l.Opened),
		stamp(l.Decided), stamp(l.Saved), l.ID, whole(l.Rev), whole(l.Taxonomy), x.Split)
}

func fault(l *label.Label) label.Fault {
	if l.Fault == nil {
		return label.Fault{}
	}
	return *l.Fault
}

func (e *encoder) pictures(x *export.Example) (err error) {
	for _, im := range x.Item.Images {
		err = errors.Join(err, e.tables[images].row(x.Item.ID, x.Files[im.SHA256], im.SHA256, im.Format, whole(im.Width), whole(im.Height),
			number(im.MMPerPx), number(im.MMPerCount), stamp(im.Calibrated), im.Camera, im.Name, im.Part.PartID, stamp(im.Taken), stamp(im.Received), im.Machine.String(), x.Label.Verdict.String()))
	}
	return err
}

func (e *encoder) region(x *export.Example, r *label.Region) error {
	var b label.Rect
	if r.Rect != nil {
		b = *r.Rect
	}
	g := geometry(x.Item.Geometry(r))
	points, err := jsonOf(r.Points, len(r.Points))
	runs, err2 := jsonOf(r.Runs, len(r.Runs))
	attributes, err3 := jsonOf(r.Attributes, len(r.Attributes))
	if err := errors.Join(err, err2, err3); err != nil {
		return err
	}
	return e.tables[regions].row(x.Item.ID, r.Image, r.ID, string(r.Kind), r.Class, number(b.X), number(b.Y), number(b.W), number(b.H),
		number(r.Angle), points, runs, attributes, string(r.Origin), number(r.Score), list(r.Links), g[0], g[1], g[2], g[3],
		g[4], g[5], g[6], x.Label.Verdict.String(), x.Label.By.ID, x.Label.ID)
}

// geometry is the cells from length_mm to frame, empty where nobody can say.
func geometry(g *label.Geometry) (cells [7]string) {
	if g == nil {
		return cells
	}
	cells = [7]string{number(g.Length), number(g.Width), number(g.Area), number(g.Diameter)}
	if at := g.At; at != nil {
		cells[4], cells[5], cells[6] = number(at.X), number(at.Y), at.Frame
	}
	return cells
}

func (e *encoder) interval(x *export.Example, r *label.Region) error {
	l, f := &x.Label, fault(&x.Label)
	attributes, err := jsonOf(r.Attributes, len(r.Attributes))
	for _, tag := range r.Tags {
		err = errors.Join(err, e.tables[intervals].row(x.Item.ID, x.Item.Part.PartID, x.Item.Place.Asset, r.ID, string(r.Kind), tag, r.Class,
			stamp(r.From), stamp(r.To), l.Verdict.String(), l.By.ID, f.Mode, f.Mechanism, f.Cause, whole(f.Severity), f.WorkOrder, attributes,
			string(r.Origin), number(r.Score), list(r.Links), l.ID, whole(l.Rev), whole(l.Taxonomy)))
	}
	if len(r.Tags) == 0 {
		err = errors.Join(err, e.job.Lost(x.LostRegion(r, "is on no signal")))
	}
	return err
}
