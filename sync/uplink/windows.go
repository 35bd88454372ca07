package uplink

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go"

	"edgelabel/agent/series"
)

// windowRow is one raw sample. Files are sorted by item, tag and time.
type windowRow struct {
	Item   string   `parquet:"item_id,dict"`
	Tag    string   `parquet:"tag,dict"`
	Name   string   `parquet:"name,dict"`
	Unit   string   `parquet:"unit,dict"`
	T      int64    `parquet:"t,delta,timestamp(nanosecond)"` // UTC
	Value  *float64 `parquet:"value,optional"`                // null where the sample had no number
	Status uint32   `parquet:"status"`                        // OPC UA StatusCode
}

const (
	rowsPerGroup = 1 << 18 // bounds the writer's memory
	rowsAtOnce   = 1 << 12
)

// windowWriter builds one Parquet file whose bytes depend on its rows alone.
type windowWriter struct {
	buf  bytes.Buffer
	w    *parquet.GenericWriter[windowRow]
	rows int
	span span
}

func newWindowWriter() *windowWriter {
	w := &windowWriter{}
	w.w = parquet.NewGenericWriter[windowRow](&w.buf, parquet.CreatedBy("edgelabel", "1", "windows"),
		parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(rowsPerGroup))
	return w
}

func (w *windowWriter) add(item string, win *series.Window) error {
	traces := slices.Clone(win.Traces)
	slices.SortStableFunc(traces, func(a, b series.Trace) int { return cmp.Compare(a.Tag, b.Tag) })
	rows := make([]windowRow, 0, rowsAtOnce)
	for _, t := range traces {
		for k := range t.T {
			rows = append(rows, rowOf(item, &t, k))
			w.span.add(t.T[k])
			if len(rows) == cap(rows) {
				if err := w.flush(&rows); err != nil {
					return err
				}
			}
		}
	}
	return w.flush(&rows)
}

func rowOf(item string, t *series.Trace, k int) windowRow {
	row := windowRow{Item: item, Tag: t.Tag, Name: t.Name, Unit: t.Unit, T: t.T[k], Status: t.Status[k]}
	if !math.IsNaN(t.V[k]) {
		row.Value = &t.V[k]
	}
	return row
}

func (w *windowWriter) flush(rows *[]windowRow) error {
	n, err := w.w.Write(*rows)
	w.rows += n
	*rows = (*rows)[:0]
	return err
}

func (w *windowWriter) close() ([]byte, error) {
	err := w.w.Close()
	return w.buf.Bytes(), err
}

// survive turns a panic of the Parquet library over a malformed file into an error: what lies in a bucket may come from anywhere.
func survive(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("malformed parquet: %v", p)
	}
}

// countWindowRows is the number of rows in a Parquet file of windows.
func countWindowRows(f io.ReaderAt, size int64) (n int, err error) {
	defer survive(&err)
	file, err := parquet.OpenFile(f, size)
	if err != nil {
		return 0, err
	}
	return int(file.NumRows()), nil
}

// windowReader reads single items out of a Parquet file of windows.
type windowReader struct {
	file  *parquet.File
	first map[string]int64 // row where the item begins
	rows  map[string]int
}

func newWindowReader(f io.ReaderAt, size int64) (r *windowReader, err error) {
	defer survive(&err)
	file, err := parquet.OpenFile(f, size)
	if err != nil {
		return nil, err
	}
	r = &windowReader{file: file, first: map[string]int64{}, rows: map[string]int{}}
	ids := parquet.NewGenericReader[struct {
		Item string `parquet:"item_id"`
	}](file)
	defer ids.Close()
	page := make([]struct {
		Item string `parquet:"item_id"`
	}, rowsAtOnce)
	for at := int64(0); ; {
		n, err := ids.Read(page)
		for _, row := range page[:n] {
			if _, known := r.first[row.Item]; !known {
				r.first[row.Item] = at
			}
			r.rows[row.Item]++
			at++
		}
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// window returns the item's traces; From and To are left to the caller. An item without rows has none.
func (r *windowReader) window(item string) (w *series.Window, err error) {
	defer survive(&err)
	w = &series.Window{}
	left := r.rows[item]
	if left == 0 {
		return w, nil
	}
	rows := parquet.NewGenericReader[windowRow](r.file)
	defer rows.Close()
	if err := rows.SeekToRow(r.first[item]); err != nil {
		return nil, err
	}
	page := make([]windowRow, min(left, rowsAtOnce))
	for left > 0 {
		n, err := rows.Read(page[:min(left, len(page))])
		for _, row := range page[:n] {
			if row.Item != item {
				return nil, fmt.Errorf("rows of item %s are not together", item)
			}
			appendRow(w, row)
		}
		left -= n
		if left > 0 && (err != nil || n == 0) {
			return nil, fmt.Errorf("%d rows short: %w", left, errors.Join(err, io.ErrUnexpectedEOF))
		}
	}
	return w, nil
}

func appendRow(w *series.Window, row windowRow) {
	if n := len(w.Traces); n == 0 || w.Traces[n-1].Tag != row.Tag {
		w.Traces = append(w.Traces, series.Trace{Tag: row.Tag, Name: row.Name, Unit: row.Unit})
	}
	t := &w.Traces[len(w.Traces)-1]
	v := math.NaN()
	if row.Value != nil {
		v = *row.Value
	}
	t.T, t.V, t.Status = append(t.T, row.T), append(t.V, v), append(t.Status, row.Status)
}
