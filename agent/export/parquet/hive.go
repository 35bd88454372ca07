package parquet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"edgelabel/agent/export"
	"edgelabel/agent/label"
)

// TablesVersion counts the changes of the tables' columns that a query may notice; agent/export/SCHEMA.md lists them.
const TablesVersion = 1

// marker is the file that says that a folder holds tables. Readers of Parquet pass over names that begin so.
const marker = "_tables.json"

// Tables counts what WriteTables found and did.
type Tables struct {
	Version    int `json:"version"`
	Items      int `json:"items"`
	Labels     int `json:"labels"` // the newest of each person on each item
	Regions    int `json:"regions"`
	Partitions int `json:"partitions"` // site, line and UTC date
	Written    int `json:"-"`          // files that are new or changed
	Removed    int `json:"-"`          // files of partitions that the source no longer has
}

// WriteTables writes every item of a source, its people's newest labels and their regions as tables in hive layout,
// TABLE/site=S/line=L/date=D/TABLE.parquet. out must not exist, be empty or hold tables: of these, only the files that differ are replaced.
func WriteTables(ctx context.Context, src export.Source, out string) (t Tables, err error) {
	if err := ours(out); err != nil {
		return t, err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return t, err
	}
	work, err := os.MkdirTemp(filepath.Dir(filepath.Clean(out)), ".edgelabel-tables-*")
	if err != nil {
		return t, err
	}
	h := &hive{out: out, work: work, spools: map[string]string{}, files: map[string]bool{}, sum: Tables{Version: TablesVersion}}
	err = h.all(ctx, src)
	return h.sum, errors.Join(err, os.RemoveAll(work))
}

// ours makes sure that nothing but tables is ever replaced: a bucket's own objects are not.
func ours(out string) error {
	entries, err := os.ReadDir(out)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	b, err := os.ReadFile(filepath.Join(out, marker))
	if err != nil {
		return fmt.Errorf("%s: is not empty and holds no tables", out)
	}
	var t Tables
	if err := json.Unmarshal(b, &t); err != nil || t.Version != TablesVersion {
		return fmt.Errorf("%s: holds tables of version %d, want %d: choose an empty folder", out, t.Version, TablesVersion)
	}
	return nil
}

// hive spreads a source over its partitions on disk, so that memory holds one partition's rows in work at a time.
type hive struct {
	out, work string
	spools    map[string]string // partition → file with a JSON record an item
	files     map[string]bool   // below out, that this run stands for
	sum       Tables
}

// kept is an item as it waits for its partition's turn.
type kept struct {
	Item   label.Item
	Labels []label.Label
}

func (h *hive) all(ctx context.Context, src export.Source) error {
	err := src.Each(ctx, func(r export.Record) error {
		return errors.Join(ctx.Err(), h.keep(kept{r.Item, export.Judgements(r.Labels)}))
	})
	if err != nil {
		return err
	}
	// The marker comes first: a run that ends half way can be begun again.
	if err := h.mark(); err != nil {
		return err
	}
	for _, p := range slices.Sorted(maps.Keys(h.spools)) {
		if err := errors.Join(ctx.Err(), h.partition(p)); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	h.sum.Partitions = len(h.spools)
	if err := h.prune(); err != nil {
		return err
	}
	return h.mark()
}

func (h *hive) mark() error {
	b, err := json.MarshalIndent(h.sum, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(h.out, marker), append(b, '\n'), 0o644)
}

func (h *hive) keep(k kept) error {
	p := fmt.Sprintf("site=%s/line=%s/date=%s", segment(k.Item.Place.Site), segment(k.Item.Place.Line), time.Unix(0, k.Item.At).UTC().Format(time.DateOnly))
	if h.spools[p] == "" {
		h.spools[p] = filepath.Join(h.work, fmt.Sprintf("%d.jsonl", len(h.spools)))
	}
	b, err := json.Marshal(k)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(h.spools[p], os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	return errors.Join(err, f.Close())
}

// segment writes a name as one part of a hive path.
func segment(name string) string {
	if name == "" {
		return "unknown"
	}
	return strings.NewReplacer("=", "%3D", ":", "%3A", "*", "%2A").Replace(url.PathEscape(name))
}

// publish puts a file that was made in work into its place, unless the same bytes are there.
func (h *hive) publish(partition, table string) error {
	made, name := filepath.Join(h.work, table+".parquet"), filepath.Join(table, filepath.FromSlash(partition), table+".parquet")
	h.files[name] = true
	b, err := os.ReadFile(made)
	if err != nil {
		return err
	}
	to := filepath.Join(h.out, name)
	if is, err := os.ReadFile(to); err == nil && bytes.Equal(is, b) {
		return nil
	}
	h.sum.Written++
	return errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.Rename(made, to))
}

// prune removes tables of partitions that the source no longer has.
func (h *hive) prune() error {
	return filepath.WalkDir(h.out, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(p) != ".parquet" {
			return err
		}
		name, err := filepath.Rel(h.out, p)
		if err != nil || h.files[name] {
			return err
		}
		h.sum.Removed++
		return os.Remove(p)
	})
}
