package export

import (
	"bytes"
	_ "embed" // the card's text
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"edgelabel/agent/label"
)

//go:embed card.md.tmpl
var cardText string

// DefaultLicense stands where nobody gave one: such data is nobody else's to use.
const DefaultLicense = "All rights reserved"

// card is what README.md is filled in with.
type card struct {
	Name, License, Format     string
	Size                      string // Hugging Face's size category
	Taxonomy                  int
	Summary                   Summary
	From, To, Lines, Cameras  string
	Windows, Tags             int
	People, Reviewed          int
	PolicyZH, PolicyEN, Split string
	Verdicts, Classes         []cardRow
	Accepted, Edited, Drawn   int
}

type cardRow struct {
	ID, ZH, EN string
	N          int
}

// card writes README.md, the dataset card.
func (r *run) card(d *Description) error {
	t, err := template.New("card").Parse(cardText)
	if err != nil {
		return err
	}
	f := r.facts
	c := card{
		Name: r.options.name(d.Format), License: r.options.license(), Format: d.Format, Size: sizeCategory(d.Summary.Examples),
		Taxonomy: d.Taxonomy, Summary: d.Summary, From: day(f.first), To: day(f.last),
		Lines: counted(f.lines), Cameras: counted(f.cameras), Windows: f.windows, Tags: len(f.tags), People: len(f.people), Reviewed: f.reviewed,
		PolicyZH: policyNames[d.Policy].ZH, PolicyEN: policyNames[d.Policy].EN, Split: r.splitLine(d),
		Accepted: f.origins[label.ByAccepting], Edited: f.origins[label.ByEditing], Drawn: f.origins[label.ByPerson] + f.origins[""],
	}
	for _, v := range byCount(f.verdicts) {
		c.Verdicts = append(c.Verdicts, cardRow{v, verdictNames[v].ZH, verdictNames[v].EN, f.verdicts[v]})
	}
	for _, id := range byCount(f.classes) {
		c.Classes = append(c.Classes, cardRow{cell(id), cell(r.className(id).ZH), cell(r.className(id).EN), f.classes[id]})
	}
	var out bytes.Buffer
	if err := t.Execute(&out, c); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.dir, "README.md"), out.Bytes(), 0o644)
}

var policyNames = map[Policy]label.Text{
	Newest:      {ZH: "最新的判定", EN: "the newest"},
	Majority:    {ZH: "多数人的判定", EN: "the majority's"},
	Adjudicated: {ZH: "经第二人复核的判定", EN: "only what a second person reviewed"},
	Every:       {ZH: "每个人各一个样本", EN: "one example for each person"},
}

var verdictNames = map[string]label.Text{
	label.OK.String():           {ZH: "OK 合格", EN: "OK"},
	label.NotOK.String():        {ZH: "NG 不合格", EN: "not OK"},
	label.NotDecidable.String(): {ZH: "无法判定", EN: "not decidable"},
	label.Undefined.String():    {ZH: "未定", EN: "undefined"},
}

func (r *run) className(id string) label.Text {
	for _, c := range r.tax.Classes {
		if c.ID == id {
			return c.Name
		}
	}
	return label.Text{ZH: id, EN: id}
}

func (r *run) splitLine(d *Description) string {
	var parts []string
	for _, name := range d.Split.Names() {
		if n := d.Splits[name]; n != nil {
			parts = append(parts, fmt.Sprintf("%s %d", name, n.Items))
		}
	}
	return strings.Join(parts, " · ")
}

// counted is "a (3), b (1)".
func counted(m map[string]int) string {
	var parts []string
	for _, name := range byCount(m) {
		shown := cell(name)
		if name == "" {
			shown = "–"
		}
		parts = append(parts, fmt.Sprintf("%s (%d)", shown, m[name]))
	}
	if parts == nil {
		return "–"
	}
	return strings.Join(parts, ", ")
}

// cell keeps a name from ending the table's cell that it is in.
func cell(s string) string { return strings.NewReplacer("|", "\\|", "\n", " ", "`", "'").Replace(s) }

// sizeCategory is the range that dataset hubs file a dataset under.
func sizeCategory(n int) string {
	switch {
	case n < 1_000:
		return "n<1K"
	case n < 10_000:
		return "1K<n<10K"
	case n < 100_000:
		return "10K<n<100K"
	case n < 1_000_000:
		return "100K<n<1M"
	}
	return "n>1M"
}
