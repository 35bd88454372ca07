package foreign

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"strings"

	"edgelabel/agent/label"
)

type studioTask struct {
	Data        map[string]any `json:"data"`
	Annotations []struct {
		Result []studioResult `json:"result"`
	} `json:"annotations"`
}

type studioResult struct {
	Type   string      `json:"type"`
	Width  int         `json:"original_width"`
	Height int         `json:"original_height"`
	Value  studioValue `json:"value"`
}

type studioValue struct {
	X, Y, Width, Height, Rotation float64
	Points                        [][2]float64
	RLE                           []int    `json:"rle"`
	Choices                       []string `json:"choices"`
	Rectangles                    []string `json:"rectanglelabels"`
	Polygons                      []string `json:"polygonlabels"`
	KeyPoints                     []string `json:"keypointlabels"`
	Brushes                       []string `json:"brushlabels"`
}

// LabelStudio reads exported tasks (JSON) with pictures: the first annotation of each. Signals, and choices that are no verdict, are lost.
func LabelStudio(dataset fs.FS, yield func(*Picture) error) error {
	return eachFile(dataset, json.Unmarshal, func(_ string, tasks *[]studioTask) error {
		for i := range *tasks {
			if err := (*tasks)[i].yield(dataset, yield); err != nil {
				return err
			}
		}
		return nil
	}, "*.json")
}

func (t *studioTask) yield(dataset fs.FS, yield func(*Picture) error) error {
	named, ok := t.Data["image"].(string)
	if !ok {
		return nil // a task of signals: there is no picture to bring
	}
	p := &Picture{File: studioFile(dataset, named)}
	if len(t.Annotations) == 0 {
		return yield(p)
	}
	for i := range t.Annotations[0].Result {
		t.Annotations[0].Result[i].add(p)
	}
	p.judge()
	return yield(p)
}

// studioFile takes the file out of a link such as /data/local-files/?d=images/a.png or /data/upload/3/1a2b3c4d-a.png.
func studioFile(dataset fs.FS, named string) string {
	if u, err := url.Parse(named); err == nil {
		named = u.Path
		if d := u.Query().Get("d"); d != "" {
			named = d
		}
	}
	base := named[strings.LastIndex(named, "/")+1:]
	_, rest, _ := strings.Cut(base, "-")
	return find(dataset, picture(dataset, named), picture(dataset, "x/"+rest), picture(dataset, named))
}

func (s *studioResult) add(p *Picture) {
	if s.Width > 0 && s.Height > 0 {
		p.Width, p.Height = s.Width, s.Height
	}
	v := &s.Value
	px, py := float64(s.Width)/100, float64(s.Height)/100
	switch {
	case s.Type == "choices" && len(v.Choices) == 1 && verdict(v.Choices[0]) != label.Undefined:
		p.Verdict = verdict(v.Choices[0])
	case len(v.Rectangles) > 0:
		p.add(studioBox(v, px, py))
	case len(v.Polygons) > 0:
		points := make([][2]float64, len(v.Points))
		for i, c := range v.Points {
			points[i] = [2]float64{c[0] * px, c[1] * py}
		}
		p.add(label.Region{Kind: label.Polygon, Class: v.Polygons[0], Points: points})
	case len(v.KeyPoints) > 0:
		p.add(label.Region{Kind: label.Point, Class: v.KeyPoints[0], Points: [][2]float64{{v.X * px, v.Y * py}}})
	case len(v.Brushes) > 0:
		r, err := studioMask(v.RLE, s.Width, s.Height)
		if err != nil {
			p.lose("mask %s: %v", v.Brushes[0], err)
			return
		}
		r.Class = v.Brushes[0]
		p.add(*r)
	default:
		p.lose("%s: there is no such region here", s.Type)
	}
}

// studioBox moves the corner that Label Studio turns about back to where a box that turns about its centre has it.
func studioBox(v *studioValue, px, py float64) label.Region {
	r := label.Region{Kind: label.Box, Class: v.Rectangles[0], Rect: &label.Rect{X: v.X * px, Y: v.Y * py, W: v.Width * px, H: v.Height * py}}
	if v.Rotation != 0 {
		r.Kind, r.Angle = label.RotatedBox, v.Rotation
		centre := turn(r.Rect.W/2, r.Rect.H/2, v.Rotation)
		r.Rect.X += centre[0] - r.Rect.W/2
		r.Rect.Y += centre[1] - r.Rect.H/2
	}
	return r
}

// studioMask reads thi.ng/rle-pack of RGBA bytes: a pixel is on where its alpha is.
func studioMask(packed []int, width, height int) (*label.Region, error) {
	if width <= 0 || height <= 0 || width > maxPixels/height {
		return nil, errMask
	}
	b := bitReader{bytes: packed}
	n, word := b.take(32), b.take(5)+1
	sizes := [4]int{b.take(4) + 1, b.take(4) + 1, b.take(4) + 1, b.take(4) + 1}
	if n != 4*width*height || word != 8 {
		return nil, errMask
	}
	on := make([]bool, width*height)
	for i := 0; i < n && !b.short; {
		run := b.take(1) == 1
		end := min(i+1+b.take(sizes[b.take(2)]), n)
		v := 0
		for first := true; i < end && !b.short; i++ {
			if first || !run {
				v, first = b.take(word), false
			}
			if i%4 == 3 {
				on[i/4] = v > 0
			}
		}
	}
	if b.short {
		return nil, errors.New("the mask ends early")
	}
	return cutOut(on, width)
}

type bitReader struct {
	bytes []int
	at    int
	short bool
}

func (b *bitReader) take(n int) (v int) {
	for ; n > 0; n-- {
		if b.at/8 >= len(b.bytes) {
			b.short = true
			return 0
		}
		v = v<<1 | b.bytes[b.at/8]>>(7-b.at%8)&1
		b.at++
	}
	return v
}
