package formats_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"edgelabel/agent/export"
	"edgelabel/agent/label"
)

// parts adds n parts of three pictures each, an hour apart; the pictures of two parts alternate, and four parts are a lot.
func parts(n int) *source {
	s := newSource()
	for i := range 3 * n {
		r := s.picture(fmt.Sprintf("I%04d", i), label.OK)
		part := i/6*2 + i%2
		r.Item.Part = label.Part{PartID: fmt.Sprint("P", part), JobID: fmt.Sprint("J", part/4)}
		r.Item.At = 1e18 + int64(i)*3600e9
		r.Item.Images = nil // which nothing here looks at
	}
	return s
}

func split(t *testing.T, s export.Source, shares, by string, seed uint64) (map[string]string, []map[string]string, export.Description) {
	t.Helper()
	p, err := export.ParseSplit(shares, seed, by)
	if err != nil {
		t.Fatal(err)
	}
	dir, _ := run(t, s, "csv", export.Options{Split: p})
	rows, of := readCSV(t, dir, "splits.csv"), map[string]string{}
	for _, row := range rows {
		of[row["item"]] = row["split"]
	}
	var d export.Description
	readJSON(t, filepath.Join(dir, "dataset.json"), &d)
	return of, rows, d
}

// No part is in two splits, whatever the split goes by.
func TestNoPartInTwoSplits(t *testing.T) {
	for _, by := range []string{export.ByPart, export.ByLot, export.ByTime} {
		_, rows, d := split(t, parts(200), "80/10/10", by, 7)
		at := map[string]string{}
		for _, row := range rows {
			if other := at[row["part"]]; other != "" && other != row["split"] {
				t.Errorf("by %s: part %s is in %s and %s", by, row["part"], other, row["split"])
			}
			at[row["part"]] = row["split"]
		}
		items := 0
		for _, name := range []string{"train", "val", "test"} {
			items += d.Splits[name].Items
			if d.Splits[name].Items == 0 {
				t.Errorf("by %s: %s is empty", by, name)
			}
		}
		if len(rows) != 600 || items != 600 || d.Split.By != by || d.Split.Seed != 7 || d.Taxonomy != 3 {
			t.Errorf("by %s: %d rows, %+v", by, len(rows), d)
		}
	}
}

func TestSplitFollowsTheSeed(t *testing.T) {
	one, _, _ := split(t, parts(100), "80/10/10", export.ByPart, 1)
	again, _, _ := split(t, parts(100), "80/10/10", export.ByPart, 1)
	other, _, _ := split(t, parts(100), "80/10/10", export.ByPart, 2)
	if !reflect.DeepEqual(one, again) || reflect.DeepEqual(one, other) {
		t.Error("same seed differs, or another seed does not")
	}
	// What comes later moves nothing that is there.
	s := parts(100)
	s.records = s.records[:150]
	early, _, _ := split(t, s, "80/10/10", export.ByPart, 1)
	for item, name := range early {
		if one[item] != name {
			t.Errorf("%s was in %s and is in %s", item, name, one[item])
		}
	}
}

func TestSplitByTimeIsInOrder(t *testing.T) {
	s := newSource()
	for i := range 100 {
		s.picture(fmt.Sprintf("I%03d", i), label.OK).Item.At = 1e18 + int64(i)*1e9
	}
	of, _, d := split(t, s, "70/20/10", export.ByTime, 0)
	for i, item := range slices.Sorted(maps.Keys(of)) {
		want := map[bool]string{true: "train", false: "val"}[i < 70]
		if i >= 90 {
			want = "test"
		}
		if of[item] != want {
			t.Errorf("%s is in %s, want %s", item, of[item], want)
		}
	}
	if len(d.Cuts) != 2 || d.Cuts[0] != "2001-09-09T01:47:50Z" {
		t.Errorf("%v", d.Cuts)
	}
}

// The same picture under two parts, as of a master sample, cannot be in two splits.
func TestNoPictureInTwoSplits(t *testing.T) {
	s := parts(40)
	for i := range s.records {
		s.records[i].Item.Images = []label.Image{{SHA256: sum([]byte("picture I0000")), Format: "png", Width: 10, Height: 8}}
	}
	_, rows, _ := split(t, s, "50/50", export.ByPart, 3)
	for _, row := range rows {
		if row["split"] != rows[0]["split"] {
			t.Fatalf("%v and %v show the same picture", rows[0], row)
		}
	}
	p, err := export.ParseSplit("50/50", 3, export.ByPart)
	if err != nil {
		t.Fatal(err)
	}
	if _, sum := run(t, s, "coco", export.Options{Split: p}); sum.Items+sum.Lost != len(s.records) || sum.Lost == 0 {
		t.Errorf("%+v", sum)
	}
}

