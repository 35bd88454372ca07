package sparkplug

import (
	"fmt"
	"slices"

	"edgelabel/agent/series"
)

// rows reads the tag's column of a data set.
func (t *target) rows(s series.Sample, data []byte) ([]series.Sample, error) {
	set, err := parseTable(data)
	if err != nil {
		return nil, fmt.Errorf("tag %s: %w", t.tag, err)
	}
	at := slices.Index(set.columns, t.column)
	if at < 0 {
		return nil, fmt.Errorf("tag %s: the data set has no column %q", t.tag, t.column)
	}
	times := slices.Index(set.columns, t.times)
	switch {
	case t.times != "" && times < 0:
		return nil, fmt.Errorf("tag %s: the data set has no column %q", t.tag, t.times)
	case len(set.rows) == 0:
		return nil, fmt.Errorf("tag %s: the data set is empty", t.tag)
	case t.kind == series.Wave:
		return t.block(s, set, at)
	case times < 0 && len(set.rows) > 1:
		return nil, fmt.Errorf("tag %s: %d rows and no column of times", t.tag, len(set.rows))
	}
	var out []series.Sample
	for i := range set.rows {
		row := s
		if err := set.cell(&row, t.kind, i, at); err != nil {
			return nil, err
		}
		if times >= 0 {
			if row.Source, err = set.time(i, times); err != nil {
				return nil, fmt.Errorf("tag %s: %w", t.tag, err)
			}
		}
		out = append(out, row)
	}
	return out, nil
}

// block is all rows as one wave.
func (t *target) block(s series.Sample, set table, column int) ([]series.Sample, error) {
	s.Wave = make([]float64, len(set.rows))
	for i := range set.rows {
		row := s
		if err := set.cell(&row, series.Number, i, column); err != nil {
			return nil, err
		}
		s.Wave[i] = row.Value
	}
	return []series.Sample{s}, nil
}

func (t table) typ(column int) uint32 {
	if column < len(t.types) {
		return t.types[column]
	}
	return 0
}

func (t table) cell(s *series.Sample, kind series.Kind, row, column int) error {
	if column >= len(t.rows[row]) {
		return fmt.Errorf("tag %s: row %d has no column %d", s.Tag, row, column)
	}
	return fill(s, kind, t.rows[row][column], t.typ(column))
}

func (t table) time(row, column int) (int64, error) {
	if column >= len(t.rows[row]) || t.rows[row][column].form != formInt {
		return 0, fmt.Errorf("row %d has no time", row)
	}
	return nanos(t.rows[row][column].bits)
}
