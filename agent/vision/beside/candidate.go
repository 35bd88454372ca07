package beside

import (
	"fmt"
	"image"
	"math"
	"strconv"

	"edgelabel/agent/label"
	"edgelabel/agent/vision"
	"edgelabel/agent/vision/plane"
)

// severity of what an image detector proposes, of 1000.
const severity = 500

// mostRegions is how many proposals one picture gets: more help nobody. The strongest come first.
const mostRegions = 12

// candidate puts a finding into the words of an item. Its id says picture and method, so that the same finding twice is one.
func candidate(cam Camera, method string, im label.Image, f vision.Finding) label.Candidate {
	id := fmt.Sprintf("%s-%s-%.16s", method, cam.Name, im.SHA256)
	c := label.Candidate{
		ID: id, Rule: cam.Name + "." + method, Detector: method, From: im.Time(), To: im.Time(),
		Score: f.Score, Severity: severity, Image: im.SHA256,
		Explain: label.Text{ZH: "相机 " + cam.Name + "：" + f.Explain.ZH, EN: "Camera " + cam.Name + ": " + f.Explain.EN},
	}
	whole := image.Rect(0, 0, im.Width, im.Height)
	for _, r := range f.Regions {
		if len(c.Regions) == mostRegions {
			break
		}
		if box := r.Box.Intersect(whole); !box.Empty() && (box != whole || r.Points != nil) { // a box around everything marks nothing
			r.Box = box
			one := region(cam, im, r, fmt.Sprintf("%s-%d", id, len(c.Regions)+1))
			sign(&one, f)
			c.Regions = append(c.Regions, one)
		}
	}
	return c
}

// sign names the model that proposed a region. The name stays with the region when a person accepts it, and in every format that keeps
// attributes.
func sign(r *label.Region, f vision.Finding) {
	for name, value := range map[string]string{"model": f.Model, "model_version": f.Version} {
		if value != "" {
			attribute(r, name, value)
		}
	}
}

func attribute(r *label.Region, name, value string) {
	if r.Attributes == nil {
		r.Attributes = map[string]string{}
	}
	r.Attributes[name] = value
}

func region(cam Camera, im label.Image, r vision.Region, id string) label.Region {
	out := label.Region{
		ID: id, Kind: label.Box, Class: cam.Class(r.Type), Origin: label.ByMachine, Score: r.Score, Image: im.SHA256,
		Rect: &label.Rect{X: float64(r.Box.Min.X), Y: float64(r.Box.Min.Y), W: float64(r.Box.Dx()), H: float64(r.Box.Dy())},
	}
	if r.Type != "" {
		attribute(&out, "type", r.Type)
	}
	if im.MMPerPx > 0 {
		measure(&out, r, im.MMPerPx)
	}
	if r.Points != nil {
		out.Kind, out.Rect, out.Points = label.Polygon, nil, r.Points
	}
	return out
}

// measure writes what a region measures, s mm a pixel. A region whose pixels the method cannot tell is as large as its box.
func measure(out *label.Region, r vision.Region, s float64) {
	e := r.Shape
	if e == nil {
		long, short := math.Max(out.Rect.W, out.Rect.H), math.Min(out.Rect.W, out.Rect.H)
		out.Size = &label.Size{Length: long * s, Width: short * s, Area: float64(r.Area) * s * s}
		return
	}
	out.Size = &label.Size{Length: e.Length * s, Width: e.Width * s, Area: float64(r.Area) * s * s}
	for name, v := range map[string]float64{
		"diameter_mm": plane.Round(float64(r.Area)) * s, "part_x_mm": e.X * s, "part_y_mm": e.Y * s, "angle_deg": e.Angle,
	} {
		attribute(out, name, strconv.FormatFloat(v, 'f', 3, 64))
	}
}
