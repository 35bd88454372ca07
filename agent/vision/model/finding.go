package model

import (
	"cmp"
	"fmt"
	"image"
	"math"
	"slices"
	"strings"
	"unicode"

	"edgelabel/agent/label"
	"edgelabel/agent/vision"
)

// answer is what a model says about one picture.
type answer struct {
	name, version string
	found         []proposal
	passed        int // results of a kind that is not read
}

// proposal is one result. Without corners it is about the whole picture.
type proposal struct {
	class   string
	score   float64
	corners [][2]float64 // pixels
	upright bool         // they are those of an upright box
}

func (m *Model) finding(a answer) vision.Finding {
	kept := a.found[:0]
	for _, p := range a.found {
		if p.score >= m.cfg.Threshold {
			p.class = printable(p.class, mostName)
			kept = append(kept, p)
		}
	}
	slices.SortStableFunc(kept, func(a, b proposal) int { return cmp.Compare(b.score, a.score) })
	f := vision.Finding{Model: printable(a.name, mostName), Version: printable(a.version, mostName)}
	for _, p := range kept {
		if len(p.corners) > 0 {
			f.Regions = append(f.Regions, p.region())
		}
	}
	if len(kept) > 0 {
		f.Score = suspicion(kept[0].score, m.cfg.Threshold)
	}
	f.Explain = m.explain(f, kept, a.passed)
	return f
}

// suspicion puts a model's score on the scale of all detectors: its threshold is where a picture becomes suspect.
func suspicion(score, threshold float64) float64 {
	if threshold >= 1 {
		return 1
	}
	return vision.Suspect + (1-vision.Suspect)*(score-threshold)/(1-threshold)
}

// rounding is what shares of a picture are off by, in pixels.
const rounding = 1e-3

func (p proposal) region() vision.Region {
	least, most := p.corners[0], p.corners[0]
	twice := 0.0
	for i, c := range p.corners {
		next := p.corners[(i+1)%len(p.corners)]
		twice += c[0]*next[1] - c[1]*next[0]
		for k := range c {
			least[k], most[k] = min(least[k], c[k]), max(most[k], c[k])
		}
	}
	below := func(v float64) int { return int(math.Floor(v + rounding)) }
	above := func(v float64) int { return int(math.Ceil(v - rounding)) }
	box := image.Rect(below(least[0]), below(least[1]), above(most[0]), above(most[1]))
	r := vision.Region{Box: box, Score: p.score, Type: p.class, Area: int(math.Round(math.Abs(twice) / 2))}
	if !p.upright {
		r.Points = p.corners
	}
	return r
}

// inside moves corners that stick out of a picture to its edge, and reports whether something is left.
func inside(corners [][2]float64, width, height int) bool {
	least, most := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{}
	for i, c := range corners {
		if math.IsNaN(c[0]) || math.IsNaN(c[1]) {
			return false
		}
		for k, limit := range [2]float64{float64(width), float64(height)} {
			corners[i][k] = min(max(c[k], 0), limit)
			least[k], most[k] = min(least[k], corners[i][k]), max(most[k], corners[i][k])
		}
	}
	return len(corners) > 2 && most[0] > least[0] && most[1] > least[1]
}

// score reads a score; a model that tells something else is not understood.
func score(s float64) (float64, error) {
	if !(s >= 0 && s <= 1.0001) { // as sums of float32 come out
		return 0, fmt.Errorf("score %g: want 0 to 1", s)
	}
	return min(s, 1), nil
}

const (
	mostNamed = 6  // proposals that the text names
	mostName  = 64 // letters of a name
)

func (m *Model) explain(f vision.Finding, kept []proposal, passed int) label.Text {
	var named, foreign []string
	for i, p := range kept {
		if i < mostNamed {
			named = append(named, fmt.Sprintf("%s %.2f", p.class, p.score))
		}
		if m.cfg.Class(p.class) == "" && !slices.Contains(foreign, p.class) && len(foreign) < mostNamed {
			foreign = append(foreign, p.class)
		}
	}
	t := label.Text{
		ZH: fmt.Sprintf("模型 %s（版本 %s）提出 %d 处", f.Model, cmp.Or(f.Version, "未知"), len(kept)),
		EN: fmt.Sprintf("The model %s (version %s) proposes %d", f.Model, cmp.Or(f.Version, "unknown"), len(kept)),
	}
	if len(named) > 0 {
		t.ZH, t.EN = t.ZH+"："+strings.Join(named, "、"), t.EN+": "+strings.Join(named, ", ")
	}
	t.ZH, t.EN = t.ZH+"。", t.EN+"."
	if len(foreign) > 0 {
		t.ZH += "没有对应类别：" + strings.Join(foreign, "、") + "。"
		t.EN += " Without a class here: " + strings.Join(foreign, ", ") + "."
	}
	if passed > 0 {
		t.ZH += fmt.Sprintf("另有 %d 个结果的类型无法读取。", passed)
		t.EN += fmt.Sprintf(" %d more results are of a kind that is not read.", passed)
	}
	return t
}

// printable keeps what a server sends from breaking a line or filling a page.
func printable(s string, most int) string {
	clean := []rune(strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)))
	return string(clean[:min(len(clean), most)])
}
