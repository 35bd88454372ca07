package foreign

import (
	"encoding/json"
	"io/fs"
	"path"
	"strings"

	"edgelabel/agent/label"
)

type datumaroFile struct {
	Categories struct {
		Label struct {
			Labels []struct {
				Name string `json:"name"`
			} `json:"labels"`
		} `json:"label"`
	} `json:"categories"`
	Items []datumaroItem `json:"items"`
}

type datumaroItem struct {
	Annotations []datumaroMark `json:"annotations"`
	Attr        struct {
		Verdict string `json:"verdict"` // an export of this program has it
	} `json:"attr"`
	Image struct {
		Path string `json:"path"`
		Size [2]int `json:"size"` // height, width
	} `json:"image"`
}

type datumaroMark struct {
	Type   string    `json:"type"`
	Label  int       `json:"label_id"`
	BBox   []float64 `json:"bbox"`
	Points []float64 `json:"points"`
	RLE    struct {
		Counts json.RawMessage `json:"counts"`
	} `json:"rle"`
}

// Datumaro reads annotations/<subset>.json of dm_format_version 1.0. Labels of a whole picture are lost.
func Datumaro(dataset fs.FS, yield func(*Picture) error) error {
	return eachFile(dataset, json.Unmarshal, func(name string, f *datumaroFile) error {
		subset := strings.TrimSuffix(path.Base(name), ".json")
		for i := range f.Items {
			if err := yield(f.picture(dataset, subset, &f.Items[i])); err != nil {
				return err
			}
		}
		return nil
	}, "annotations/*.json")
}

func (f *datumaroFile) picture(dataset fs.FS, subset string, it *datumaroItem) *Picture {
	p := &Picture{File: find(dataset, path.Join("images", subset, it.Image.Path), picture(dataset, it.Image.Path)),
		Width: it.Image.Size[1], Height: it.Image.Size[0], Verdict: verdict(it.Attr.Verdict)}
	for i := range it.Annotations {
		class := ""
		if n := it.Annotations[i].Label; n >= 0 && n < len(f.Categories.Label.Labels) {
			class = f.Categories.Label.Labels[n].Name
		}
		it.Annotations[i].add(p, class)
	}
	p.judge()
	return p
}

func (m *datumaroMark) add(p *Picture, class string) {
	switch {
	case m.Type == "bbox" && len(m.BBox) == 4:
		p.add(label.Region{Kind: label.Box, Class: class, Rect: &label.Rect{X: m.BBox[0], Y: m.BBox[1], W: m.BBox[2], H: m.BBox[3]}})
	case m.Type == "polygon" || m.Type == "polyline":
		p.add(label.Region{Kind: label.RegionKind(m.Type), Class: class, Points: flat(m.Points)})
	case m.Type == "points":
		for _, one := range flat(m.Points) {
			p.add(label.Region{Kind: label.Point, Class: class, Points: [][2]float64{one}})
		}
	case m.Type == "mask":
		p.addMask(m.RLE.Counts, class)
	default:
		p.lose("%s %s: there is no such region here", m.Type, class)
	}
}