func TestParseSplitRefuses(t *testing.T) {
	for _, bad := range []string{"", "100", "80/10", "80/10/20", "80/-10/30", "a/b", "50/50/0/0", "80/10/10/0"} {
		if s, err := export.ParseSplit(bad, 0, export.ByPart); err == nil {
			t.Errorf("%q is %+v", bad, s)
		}
	}
	if _, err := export.ParseSplit("80/10/10", 0, "image"); err == nil {
		t.Error("by image")
	}
}

func FuzzParseSplit(f *testing.F) {
	f.Add("80/10/10", "part")
	f.Add("50/50", "time")
	f.Fuzz(func(t *testing.T, shares, by string) {
		s, err := export.ParseSplit(shares, 1, by)
		if err == nil && (s.Train+s.Val+s.Test != 100 || s.Train < 0 || s.Val < 0 || s.Test < 0 || len(s.Names()) == 0) {
			t.Errorf("%q: %+v", shares, s)
		}
	})
}

func TestPolicy(t *testing.T) {
	by := func(id string, rev int, v label.Verdict) label.Label {
		return label.Label{ID: fmt.Sprint(id, rev), Rev: rev, By: label.Person{ID: id}, Draft: label.Draft{Verdict: v}}
	}
	review := func(l label.Label, of int, r label.ReviewResult, agrees bool) label.Label {
		l.Review = &label.Review{Of: of, Result: r, Agrees: agrees}
		return l
	}
	li := by("li", 1, label.OK)
	for _, c := range []struct {
		policy export.Policy
		labels []label.Label
		want   []string
		lost   int
	}{
		{export.Newest, []label.Label{by("li", 1, label.OK), by("wang", 2, label.NotOK)}, []string{"wang2"}, 1},
		{export.Newest, []label.Label{by("li", 1, label.OK), by("li", 2, label.NotOK)}, []string{"li2"}, 0},
		{export.Majority, []label.Label{by("li", 1, label.OK), by("wang", 2, label.NotOK)}, nil, 2},
		{export.Majority, []label.Label{by("li", 1, label.OK), by("wang", 2, label.NotOK), by("zhao", 3, label.OK), by("wang", 4, label.NotOK)}, []string{"zhao3"}, 2},
		{export.Majority, []label.Label{by("li", 1, label.OK), by("wang", 2, label.NotOK), by("li", 3, label.NotOK)}, []string{"li3"}, 1},
		{export.Every, []label.Label{by("li", 1, label.OK), by("wang", 2, label.NotOK), by("li", 3, label.NotOK)}, []string{"wang2", "li3"}, 0},
		{export.Adjudicated, []label.Label{li}, nil, 1},
		{export.Adjudicated, []label.Label{li, review(by("wang", 2, label.OK), 1, label.Agreed, true)}, []string{"wang2"}, 1},
		{export.Adjudicated, []label.Label{li, review(by("wang", 2, label.NotOK), 1, label.Corrected, false)}, []string{"wang2"}, 1},
		{export.Adjudicated, []label.Label{li, review(by("wang", 2, label.NotDecidable), 1, label.SentBack, false)}, nil, 2},
		{export.Adjudicated, []label.Label{li, review(by("wang", 2, label.NotOK), 1, label.Independent, false)}, nil, 2},
		{export.Adjudicated, []label.Label{li, review(by("wang", 2, label.NotOK), 1, label.Independent, false), review(by("zhao", 3, label.OK), 1, label.Adjudicated, true)},
			[]string{"zhao3"}, 2},
		{export.Adjudicated, []label.Label{li, review(by("wang", 2, label.OK), 1, label.Agreed, true), by("li", 3, label.NotOK)}, nil, 2},
	} {
		s := newSource()
		s.picture("a", label.OK).Labels = c.labels
		dir, sum := run(t, s, "csv", export.Options{Policy: c.policy})
		var got []string
		for _, row := range readCSV(t, dir, "items.csv") {
			got = append(got, row["label"])
		}
		if !slices.Equal(got, c.want) || sum.Outvoted != c.lost || sum.Lost != c.lost || sum.Examples != len(c.want) {
			t.Errorf("%s: %v, %+v, want %v", c.policy, got, sum, c.want)
		}
	}
}
