package report_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"edgelabel/agent/export"
	"edgelabel/agent/export/report"
	"edgelabel/agent/label"
)

type source []export.Record

func (s source) Each(_ context.Context, yield func(export.Record) error) error {
	for _, r := range s {
		if err := yield(r); err != nil {
			return err
		}
	}
	return nil
}

func (s source) Taxonomy(context.Context) (label.Taxonomy, error) {
	return label.Taxonomy{Revision: 2, Classes: []label.Class{{ID: "scratch", Name: label.Text{ZH: "划痕", EN: "<scratch>"}}, {ID: "dent", Name: label.Text{ZH: "凹坑", EN: "dent"}}}}, nil
}

func (s source) OpenBlob(string) (io.ReadSeekCloser, error) { return nil, fs.ErrNotExist }

// judged is an item with one judgement of each of several people, in turn.
func judged(id string, machine label.Verdict, verdicts ...label.Verdict) export.Record {
	r := export.Record{Item: label.Item{ID: id, Kind: label.KindImage, At: 1e18, Machine: machine, Place: label.Place{Line: "line-1", Asset: "press"},
		Part: label.Part{PartID: "P" + id}, Images: []label.Image{{SHA256: id, Width: 4, Height: 4}}}}
	for i, v := range verdicts {
		l := label.Label{ID: fmt.Sprint(id, i), Item: id, Rev: i + 1, By: label.Person{ID: []string{"li.na", "wang.wei", "zhao"}[i]}, Saved: 1e18 + 60e9,
			Draft: label.Draft{Verdict: v, Opened: 1e18, Decided: 1e18 + 2e9, Taxonomy: 2}}
		if v == label.NotOK {
			l.Classes = []string{"dent"}
		}
		r.Labels = append(r.Labels, l)
	}
	return r
}

func build(t *testing.T, s source, simulated bool) (string, *report.Report) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "report")
	r, err := report.Make(t.Context(), s, dir, simulated)
	if err != nil {
		t.Fatal(err)
	}
	return dir, r
}

func plant() source {
	s := source{judged("a", label.OK, label.NotOK), judged("b", label.NotOK, label.NotOK), judged("c", label.NotOK, label.OK), judged("d", label.OK, label.OK),
		judged("e", label.Undefined, label.OK, label.NotOK), judged("f", label.OK), judged("g", label.OK, label.NotDecidable)}
	simulated := judged("h", label.OK, label.OK)
	simulated.Item.IsSimulated = true
	s[5].Item.Place.Line = ""
	return append(s, simulated)
}

func TestCounts(t *testing.T) {
	_, r := build(t, plant(), false)
	if r.Items.All != 8 || r.Items.Counted != 7 || r.Items.Labelled != 6 || r.Items.Pictures != 6 {
		t.Errorf("%+v", r.Items)
	}
	m := r.Machine
	if m.Slip.Count != 1 || m.Slip.Of != 2 || m.PseudoReject.Count != 1 || m.PseudoReject.Of != 2 || m.Table[label.Undefined][label.NotOK] != 1 {
		t.Errorf("%+v", m)
	}
	if c := r.Classes[1]; c.ID != "dent" || c.Items != 3 || r.Classes[0].Items != 0 {
		t.Errorf("%+v", r.Classes)
	}
	if len(r.People) != 2 || r.People[0].Name != "P1" || r.People[0].Items != 6 || r.People[1].NotOK != 1 || *r.People[0].Decision.P50 != 2 {
		t.Errorf("%+v", r.People)
	}
	if len(r.Weeks) != 1 || r.Weeks[0].Name != "2001-W36" || len(r.Lines) != 1 || r.Lines[0].Items != 6 {
		t.Errorf("%+v, %+v", r.Weeks, r.Lines)
	}
	loss := map[string]int{}
	for _, l := range r.Loss {
		loss[l.ID] = l.N
	}
	if loss["simulated"] != 1 || loss["unlabelled"] != 1 || loss["machine undefined"] != 1 {
		t.Errorf("%v", loss)
	}
	if _, all := build(t, plant(), true); all.Items.Counted != 8 || !all.Simulated {
		t.Errorf("%+v", all.Items)
	}
}

