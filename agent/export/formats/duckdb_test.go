package formats_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"edgelabel/agent/export"
)

// duckdb answers a query by DuckDB's own library, as JSON rows.
func duckdb(t *testing.T, query string) string {
	t.Helper()
	module := filepath.Join(peer(t, "duckdb/node_modules", "@duckdb/node-api"), "@duckdb", "node-api")
	const script = `require(process.argv[1]).DuckDBInstance.create(':memory:').then(i => i.connect()).then(c => c.runAndReadAll(process.argv[2]))
		.then(r => console.log(JSON.stringify(r.getRowsJson()))).catch(e => { console.error(String(e)); process.exitCode = 1 })`
	out, err := exec.CommandContext(t.Context(), "node", "-e", script, module, query).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", query, err, out)
	}
	return strings.TrimSpace(string(out))
}

// DuckDB finds the partitions of the tables by their paths, and joins.
func TestDuckDBReadsTables(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	tables(t, plantSource(), out)
	read := func(table string) string {
		return "read_parquet('" + filepath.Join(out, table) + "/*/*/*/*.parquet', hive_partitioning = true)"
	}
	query := "select i.site, i.line, i.date::varchar, l.verdict, r.class, r.w, r.points::varchar, epoch_us(i.event_time)::varchar, i.people from " + read("items") + " i join " + read("labels") +
		" l using (item_id) join " + read("regions") + " r using (label_id)"
	if got, want := duckdb(t, query), `[["厂 1","a/b=c","2001-09-09","not_ok","dent",3,"[]","1000000000000000",2]]`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := duckdb(t, "select count(*)::int, count(verdict)::int, count(distinct date)::int from "+read("items")); got != "[[3,2,2]]" {
		t.Error(got)
	}
}

// DuckDB reads datasets in the formats that are tables or lines of JSON, and joins their files.
func TestDuckDBReadsDatasets(t *testing.T) {
	for format, query := range map[string]string{
		"parquet": "select i.item_id, l.verdict, m.width from 'DIR/items.parquet' i join 'DIR/labels.parquet' l using (item_id) join 'DIR/images.parquet' m using (item_id) order by 1",
		"csv":     "select i.item, i.verdict, m.width::int from 'DIR/items.csv' i join 'DIR/images.csv' m using (item) order by 1",
		"jsonl":   "select item.id, label.verdict, item.images[1].width::int from 'DIR/manifest.jsonl' order by 1",
	} {
		dir, _ := run(t, plantSource(), format, export.Options{})
		if got, want := duckdb(t, strings.ReplaceAll(query, "DIR", dir)), `[["a","not_ok",10],["b","ok",10]]`; got != want {
			t.Errorf("%s: %s, want %s", format, got, want)
		}
	}
}
