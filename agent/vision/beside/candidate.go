package beside

import (
	"fmt"
	"image"
	"math"

	"edgelabel/agent/label"
	"edgelabel/agent/vision"
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
		if box := r.Box.Intersect(whole); !box.Empty() && box != whole { // a box around everything marks nothing
			r.Box = box
			c.Regions = append(c.Regions, region(cam, im, r, fmt.Sprintf("%s-%d", id, len(c.Regions)+1)))
		}
	}
	return c
}

func region(cam Camera, im label.Image, r vision.Region, id string) label.Region {
	out := label.Region{
		ID: id, Kind: label.Box, Class: cam.Class(r.Type), Origin: label.ByMachine, Score: r.Score, Image: im.SHA256,
		Rect: &label.Rect{X: float64(r.Box.Min.X), Y: float64(r.Box.Min.Y), W: float64(r.Box.Dx()), H: float64(r.Box.Dy())},
	}
	if r.Type != "" {
		out.Attributes = map[string]string{"type": r.Type}
	}
	if s := im.MMPerPx; s > 0 {
		long, short := math.Max(out.Rect.W, out.Rect.H), math.Min(out.Rect.W, out.Rect.H)
		out.Size = &label.Size{Length: long * s, Width: short * s, Area: float64(r.Area) * s * s}
	}
	return out
}
