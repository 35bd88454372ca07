package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/detect"
	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/plan"
	"edgelabel/agent/series"
	"edgelabel/collectors/replay"
)

// runReplay judges recorded rows with the stages and detectors of live data.
func runReplay(ctx context.Context, w world, args []string) error {
	f := flag.NewFlagSet("replay", flag.ContinueOnError)
	file := f.String("c", "", "configuration with rules; default: the default detectors for every column")
	table := f.String("csv", "", "table with a header, the first column is the time")
	scores := f.String("scores", "-", "file for time,signal,score,candidate; - is standard output")
	fit := f.Int("fit", 0, "the first rows that are known to be normal")
	perSignal := f.Bool("per-signal", false, "also one line for each signal")
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if *table == "" || *fit < 0 || len(rest) > 0 {
		return misused("want --csv FILE")
	}
	cfg := config.Default()
	if *file != "" {
		if cfg, err = config.Load(*file); err != nil {
			return err
		}
	}
	in, err := os.Open(*table)
	if err != nil {
		return err
	}
	defer in.Close()
	reader, err := replay.NewReader(in, time.UTC)
	if err != nil {
		return fmt.Errorf("%s: %w", *table, err)
	}
	tags := columnTags(cfg, reader.Columns())
	if len(tags) == 1 && unruled(tags) { // there is time to learn the repertoire of the only column
		tags[0].Rules = []detect.Rule{
			{Kind: detect.Novelty, Warmup: learn(*fit)}, {Kind: detect.Shape, Warmup: min(learn(*fit), detect.MaxShapeLearn)},
		}
	}
	judge, err := pipeline.NewReplay(tags, catalog.New, *fit)
	if err != nil {
		return err
	}
	if err := judge.Several(catalog.New, catalog.Formula); err != nil {
		return err
	}
	if unruled(tags) && len(tags) > 1 {
		panel, err := catalog.NewPanel(series.Tag{ID: "*"}, bare(tags), detect.Rule{Kind: detect.Multivariate, Warmup: learn(*fit)})
		if err != nil {
			return err
		}
		judge.Together(panel)
	}
	out, closeOut, err := output(w, *scores)
	if err != nil {
		return err
	}
	p := &player{judge: pipeline.NewHoldback(judge), reader: reader, tags: tags, out: out, stderr: w.stderr, table: *table, perSignal: *perSignal}
	err = p.play(ctx)
	return errors.Join(err, out.Flush(), closeOut())
}

// columnTags takes a column's settings from the configuration where it names the column.
func columnTags(cfg *config.Config, columns []string) []pipeline.Tag {
	known := map[string]pipeline.Tag{}
	for _, t := range plan.Tags(cfg) {
		known[t.ID] = t
	}
	tags := make([]pipeline.Tag, len(columns))
	for i, name := range columns {
		t, ok := known[name]
		if !ok {
			t = pipeline.Tag{Tag: series.Tag{ID: name, Name: name, Kind: series.Number}, Scale: 1}
		}
		tags[i] = t
	}
	return tags
}

// unruled reports whether the configuration has nothing to say about the columns.
func unruled(tags []pipeline.Tag) bool {
	return !slices.ContainsFunc(tags, func(t pipeline.Tag) bool { return t.Rules != nil })
}

// learn is how many rows to learn on when fit were asked for; 0 is the default.
func learn(fit int) int {
	if fit == 0 {
		return 0
	}
	return min(max(fit, detect.LeastLearn), detect.MaxLearn)
}

func bare(tags []pipeline.Tag) []series.Tag {
	out := make([]series.Tag, len(tags))
	for i, t := range tags {
		out[i] = t.Tag
	}
	return out
}

func output(w world, path string) (*bufio.Writer, func() error, error) {
	if path == "-" {
		return bufio.NewWriter(w.stdout), func() error { return nil }, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, nil, err
	}
	return bufio.NewWriter(f), f.Close, nil
}

// player writes one line for each row of the table, and more with perSignal.
type player struct {
	judge     *pipeline.Holdback
	reader    *replay.Reader
	tags      []pipeline.Tag
	out       *bufio.Writer
	stderr    io.Writer
	table     string
	perSignal bool
	faulty    int
}

func (p *player) play(ctx context.Context) error {
	fmt.Fprintln(p.out, "time,signal,score,candidate")
	values := make([]float64, len(p.tags))
	for ctx.Err() == nil {
		row, err := p.reader.Next()
		var wrong *replay.RowError
		switch {
		case errors.Is(err, io.EOF):
			if p.faulty > 0 {
				fmt.Fprintf(p.stderr, "%s: %d faulty rows were judged as rows without samples\n", p.table, p.faulty)
			}
			p.lines(p.judge.Rest())
			return nil
		case errors.As(err, &wrong):
			p.faulty++
			fmt.Fprintf(p.stderr, "%s: %v\n", p.table, wrong)
		case err != nil:
			return fmt.Errorf("%s: %w", p.table, err)
		}
		spread(values, row, p.tags)
		p.lines(p.judge.Row(p.reader.Time(), values))
	}
	return ctx.Err()
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
