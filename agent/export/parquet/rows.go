package parquet

import (
	"encoding/json"
	"math"

	"edgelabel/agent/export"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Times are UTC nanoseconds, null where they are not known.

type itemRow struct {
	Item      string   `parquet:"item_id"`
	Kind      string   `parquet:"kind,dict"`
	At        *int64   `parquet:"event_time,optional,timestamp(nanosecond)"`
	Created   *int64   `parquet:"created,optional,timestamp(nanosecond)"`
	Site      string   `parquet:"site,dict"`
	Area      string   `parquet:"area,dict"`
	Line      string   `parquet:"line,dict"`
	Cell      string   `parquet:"cell,dict"`
	Asset     string   `parquet:"asset,dict"`
	Part      string   `parquet:"part_id"`
	Product   string   `parquet:"product_id,dict"`
	Recipe    string   `parquet:"external_recipe_id,dict"`
	Internal  string   `parquet:"internal_recipe_id,dict"`
	Job       string   `parquet:"job_id,dict"`
	Meas      string   `parquet:"meas_id"`
	Simulated bool     `parquet:"is_simulated"`
	Machine   string   `parquet:"machine,dict"`
	Score     float64  `parquet:"score"`
	Split     string   `parquet:"split,dict"`
	From      *int64   `parquet:"window_from,optional,timestamp(nanosecond)"`
	To        *int64   `parquet:"window_to,optional,timestamp(nanosecond)"`
	Tags      []string `parquet:"window_tags,list"`
}

type imageRow struct {
	Item    string  `parquet:"item_id"`
	SHA256  string  `parquet:"sha256"`
	File    *string `parquet:"file,optional"` // null when the picture could not be read
	Width   int32   `parquet:"width"`
	Height  int32   `parquet:"height"`
	MMPerPx float64 `parquet:"mm_per_px"`
	MMCount float64 `parquet:"mm_per_count"`
	Gauged  *int64  `parquet:"calibrated,optional,timestamp(nanosecond)"`
	Camera  string  `parquet:"camera,dict"`
	Name    string  `parquet:"name"`
	Taken   *int64  `parquet:"taken,optional,timestamp(nanosecond)"`
	Machine string  `parquet:"machine,dict"`
}

type labelRow struct {
	Label      string   `parquet:"label_id"`
	Item       string   `parquet:"item_id"`
	Rev        int32    `parquet:"revision"`
	Verdict    string   `parquet:"verdict,dict"`
	Classes    []string `parquet:"classes,list"`
	Mode       string   `parquet:"mode,dict"`
	Mechanism  string   `parquet:"mechanism,dict"`
	Cause      string   `parquet:"cause,dict"`
	Severity   int32    `parquet:"severity"`
	WorkOrder  string   `parquet:"work_order"`
	Confidence int32    `parquet:"confidence"`
	Comment    string   `parquet:"comment"`
	By         string   `parquet:"person_id,dict"`
	Role       string   `parquet:"role,dict"`
	Terminal   string   `parquet:"terminal,dict"`
	Input      string   `parquet:"input,dict"`
	Origin     string   `parquet:"origin,dict"`
	Opened     *int64   `parquet:"opened,optional,timestamp(nanosecond)"`
	Decided    *int64   `parquet:"decided,optional,timestamp(nanosecond)"`
	Saved      *int64   `parquet:"saved,optional,timestamp(nanosecond)"`
	Taxonomy   int32    `parquet:"taxonomy_revision"`
}

type regionRow struct {
	Label      string    `parquet:"label_id"`
	Item       string    `parquet:"item_id"`
	Region     string    `parquet:"region_id"`
	Kind       string    `parquet:"kind,dict"`
	Class      string    `parquet:"class,dict"`
	Image      string    `parquet:"image"`
	X          *float64  `parquet:"x,optional"`
	Y          *float64  `parquet:"y,optional"`
	W          *float64  `parquet:"w,optional"`
	H          *float64  `parquet:"h,optional"`
	Angle      float64   `parquet:"angle"`
	Points     []float64 `parquet:"points,list"` // x, y, x, y …
	Runs       []int64   `parquet:"runs,list"`
	From       *int64    `parquet:"from_time,optional,timestamp(nanosecond)"`
	To         *int64    `parquet:"to_time,optional,timestamp(nanosecond)"`
	Tags       []string  `parquet:"tags,list"`
	Attributes string    `parquet:"attributes"` // JSON
	Origin     string    `parquet:"origin,dict"`
	Score      float64   `parquet:"score"`
	Links      []string  `parquet:"links,list"`
	Length     *float64  `parquet:"length_mm,optional"`
	Width      *float64  `parquet:"width_mm,optional"`
	Area       *float64  `parquet:"area_mm2,optional"`
	Diameter   *float64  `parquet:"diameter_mm,optional"`
	MiddleX    *float64  `parquet:"x_mm,optional"`
	MiddleY    *float64  `parquet:"y_mm,optional"`
	Frame      string    `parquet:"frame,dict"` // part or picture
}

type windowRow struct {
	Item    string   `parquet:"item_id,dict"`
	Tag     string   `parquet:"tag,dict"`
	Name    string   `parquet:"name,dict"`
	Unit    string   `parquet:"unit,dict"`
	T       int64    `parquet:"t,delta,timestamp(nanosecond)"`
	Value   *float64 `parquet:"value,optional"` // null where the sample had no number
	Quality string   `parquet:"quality,dict"`
	Status  uint32   `parquet:"status"` // OPC UA StatusCode
}

func itemOf(x *export.Example) itemRow {
	it := &x.Item
	row := itemRow{Item: it.ID, Kind: string(it.Kind), At: known(it.At), Created: known(it.Created), Site: it.Place.Site, Area: it.Place.Area,
		Line: it.Place.Line, Cell: it.Place.Cell, Asset: it.Place.Asset, Part: it.Part.PartID, Product: it.Part.ProductID,
		Recipe: it.Part.ExternalRecipeID, Internal: it.Part.InternalRecipeID, Job: it.Part.JobID, Meas: it.Part.MeasID,
		Simulated: it.IsSimulated, Machine: it.Machine.String(), Score: it.Score, Split: x.Split}
	if w := it.Window; w != nil {
		row.From, row.To, row.Tags = known(w.From), known(w.To), w.Tags
	}
	return row
}

func imagesOf(x *export.Example) (rows []imageRow) {
	for _, im := range x.Item.Images {
		row := imageRow{Item: x.Item.ID, SHA256: im.SHA256, Width: int32(im.Width), Height: int32(im.Height), MMPerPx: im.MMPerPx, MMCount: im.MMPerCount, Gauged: known(im.Calibrated),
			Camera: im.Camera, Name: im.Name, Taken: known(im.Taken), Machine: im.Machine.String()}
		if file, ok := x.Files[im.SHA256]; ok {
			row.File = &file
		}
		rows = append(rows, row)
	}
	return rows
}

func labelOf(l *label.Label) labelRow {
	f := label.Fault{}
	if l.Fault != nil {
		f = *l.Fault
	}
	return labelRow{Label: l.ID, Item: l.Item, Rev: int32(l.Rev), Verdict: l.Verdict.String(), Classes: l.Classes, Mode: f.Mode,
		Mechanism: f.Mechanism, Cause: f.Cause, Severity: int32(f.Severity), WorkOrder: f.WorkOrder, Confidence: int32(l.Confidence),
		Comment: l.Comment, By: l.By.ID, Role: l.By.Role, Terminal: l.Terminal, Input: string(l.Input), Origin: string(l.Origin),
		Opened: known(l.Opened), Decided: known(l.Decided), Saved: known(l.Saved), Taxonomy: int32(l.Taxonomy)}
}

func regionsOf(it *label.Item, l *label.Label) (rows []regionRow, err error) {
	for i := range l.Regions {
		r := &l.Regions[i]
		row := regionRow{Label: l.ID, Item: l.Item, Region: r.ID, Kind: string(r.Kind), Class: r.Class, Image: r.Image, Angle: r.Angle,
			From: known(r.From), To: known(r.To), Tags: r.Tags, Origin: string(r.Origin), Score: r.Score, Links: r.Links}
		if r.Rect != nil {
			row.X, row.Y, row.W, row.H = &r.Rect.X, &r.Rect.Y, &r.Rect.W, &r.Rect.H
		}
		if g := it.Geometry(r); g != nil {
			row.Length, row.Width, row.Area, row.Diameter = &g.Length, &g.Width, &g.Area, &g.Diameter
			if g.At != nil {
				row.MiddleX, row.MiddleY, row.Frame = &g.At.X, &g.At.Y, g.At.Frame
			}
		}
		for _, p := range r.Points {
			row.Points = append(row.Points, p[0], p[1])
		}
		for _, n := range r.Runs {
			row.Runs = append(row.Runs, int64(n))
		}
		if len(r.Attributes) > 0 {
			b, err := json.Marshal(r.Attributes)
			if err != nil {
				return nil, err
			}
			row.Attributes = string(b)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func samplesOf(item string, tr *series.Trace) []windowRow {
	rows := make([]windowRow, len(tr.T))
	for k := range rows {
		rows[k] = windowRow{Item: item, Tag: tr.Tag, Name: tr.Name, Unit: tr.Unit, T: tr.T[k], Status: tr.Status[k],
			Quality: series.QualityOf(tr.Status[k]).String()}
		if !math.IsNaN(tr.V[k]) {
			rows[k].Value = &tr.V[k]
		}
	}
	return rows
}

// known is nil for a moment that nobody gave.
func known(ns int64) *int64 {
	if ns == 0 {
		return nil
	}
	return &ns
}
