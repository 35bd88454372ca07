package csv

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"edgelabel/agent/export"
	"edgelabel/agent/series"
)

// table is one file.
type table struct {
	f *os.File
	b *bufio.Writer
	w *csv.Writer
}

func newTable(dir, name string, header []string) (*table, error) {
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	t := &table{f: f, b: bufio.NewWriterSize(f, 64<<10)}
	t.w = csv.NewWriter(t.b)
	return t, t.row(header...)
}

func (t *table) row(cells ...string) error { return t.w.Write(cells) }

func (t *table) close() error {
	t.w.Flush()
	return errors.Join(t.w.Error(), t.b.Flush(), t.f.Close())
}

// window writes the item's samples.
func (e *encoder) window(ctx context.Context, x *export.Example) error {
	w, err := x.Window(ctx)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, series.ErrCorrupt) {
		return e.job.Lost(export.Lost{Item: x.Item.ID, Label: x.Label.ID, Reason: "window: " + err.Error()})
	}
	if err != nil {
		return err
	}
	dir := filepath.Join(e.job.Dir, "windows")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	t, err := newTable(dir, fileName(x.Item.ID)+".csv", []string{"time", "tag", "name", "unit", "value", "quality", "status"})
	if err != nil {
		return err
	}
	for i := range w.Traces {
		err = errors.Join(err, trace(t, &w.Traces[i]))
	}
	return errors.Join(err, t.close())
}

func trace(t *table, tr *series.Trace) error {
	for k, at := range tr.T {
		value := ""
		if !math.IsNaN(tr.V[k]) {
			value = number(tr.V[k])
		}
		status := tr.Status[k]
		if err := t.row(stamp(at), tr.Tag, tr.Name, tr.Unit, value, series.QualityOf(status).String(), strconv.FormatUint(uint64(status), 10)); err != nil {
			return err
		}
	}
	return nil
}

// fileName is the id where it can be a file's name, else its hash.
func fileName(id string) string {
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-' || r == '_'
	}
	if id != "" && len(id) <= 64 && strings.IndexFunc(id, func(r rune) bool { return !plain(r) }) < 0 {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])
}

// stamp writes UTC nanoseconds; zero is an empty cell.
func stamp(ns int64) string {
	if ns == 0 {
		return ""
	}
	return time.Unix(0, ns).UTC().Format("2006-01-02T15:04:05.000000000Z")
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func whole(n int) string { return strconv.Itoa(n) }

func yes(b bool) string { return strconv.FormatBool(b) }

// jsonOf is empty for a value without elements. What it is given always marshals; an error is a broken label and is returned.
func jsonOf(v any, n int) (string, error) {
	if n == 0 {
		return "", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

// list writes ids one behind the other: no id has a space in it that is not escaped.
func list(ids []string) string {
	escaped := make([]string, len(ids))
	for i, id := range ids {
		escaped[i] = url.PathEscape(id)
	}
	return strings.Join(escaped, " ")
}

// harmless keeps a spreadsheet from taking what somebody typed for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
