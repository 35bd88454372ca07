package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
	"edgelabel/collectors/replay"
)

// player writes one line for each row of the table, and more with perSignal.
type player struct {
	judge     *pipeline.Holdback
	reader    *replay.Reader
	tags      []pipeline.Tag
	out       *bufio.Writer
	stderr    io.Writer
	table     string
	perSignal bool
	faulty    map[string]int // cells that are no numbers, by column; rows that are lost under the empty name
}

func (p *player) play(ctx context.Context) error {
	fmt.Fprintln(p.out, "time,signal,score,candidate")
	values := make([]float64, len(p.tags))
	for ctx.Err() == nil {
		row, err := p.reader.Next()
		var wrong *replay.RowError
		switch {
		case errors.Is(err, io.EOF):
			p.sum()
			p.lines(p.judge.Rest())
			return nil
		case errors.As(err, &wrong):
			p.complain(wrong)
		case err != nil:
			return fmt.Errorf("%s: %w", p.table, err)
		}
		spread(values, row, p.tags)
		p.lines(p.judge.Row(p.reader.Time(), values))
	}
	return ctx.Err()
}

// mostNamed is how many lost rows are named one by one.
const mostNamed = 10

// complain names what is wrong: of a column of texts the first only.
func (p *player) complain(wrong *replay.RowError) {
	p.faulty[wrong.Column]++
	if n := p.faulty[wrong.Column]; n == 1 || wrong.Column == "" && n <= mostNamed {
		fmt.Fprintf(p.stderr, "%s: %v\n", p.table, wrong)
	}
}

func (p *player) sum() {
	for _, column := range slices.Sorted(maps.Keys(p.faulty)) {
		if n := p.faulty[column]; column == "" {
			fmt.Fprintf(p.stderr, "%s: %d faulty rows were judged as rows without samples\n", p.table, n)
		} else {
			fmt.Fprintf(p.stderr, "%s: column %q: no number in %d rows, which were judged without it\n", p.table, column, n)
		}
	}
}

func (p *player) lines(rows []pipeline.Judged) {
	for _, row := range rows {
		p.line(row.T, "*", row.Whole)
		if !p.perSignal {
			continue
		}
		for i, t := range p.tags {
			p.line(row.T, t.ID, row.Signals[i])
		}
	}
}

// spread puts a row's samples at the places of their tags; a tag without a sample is NaN.
func spread(values []float64, row []series.Sample, tags []pipeline.Tag) {
	k := 0
	for i, t := range tags {
		values[i] = math.NaN()
		if k < len(row) && row[k].Tag == t.ID {
			values[i] = row[k].Value
			k++
		}
	}
}

func (p *player) line(t int64, signal string, s pipeline.Score) {
	candidate := "0"
	if s.Candidate {
		candidate = "1"
	}
	at := time.Unix(0, t).UTC().Format(time.RFC3339Nano)
	p.out.WriteString(at + "," + quote(signal) + "," + strconv.FormatFloat(s.Score, 'g', 6, 64) + "," + candidate + "\n") // errors come with Flush
}

// quote makes a CSV cell of a column's name.
func quote(s string) string {
	for _, c := range s {
		if c == ',' || c == '"' || c == '\n' || c == '\r' {
			return strconv.Quote(s)
		}
	}
	return s
}