// merged is a source whose taxonomy made one class of another.
type merged struct{ source }

func (m merged) Taxonomy(ctx context.Context) (label.Taxonomy, error) {
	tax, err := m.source.Taxonomy(ctx)
	tax.Classes[1].Retired = true
	tax.Mappings = []label.Mapping{{From: "dent", To: []string{"scratch"}}}
	return tax, err
}

// A merged class counts as the one it became, once for an item that has both.
func TestMergedClasses(t *testing.T) {
	s := source{judged("a", label.OK, label.NotOK), judged("b", label.OK, label.NotOK)}
	both := &s[1].Labels[0].Draft
	both.Classes = []string{"dent", "scratch"}
	both.Regions = []label.Region{{ID: "r0", Kind: label.Point, Class: "dent", Image: "b"}, {ID: "r1", Kind: label.Point, Class: "scratch", Image: "b"}}
	dir := filepath.Join(t.TempDir(), "report")
	r, err := report.Make(t.Context(), merged{s}, dir, false)
	if err != nil {
		t.Fatal(err)
	}
	if scratch, dent := r.Classes[0], r.Classes[1]; scratch.Items != 2 || scratch.Regions != 2 || dent.Items != 0 || dent.Regions != 0 {
		t.Errorf("%+v", r.Classes)
	}
	if both.Classes[0] != "dent" || both.Regions[0].Class != "dent" {
		t.Errorf("the label itself became %+v", both)
	}
	if differ, err := report.Verify(t.Context(), dir, merged{s}); err != nil || len(differ) > 0 {
		t.Errorf("%v, %v", differ, err)
	}
}

func TestIndicators(t *testing.T) {
	s := plant()
	s[0].Item.Part.PartID = ""
	s[1].Item.Images[0].SHA256 = "d" // b is not_ok, d is ok
	s[2].Labels[0].Classes = []string{"gone"}
	_, r := build(t, s, false)
	got := map[string]report.Rate{}
	for _, i := range r.Indicators {
		if i.Rate != nil {
			got[i.ID] = *i.Rate
		}
		if i.ID == "timeliness" && (i.Seconds.N != 6 || *i.Seconds.P50 != 60) {
			t.Errorf("%+v", i.Seconds)
		}
	}
	for id, want := range map[string][2]int{"conformity": {6, 7}, "completeness.part": {5, 6}, "completeness.class": {3, 3}, "uniqueness": {5, 6}, "consistency": {0, 1}} {
		if got[id].Count != want[0] || got[id].Of != want[1] {
			t.Errorf("%s: %+v, want %v", id, got[id], want)
		}
	}
}

// The worked example of a rare defect: people agree on 98 %, and kappa is 0.32.
func TestAgreementOfRareDefects(t *testing.T) {
	a := report.AgreementOf(5, 10, 10, 975)
	for name, v := range map[string][2]float64{"raw": {*a.Raw.Share, 0.980}, "kappa": {*a.Kappa, 0.323}, "ac1": {*a.AC1, 0.979},
		"positive": {*a.Positive, 0.333}, "negative": {*a.Negative, 0.990}} {
		if math.Abs(v[0]-v[1]) > 5e-4 {
			t.Errorf("%s: %g, want %g", name, v[0], v[1])
		}
	}
	if empty := report.AgreementOf(0, 0, 0, 0); empty.Kappa != nil || empty.AC1 != nil || empty.Raw.Share != nil {
		t.Errorf("%+v", empty)
	}
}

func TestIntervals(t *testing.T) {
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{{48, 50, 0.865, 0.989}, {190, 200, 0.910, 0.973}, {80, 80, 0.954, 1}, {0, 10, 0, 0.278}} {
		if r := report.RateOf(c.k, c.n); math.Abs(*r.Low-c.low) > 6e-4 || math.Abs(*r.High-c.high) > 6e-4 {
			t.Errorf("%d of %d: %g to %g, want %g to %g", c.k, c.n, *r.Low, *r.High, c.low, c.high)
		}
	}
}

