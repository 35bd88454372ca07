package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
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
	p := &player{judge: pipeline.NewHoldback(judge), reader: reader, tags: tags, out: out, stderr: w.stderr, table: *table, perSignal: *perSignal, faulty: map[string]int{}}
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
