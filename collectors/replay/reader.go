// Package replay reads recorded signals from tables and plays them back.
package replay

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"edgelabel/agent/series"
	"edgelabel/collectors/timestamp"
)

const (
	maxLine    = 4 << 20 // bytes
	maxColumns = 10_000
)

// timeColumns are the names that the first column may have.
var timeColumns = []string{"time", "datetime", "timestamp", "date"}

// ErrHeader marks a table whose first line is no header.
var ErrHeader = errors.New("table header")

// RowError says what is wrong with one row. The reader goes on after it.
type RowError struct {
	Line   int    // of the file, from 1
	Column string // the cell that is wrong; empty when the row as a whole is
	Err    error
}

func (e *RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("line %d: %v", e.Line, e.Err)
	}
	return fmt.Sprintf("line %d, column %q: %v", e.Line, e.Column, e.Err)
}

func (e *RowError) Unwrap() error { return e.Err }

// Reader reads a table: a header, then one row per moment. The first column is the time (RFC 3339, Unix seconds, or 2006-01-02 15:04:05),
// each further column one signal; an empty cell is no sample. Columns are divided by comma, semicolon or tab, whichever the header uses;
// beside a semicolon a decimal comma is read too. Lines may end in \n or \r\n.
type Reader struct {
	lines   *bufio.Scanner
	comma   rune
	columns []string
	loc     *time.Location
	line    int
	last    int64
}

// NewReader reads the header. loc, which may be nil for UTC, is for times without a zone. Errors other than those of r wrap ErrHeader.
func NewReader(r io.Reader, loc *time.Location) (*Reader, error) {
	t := &Reader{lines: bufio.NewScanner(r), loc: loc}
	t.lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	header, err := t.nextLine()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: table is empty", ErrHeader)
	}
	if err != nil {
		return nil, err
	}
	header = strings.TrimPrefix(header, "\ufeff")
	t.comma = delimiter(header)
	names, err := t.cells(header)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHeader, err)
	}
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	t.columns = names[1:]
	return t, checkHeader(names)
}

func checkHeader(names []string) error {
	if !slices.Contains(timeColumns, strings.ToLower(names[0])) {
		return fmt.Errorf("%w: first column is %.40q, want time", ErrHeader, names[0])
	}
	if len(names) < 2 || len(names) > maxColumns {
		return fmt.Errorf("%w: %d columns, want the time and 1 to %d signals", ErrHeader, len(names), maxColumns-1)
	}
	seen := map[string]bool{}
	for i, name := range names {
		if name == "" || seen[name] {
			return fmt.Errorf("%w: column %d: %.40q is not a name of its own", ErrHeader, i+1, name)
		}
		seen[name] = true
	}
	return nil
}

// delimiter is the most frequent of the three outside of quotes.
func delimiter(header string) rune {
	count := map[rune]int{}
	quoted := false
	for _, r := range header {
		if r == '"' {
			quoted = !quoted
		} else if !quoted {
			count[r]++
		}
	}
	best := ','
	for _, r := range ";\t" {
		if count[r] > count[best] {
			best = r
		}
	}
	return best
}

// Columns are the names of the signals, in the order of the table. They must not be changed.
func (t *Reader) Columns() []string { return t.columns }

// Time is the moment of the row that Next read last, UTC ns.
func (t *Reader) Time() int64 { return t.last }

// Next returns the samples of the next row, with the column as tag and the row's time as source and receive time; none when all cells are
// empty. NaN is a bad sample. The caller owns the slice. At the end it returns io.EOF. A *RowError with a Column is about the first cell
// that is no number: the row's other samples are returned beside it. A *RowError without one is about a row that is lost as a whole. After
// either it may be called again and reads on.
func (t *Reader) Next() ([]series.Sample, error) {
	text := ""
	for strings.TrimSpace(text) == "" {
		var err error
		if text, err = t.nextLine(); err != nil {
			return nil, err
		}
	}
	cells, err := t.cells(text)
	if err != nil {
		return nil, &RowError{Line: t.line, Err: err}
	}
	if len(cells) != len(t.columns)+1 {
		return nil, &RowError{Line: t.line, Err: fmt.Errorf("%d cells, the header has %d", len(cells), len(t.columns)+1)}
	}
	at, err := timestamp.Parse(cells[0], timestamp.Auto, t.loc)
	if err != nil {
		return nil, &RowError{Line: t.line, Err: fmt.Errorf("time: %w", err)}
	}
	t.last = at
	return t.samples(at, cells[1:])
}

func (t *Reader) samples(at int64, cells []string) (row []series.Sample, err error) {
	row = make([]series.Sample, 0, len(t.columns))
	for i, name := range t.columns {
		cell := strings.TrimSpace(cells[i])
		if cell == "" {
			continue
		}
		v, status, wrong := t.number(cell)
		switch {
		case wrong == nil:
			row = append(row, series.Sample{Tag: name, Source: at, Receive: at, Value: v, Status: status})
		case err == nil:
			err = &RowError{Line: t.line, Column: name, Err: wrong}
		}
	}
	return row, err
}

func (t *Reader) nextLine() (string, error) {
	if t.lines.Scan() {
		t.line++
		return t.lines.Text(), nil
	}
	if err := t.lines.Err(); err != nil {
		return "", fmt.Errorf("read table: line %d: %w", t.line+1, err)
	}
	return "", io.EOF
}

// cells divides one line. Quoted cells cannot hold line ends, so that a stray quote spoils one line and not the rest of the file.
func (t *Reader) cells(line string) ([]string, error) {
	if !strings.Contains(line, `"`) {
		return strings.Split(line, string(t.comma)), nil
	}
	r := csv.NewReader(strings.NewReader(line))
	r.Comma = t.comma
	return r.Read()
}

var errNumber = errors.New("not a number")

func (t *Reader) number(cell string) (float64, uint32, error) {
	if t.comma == ';' && !strings.Contains(cell, ".") {
		cell = strings.Replace(cell, ",", ".", 1)
	}
	switch strings.ToLower(cell) {
	case "true":
		return 1, series.StatusGood, nil
	case "false":
		return 0, series.StatusGood, nil
	case "nan":
		return math.NaN(), series.StatusBad, nil
	}
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil || math.IsInf(v, 0) || strings.ContainsAny(cell, "xXpP_") {
		return 0, 0, fmt.Errorf("%w: %.40q", errNumber, cell)
	}
	return v, series.StatusGood, nil
}
