package golden

import (
	"cmp"
	"fmt"
	"image"
	"slices"

	"edgelabel/agent/label"
	"edgelabel/agent/vision"
	"edgelabel/agent/vision/plane"
)

// WrongPart is the type of the finding that a picture shows none of the layouts.
const WrongPart = "wrong_part"

// alienTo says that a picture is like no good part.
func alienTo(picture image.Rectangle, like float64) vision.Finding {
	score := min(1, 1-like/2)
	return vision.Finding{
		Score: score, Regions: []vision.Region{{Box: picture, Score: score, Type: WrongPart, Area: picture.Dx() * picture.Dy()}},
		Explain: label.Text{
			ZH: fmt.Sprintf("图像与良品基准不符（相似度 %.2f）：工件缺失、错件或位置不对。", max(like, 0)),
			EN: fmt.Sprintf("The picture does not look like any good part (likeness %.2f): part missing, wrong or out of place.", max(like, 0)),
		},
	}
}

func (m *Model) finding(l *layout, p pose, picture *image.Gray, found comparison) vision.Finding {
	f := vision.Finding{Score: min(vision.Squash(found.worst), vision.Suspect-0.001), Explain: m.say(0, found.worst)}
	for _, d := range found.deviations {
		box := inPicture(d.box.Inset(-m.cfg.Pad), p.frame(l.first.Rect, picture.Rect)).Intersect(picture.Rect)
		if !box.Empty() {
			shape := plane.Measure(d.pixels, l.first.Rect.Dx())
			f.Regions = append(f.Regions, vision.Region{Box: box, Score: d.score(), Type: d.kind, Area: d.area, Shape: &shape})
		}
	}
	if len(f.Regions) > 0 {
		slices.SortStableFunc(f.Regions, func(a, b vision.Region) int { return cmp.Compare(b.Score, a.Score) })
		f.Score, f.Explain = f.Regions[0].Score, m.say(len(f.Regions), found.worst)
	}
	return f
}

func (m *Model) say(regions int, worst float64) label.Text {
	n := m.Pictures()
	if regions == 0 {
		return label.Text{
			ZH: fmt.Sprintf("与 %d 张良品图像相比无超差（最大偏差为允差的 %.1f 倍）。", n, worst),
			EN: fmt.Sprintf("Within tolerance of %s (largest deviation %.1f times the tolerance).", count(n, "good picture"), worst),
		}
	}
	return label.Text{
		ZH: fmt.Sprintf("与 %d 张良品图像相比有 %d 处不同，最大偏差为允差的 %.1f 倍。", n, regions, worst),
		EN: fmt.Sprintf("Differs from %s in %s, by up to %.1f times the tolerance.", count(n, "good picture"), count(regions, "place"), worst),
	}
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// inPicture is the upright box around a box of the reference.
func inPicture(r image.Rectangle, f frame) image.Rectangle {
	var out image.Rectangle
	for _, c := range [...]image.Point{r.Min, {X: r.Max.X - 1, Y: r.Min.Y}, {X: r.Min.X, Y: r.Max.Y - 1}, {X: r.Max.X - 1, Y: r.Max.Y - 1}} {
		x, y := f.at(float64(c.X), float64(c.Y))
		out = out.Union(image.Rect(int(x+0.5), int(y+0.5), int(x+0.5)+1, int(y+0.5)+1))
	}
	return out
}
