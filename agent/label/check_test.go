package label_test

import (
	"math"
	"strings"
	"testing"

	"edgelabel/agent/label"
)

func taxonomy() *label.Taxonomy {
	class := func(id, key string) label.Class {
		return label.Class{ID: id, Name: label.Text{ZH: "名", EN: "name"}, Hotkey: key}
	}
	retired := class("dent", "1")
	retired.Retired = true
	return &label.Taxonomy{
		Revision: 3, Classes: []label.Class{class("scratch", "1"), class("stain.oil", "2"), retired},
		Modes: []label.Term{{ID: "vib"}}, Mechanisms: []label.Term{{ID: "wear"}}, Causes: []label.Term{{ID: "age"}},
	}
}

// joint is an item with one image of 100 by 50 pixels and a window of 1 to 2 seconds on two signals.
func joint() *label.Item {
	return &label.Item{
		Images: []label.Image{{SHA256: "aa", Width: 100, Height: 50}},
		Window: &label.WindowRef{From: 1e9, To: 2e9, Tags: []string{"force", "temp"}},
	}
}

func TestDraftCheck(t *testing.T) {
	region := func(change func(r *label.Region)) func(d *label.Draft) {
		return func(d *label.Draft) {
			r := label.Region{ID: "1", Kind: label.Box, Class: "scratch", Image: "aa", Rect: &label.Rect{X: 10, Y: 10, W: 20, H: 5}}
			change(&r)
			d.Regions = []label.Region{r}
		}
	}
	points := func(kind label.RegionKind, p ...[2]float64) func(d *label.Draft) {
		return region(func(r *label.Region) { r.Kind, r.Rect, r.Points = kind, nil, p })
	}
	mask := func(w, h float64, runs ...uint32) func(d *label.Draft) {
		return region(func(r *label.Region) { r.Kind, r.Rect, r.Runs = label.Mask, &label.Rect{X: 1, Y: 1, W: w, H: h}, runs })
	}
	span := func(kind label.RegionKind, from, to int64, tags ...string) func(d *label.Draft) {
		return region(func(r *label.Region) { *r = label.Region{ID: "1", Kind: kind, From: from, To: to, Tags: tags} })
	}
	box := func(x, y, w, h float64) func(d *label.Draft) {
		return region(func(r *label.Region) { r.Rect = &label.Rect{X: x, Y: y, W: w, H: h} })
	}
	fault := func(f label.Fault) func(d *label.Draft) { return func(d *label.Draft) { d.Fault = &f } }

	tests := []struct {
		name   string
		change func(d *label.Draft)
		wrong  string // part of the error; empty when it is sound
	}{
		{"verdict alone", func(*label.Draft) {}, ""},
		{"not decidable", func(d *label.Draft) { d.Verdict = label.NotDecidable }, ""},
		{"no verdict", func(d *label.Draft) { d.Verdict = label.Undefined }, "verdict"},
		{"verdict of another world", func(d *label.Draft) { d.Verdict = 4 }, "verdict"},
		{"longest comment", func(d *label.Draft) { d.Comment = strings.Repeat("x", label.MaxComment) }, ""},
		{"comment too long", func(d *label.Draft) { d.Comment = strings.Repeat("x", label.MaxComment+1) }, "comment"},
		{"too many regions", func(d *label.Draft) { d.Regions = make([]label.Region, label.MaxRegions+1) }, "regions: 10001"},
		{"class", func(d *label.Draft) { d.Classes = []string{"scratch", "dent"} }, ""},
		{"unknown class", func(d *label.Draft) { d.Classes = []string{"rust"} }, `classes: "rust"`},

		{"box", region(func(*label.Region) {}), ""},
		{"whole image", box(0, 0, 100, 50), ""},
		{"box without rect", region(func(r *label.Region) { r.Rect = nil }), "rect"},
		{"box without height", box(1, 1, 5, 0), "rect"},
		{"box left of the image", box(-1, 1, 5, 5), "outside"},
		{"box below the image", box(1, 40, 5, 11), "outside"},
		{"box of NaN", box(math.NaN(), 1, 5, 5), "finite"},
		{"box of infinite size", box(1, 1, math.Inf(1), 5), "finite"},
		{"rotated box over the edge", region(func(r *label.Region) { r.Kind, r.Angle, r.Rect.X = label.RotatedBox, 45, 95 }), ""},
		{"rotated by NaN", region(func(r *label.Region) { r.Kind, r.Angle = label.RotatedBox, math.NaN() }), "finite"},
		{"no id", region(func(r *label.Region) { r.ID = "" }), "regions[0].id"},
		{"doubled id", func(d *label.Draft) { region(func(*label.Region) {})(d); d.Regions = append(d.Regions, d.Regions[0]) }, "regions[1].id"},
		{"unknown class of a region", region(func(r *label.Region) { r.Class = "rust" }), "regions[0]: class"},
		{"no class yet", region(func(r *label.Region) { r.Class = "" }), ""},
		{"image of another item", region(func(r *label.Region) { r.Image = "bb" }), "image"},
		{"proposal that nobody confirmed", region(func(r *label.Region) { r.Origin = label.ByMachine }), "origin"},
		{"proposal that was accepted", region(func(r *label.Region) { r.Origin = label.ByAccepting }), ""},
		{"unknown shape", region(func(r *label.Region) { r.Kind = "star" }), "kind"},
		{"link", func(d *label.Draft) {
			region(func(r *label.Region) { r.Links = []string{"2"} })(d)
			d.Regions = append(d.Regions, label.Region{ID: "2", Kind: label.Instant, From: 15e8, To: 15e8, Tags: []string{"force"}})
		}, ""},
		{"link to nothing", region(func(r *label.Region) { r.Links = []string{"9"} }), "regions[0].links"},

		{"polygon", points(label.Polygon, [2]float64{0, 0}, [2]float64{100, 0}, [2]float64{100, 50}), ""},
		{"polygon of two", points(label.Polygon, [2]float64{0, 0}, [2]float64{1, 0}), "points"},
		{"polygon outside", points(label.Polygon, [2]float64{0, 0}, [2]float64{101, 0}, [2]float64{1, 1}), "outside"},
		{"polygon with NaN", points(label.Polygon, [2]float64{0, 0}, [2]float64{math.NaN(), 0}, [2]float64{1, 1}), "outside"},
		{"line", points(label.Polyline, [2]float64{0, 0}, [2]float64{1, 0}), ""},
		{"point", points(label.Point, [2]float64{5, 5}), ""},
		{"two points as one", points(label.Point, [2]float64{5, 5}, [2]float64{6, 6}), "points"},
		{"measure", points(label.Measure, [2]float64{5, 5}, [2]float64{6, 6}), ""},
		{"measure of three", points(label.Measure, [2]float64{5, 5}, [2]float64{6, 6}, [2]float64{7, 7}), "points"},

		{"mask", mask(4, 2, 3, 5), ""},
		{"mask that begins inside", mask(4, 2, 0, 8), ""},
		{"mask too short", mask(4, 2, 3, 4), "runs"},
		{"mask too long", mask(4, 2, 8, 1), "runs"},
		{"mask in half pixels", mask(4.5, 2, 9), "whole pixels"},
		{"mask outside", mask(100, 2, 200), "outside"},

		{"interval", span(label.Interval, 1e9, 2e9, "force", "temp"), ""},
		{"interval of a browser's precision", span(label.Interval, 1e9-256, 2e9+256, "force"), ""},
		{"interval outside", span(label.Interval, 1e9-2000, 2e9, "force"), "outside"},
		{"interval without length", span(label.Interval, 15e8, 15e8, "force"), "not before"},
		{"interval backwards", span(label.Interval, 16e8, 15e8, "force"), "not before"},
		{"interval on no signal", span(label.Interval, 1e9, 2e9), "tags"},
		{"interval on another's signal", span(label.Interval, 1e9, 2e9, "flow"), `"flow"`},
		{"instant", span(label.Instant, 15e8, 15e8, "force"), ""},
		{"instant with length", span(label.Instant, 15e8, 16e8, "force"), "instant"},

		{"fault", fault(label.Fault{Mode: "vib", Mechanism: "wear", Cause: "age", Severity: 1000}), ""},
		{"empty fault", fault(label.Fault{}), ""},
		{"unknown mode", fault(label.Fault{Mode: "x"}), "fault: mode"},
		{"unknown mechanism", fault(label.Fault{Mechanism: "vib"}), "fault: mechanism"},
		{"unknown cause", fault(label.Fault{Cause: "x"}), "fault: cause"},
		{"severity too high", fault(label.Fault{Severity: 1001}), "severity"},
		{"severity below nothing", fault(label.Fault{Severity: -1}), "severity"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &label.Draft{Verdict: label.NotOK}
			tt.change(d)
			err := d.Check(joint(), taxonomy())
			if tt.wrong == "" && err != nil || tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)) {
				t.Errorf("error %v, want %q", err, tt.wrong)
			}
		})
	}
}

