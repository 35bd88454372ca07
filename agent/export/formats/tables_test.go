package formats_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	pq "github.com/parquet-go/parquet-go"

	"edgelabel/agent/export"
	"edgelabel/agent/export/parquet"
	"edgelabel/agent/label"
)

// plantSource is a source of three items on two lines and two days; two people judged the first, nobody the last.
func plantSource() *source {
	s := newSource()
	a := s.picture("a", label.NotOK, label.Region{Kind: label.Box, Class: "dent", Rect: &label.Rect{X: 1, Y: 2, W: 3, H: 4}})
	a.Item.Place = label.Place{Site: "厂 1", Line: "a/b=c"}
	a.Labels = append(a.Labels, label.Label{ID: "La2", Item: "a", Rev: 2, By: label.Person{ID: "li"}, Draft: label.Draft{Verdict: label.OK}},
		label.Label{ID: "La3", Item: "a", Rev: 3, By: label.Person{ID: "wang"}, Draft: a.Labels[0].Draft})
	s.picture("b", label.OK).Item.At += 86_400e9
	c := s.picture("c", label.OK)
	c.Labels = nil
	return s
}

func tables(t *testing.T, s export.Source, out string) parquet.Tables {
	t.Helper()
	sum, err := parquet.WriteTables(t.Context(), s, out)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// tree is every file below a folder.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	if err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		all[filepath.ToSlash(strings.TrimPrefix(p, dir+string(filepath.Separator)))] = string(b)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func tableRows(t *testing.T, body string) (rows []map[string]any) {
	t.Helper()
	r := pq.NewReader(strings.NewReader(body))
	for range r.NumRows() {
		row := map[string]any{}
		if err := r.Read(&row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

func TestTablesAreInHiveLayout(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	if sum := tables(t, plantSource(), out); sum != (parquet.Tables{Version: 1, Items: 3, Labels: 3, Regions: 1, Partitions: 3, Written: 9}) {
		t.Errorf("%+v", sum)
	}
	all := tree(t, out)
	const p = "site=%E5%8E%82%201/line=a%2Fb%3Dc/date=2001-09-09/"
	items, labels, regions := tableRows(t, all["items/"+p+"items.parquet"]), tableRows(t, all["labels/"+p+"labels.parquet"]), tableRows(t, all["regions/"+p+"regions.parquet"])
	if len(items) != 1 || fmt.Sprintf("%v %v %v", items[0]["item_id"], items[0]["people"], items[0]["verdict"]) != "a 2 not_ok" {
		t.Errorf("%v", items)
	}
	if len(labels) != 2 || fmt.Sprintf("%v %v", labels[0]["label_id"], labels[1]["label_id"]) != "La2 La3" { // the newest of each person
		t.Errorf("%v", labels)
	}
	if len(regions) != 1 || regions[0]["label_id"] != "La3" || regions[0]["w"] != 3.0 {
		t.Errorf("%v", regions)
	}
	unjudged := tableRows(t, all["items/site=unknown/line=unknown/date=2001-09-09/items.parquet"])
	if len(unjudged) != 1 || unjudged[0]["verdict"] != nil {
		t.Errorf("%v", unjudged)
	}
}

// Again nothing is written; a new label changes its partition alone, and what the source no longer has goes.
func TestTablesAgain(t *testing.T) {
	s, out := plantSource(), filepath.Join(t.TempDir(), "out")
	tables(t, s, out)
	before := tree(t, out)
	if sum := tables(t, s, out); sum.Written != 0 || sum.Removed != 0 {
		t.Errorf("%+v", sum)
	}
	if after := tree(t, out); fmt.Sprint(sortedKeys(after)) != fmt.Sprint(sortedKeys(before)) {
		t.Errorf("%v, before %v", sortedKeys(after), sortedKeys(before))
	}
	s.records[2].Labels = []label.Label{{ID: "Lc", Item: "c", Rev: 1, By: label.Person{ID: "li"}, Draft: label.Draft{Verdict: label.OK}}}
	s.records = slices.Delete(s.records, 1, 2)
	if sum := tables(t, s, out); sum.Written != 2 || sum.Removed != 3 || sum.Partitions != 2 {
		t.Errorf("%+v", sum)
	}
	after := tree(t, out)
	for name, body := range after {
		if strings.Contains(name, "line=a") && body != before[name] {
			t.Errorf("%s has changed", name)
		}
	}
}

// What no run of tables made is never touched: least of all a bucket.
func TestTablesSpareWhatIsNotTheirs(t *testing.T) {
	for name, body := range map[string]string{"v1/items/a.parquet": "x", "_tables.json": `{"version":99}`} {
		out := t.TempDir()
		file := filepath.Join(out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := parquet.WriteTables(t.Context(), plantSource(), out); err == nil {
			t.Errorf("written over %s", name)
		}
		if all := tree(t, out); len(all) != 1 || all[name] != body {
			t.Errorf("%s became %v", name, all)
		}
	}
}

// The document names every column with its type, in order, and the version.
func TestSchemaIsDocumented(t *testing.T) {
	doc, err := os.ReadFile("../SCHEMA.md")
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out")
	tables(t, plantSource(), out)
	if want := fmt.Sprintf("Version %d", parquet.TablesVersion); !bytes.Contains(doc, []byte(want)) {
		t.Errorf("no %q", want)
	}
	for name, body := range tree(t, out) {
		table, _, _ := strings.Cut(name, "/")
		if table == "_tables.json" {
			continue
		}
		_, section, _ := strings.Cut(string(doc), "\n## "+table+"\n")
		section, _, _ = strings.Cut(section, "\n## ")
		if is, want := documented(section), columns(t, body); !slices.Equal(is, want) {
			t.Errorf("%s: SCHEMA.md has\n%s\nthe file has\n%s", table, strings.Join(is, "\n"), strings.Join(want, "\n"))
		}
	}
}

// documented are the first two cells of each row of a section's table.
func documented(section string) (rows []string) {
	for line := range strings.Lines(section) {
		if cells := strings.Split(line, "|"); len(cells) > 3 && strings.Contains(cells[1], "`") {
			rows = append(rows, strings.Trim(cells[1], " `")+" "+strings.TrimSpace(cells[2]))
		}
	}
	return rows
}

// columns are the names and types of a file's columns.
func columns(t *testing.T, body string) (rows []string) {
	t.Helper()
	f, err := pq.OpenFile(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range f.Schema().Fields() {
		rows = append(rows, c.Name()+" "+typeOf(c))
	}
	return rows
}

func typeOf(c pq.Field) string {
	switch {
	case !c.Leaf(): // LIST: list.element
		return "list of " + typeOf(c.Fields()[0].Fields()[0])
	case c.Optional():
		return c.Type().String() + ", null"
	}
	return c.Type().String()
}