func TestPairs(t *testing.T) {
	var s source
	verdicts := []label.Verdict{label.OK, label.NotOK}
	for i := range 8 {
		s = append(s, judged(fmt.Sprint(i), label.OK, verdicts[i&1], verdicts[i>>1&1], verdicts[i&1]))
	}
	s[0].Labels[1].Parent = 1 // had the first label on screen
	s = append(s, judged("u", label.OK, label.OK, label.NotDecidable))
	_, r := build(t, s, false)
	if r.Agreement.Items != 9 || len(r.Agreement.Pairs) != 3 {
		t.Fatalf("%+v", r.Agreement)
	}
	same := r.Agreement.Pairs[1]
	if same.People != [2]string{"P1", "P3"} || *same.Kappa != 1 || same.Both != 4 || same.Neither != 4 {
		t.Errorf("%+v", same)
	}
	if first := r.Agreement.Pairs[0]; first.Seen != 1 || first.Undecided != 1 || *first.Kappa != 0 {
		t.Errorf("%+v", first)
	}
	// Krippendorff: alpha is 1 for people who always agree.
	if _, r := build(t, source{judged("a", 0, label.OK, label.OK), judged("b", 0, label.NotOK, label.NotOK)}, false); *r.Agreement.Alpha != 1 {
		t.Errorf("%+v", *r.Agreement.Alpha)
	}
}

// The page asks nobody for anything, speaks both languages and names no person.
func TestPage(t *testing.T) {
	dir, _ := build(t, plant(), false)
	b, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	for _, want := range []string{"数据集质量报告", "Dataset quality report", "漏检率", "&lt;scratch&gt;", "50.0 % ["} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	if found := regexp.MustCompile(`(?i)https?:|<script|src=|href=|url\(|@import`).FindString(page); found != "" {
		t.Errorf("holds %q", found)
	}
	for _, file := range []string{"report.html", "report.json"} {
		if b, err := os.ReadFile(filepath.Join(dir, file)); err != nil || strings.Contains(string(b), "wang.wei") {
			t.Errorf("%s names a person, %v", file, err)
		}
	}
}

func TestVerify(t *testing.T) {
	s := plant()
	dir, _ := build(t, s, false)
	check := func(src export.Source, want ...string) {
		t.Helper()
		if differ, err := report.Verify(t.Context(), dir, src); err != nil || !slices.Equal(differ, want) {
			t.Errorf("%v, %v, want %v", differ, err, want)
		}
	}
	check(nil)
	check(s)
	later := plant()
	later[0].Labels[0].Verdict = label.OK
	check(later, "rows.jsonl.gz")
	for _, name := range []string{"report.json", "report.html"} {
		file := filepath.Join(dir, name)
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(strings.Replace(string(b), "50", "10", 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		check(nil, name)
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := report.Make(t.Context(), s, dir, false); err == nil {
		t.Error("a report is written over another")
	}
}

func TestEmptySource(t *testing.T) {
	dir, r := build(t, source{}, false)
	b, err := json.Marshal(r)
	if err != nil || strings.Contains(string(b), "NaN") {
		t.Errorf("%s, %v", b, err)
	}
	if differ, err := report.Verify(t.Context(), dir, source{}); err != nil || len(differ) > 0 {
		t.Errorf("%v, %v", differ, err)
	}
}

func packed(t *testing.T, b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Rows that anybody may have written never end in a panic.
func FuzzVerify(f *testing.F) {
	f.Add([]byte("{\"version\":1,\"taxonomy\":{}}\n{\"item\":\"a\",\"machine\":\"ok\",\"revisions\":1,\"labels\":[{\"person\":\"P1\",\"verdict\":\"ok\"}]}\n"))
	f.Add([]byte("{\"version\":1}\n{\"labels\":[{},{\"person\":\"x\"}],\"at\":-5,\"images\":[\"\",\"\"]}\n"))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, rows []byte) {
		dir := t.TempDir()
		for name, body := range map[string][]byte{"rows.jsonl.gz": packed(t, rows), "report.json": nil, "report.html": nil} {
			if err := os.WriteFile(filepath.Join(dir, name), body, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if differ, err := report.Verify(t.Context(), dir, nil); err == nil && len(differ) != 2 {
			t.Errorf("empty files are what the rows say: %v", differ)
		}
	})
}