func TestDraftCheckReportsEverything(t *testing.T) {
	d := &label.Draft{Classes: []string{"rust"}, Fault: &label.Fault{Mode: "x"}, Regions: []label.Region{{Kind: label.Interval}}}
	err := d.Check(&label.Item{}, taxonomy())
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{"verdict", "classes", "fault", "regions[0].id", "regions[0]: kind: interval needs signals"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in: %v", part, err)
		}
	}
}

func TestTaxonomyCheck(t *testing.T) {
	tests := []struct {
		name   string
		change func(t *label.Taxonomy)
		wrong  string
	}{
		{"sound", func(*label.Taxonomy) {}, ""},
		{"upper case", func(t *label.Taxonomy) { t.Classes[0].ID = "Scratch" }, "classes[0].id"},
		{"empty id", func(t *label.Taxonomy) { t.Classes[0].ID = "" }, "classes[0].id"},
		{"id too long", func(t *label.Taxonomy) { t.Classes[0].ID = strings.Repeat("a", 65) }, "classes[0].id"},
		{"id twice", func(t *label.Taxonomy) { t.Classes[1].ID = "scratch" }, "classes[1].id"},
		{"one language", func(t *label.Taxonomy) { t.Classes[1].Name.ZH = "" }, "classes[1].name"},
		{"key twice", func(t *label.Taxonomy) { t.Classes[1].Hotkey = "1" }, "classes[1].hotkey"},
		{"on what", func(t *label.Taxonomy) { t.Classes[1].On = "sound" }, "classes[1].on"},
		{"color", func(t *label.Taxonomy) { t.Classes[0].Color = "red" }, "classes[0].color"},
		{"merged", func(t *label.Taxonomy) { t.Mappings = []label.Mapping{{From: "dent", To: []string{"scratch"}}} }, ""},
		{"split", func(t *label.Taxonomy) {
			t.Mappings = []label.Mapping{{From: "dent", To: []string{"scratch", "stain.oil"}}}
		}, ""},
		{"merged while offered", func(t *label.Taxonomy) {
			t.Mappings = []label.Mapping{{From: "scratch", To: []string{"dent"}}}
		}, "mappings[0]: from"},
		{"merged into nothing", func(t *label.Taxonomy) { t.Mappings = []label.Mapping{{From: "dent"}} }, "mappings[0]: to"},
		{"merged into itself", func(t *label.Taxonomy) { t.Mappings = []label.Mapping{{From: "dent", To: []string{"dent"}}} }, "mappings[0]: to"},
		{"merged in a circle", func(t *label.Taxonomy) {
			t.Classes[0].Retired = true
			t.Mappings = []label.Mapping{{From: "dent", To: []string{"scratch"}}, {From: "scratch", To: []string{"dent"}}}
		}, "circle"},
		{"keys", func(t *label.Taxonomy) { t.Keys = label.Keys{OK: "F1", NotOK: "F5"} }, ""},
		{"key of another", func(t *label.Taxonomy) { t.Keys.OK = "F8" }, "keys.not_ok"},
		{"no function key", func(t *label.Taxonomy) { t.Keys.Undo = "u" }, "keys.undo"},
		{"term twice", func(t *label.Taxonomy) { t.Modes = append(t.Modes, t.Modes[0]) }, "modes[1].id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tax := taxonomy()
			tt.change(tax)
			err := tax.Check()
			if tt.wrong == "" && err != nil || tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)) {
				t.Errorf("error %v, want %q", err, tt.wrong)
			}
		})
	}
	if c, ok := taxonomy().Class("dent"); !ok || !c.Retired {
		t.Errorf("retired class: %+v, %v", c, ok)
	}
}

func TestFollow(t *testing.T) {
	tax := taxonomy()
	tax.Mappings = []label.Mapping{{From: "dent", To: []string{"burr"}}, {From: "burr", To: []string{"scratch"}}, {From: "rust", To: []string{"a", "b"}}}
	for from, want := range map[string]string{"dent": "scratch", "burr": "scratch", "rust": "rust", "stain.oil": "stain.oil", "": ""} {
		if got := tax.Follow(from); got != want {
			t.Errorf("%q became %q, want %q", from, got, want)
		}
	}
	d := label.Draft{Classes: []string{"dent"}, Regions: []label.Region{{Class: "burr"}}}
	if f := tax.Followed(d); f.Classes[0] != "scratch" || f.Regions[0].Class != "scratch" || d.Classes[0] != "dent" || d.Regions[0].Class != "burr" {
		t.Errorf("%+v of %+v", f, d)
	}
}
