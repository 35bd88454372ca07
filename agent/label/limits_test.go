package label_test

import (
	"strings"
	"testing"

	"edgelabel/agent/label"
)

func TestTaxonomyChecksLimitPicturesAttributesAndEquipment(t *testing.T) {
	name := label.Text{ZH: "划痕", EN: "Scratch"}
	sha := strings.Repeat("ab", 32)
	sound := func() label.Taxonomy {
		return label.Taxonomy{
			Name: name, Equipment: map[string]string{"T-03": "lathe"},
			Modes: []label.Term{{ID: "vib", Name: name, Equipment: []string{"lathe"}}},
			Classes: []label.Class{{
				ID: "scratch", Name: name,
				Limits:     []label.LimitPicture{{Kind: label.LimitBorderline, Item: "i", Image: sha, Rect: &label.Rect{W: 4, H: 4}}},
				Attributes: []label.Attribute{{ID: "depth", Name: name, Values: []label.Term{{ID: "felt", Name: name}}}},
			}},
		}
	}
	tax := sound()
	if err := tax.Check(); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*label.Taxonomy){
		"limits[0]: want kind":       func(t *label.Taxonomy) { t.Classes[0].Limits[0].Kind = "worst" },
		"limits[0].rect":             func(t *label.Taxonomy) { t.Classes[0].Limits[0].Rect.W = 0 },
		"sha256":                     func(t *label.Taxonomy) { t.Classes[0].Limits[0].Image = "../x" },
		"at most 9 and 8":            func(t *label.Taxonomy) { t.Classes[0].Limits = make([]label.LimitPicture, 10) },
		"attributes[0]: want":        func(t *label.Taxonomy) { t.Classes[0].Attributes[0].Values = nil },
		"attributes[0].values[0].id": func(t *label.Taxonomy) { t.Classes[0].Attributes[0].Values[0].ID = "Felt!" },
		"modes[0].equipment":         func(t *label.Taxonomy) { t.Modes[0].Equipment = []string{""} },
		`equipment["T-03"]`:          func(t *label.Taxonomy) { t.Equipment["T-03"] = "A lathe" },
	} {
		tax := sound()
		if spoil(&tax); tax.Check() == nil || !strings.Contains(tax.Check().Error(), want) {
			t.Errorf("want %q, have %v", want, tax.Check())
		}
	}
}
