package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

// marks are what the scorer gives one recording: points, of at most as many as it has windows, and of no less than so many below zero.
type marks struct{ points, windows float64 }

func standard(all []marks) float64 {
	var sum marks
	for _, m := range all {
		sum.points, sum.windows = sum.points+m.points, sum.windows+m.windows
	}
	return 100 * (sum.points + sum.windows) / math.Max(1, 2*sum.windows)
}

// crossNAB chooses the threshold of novelty without one family of single series at a time.
func (b *bench) crossNAB(ctx context.Context) error {
	s := sets(b.data, "")[0]
	recordings, err := s.list(s.truth)
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	thresholds := []float64{.09, .12, detect.DefaultNovelty, .18, .22, .27}
	given := map[float64]map[string]marks{}
	for _, t := range thresholds {
		if given[t], err = b.marksAt(ctx, s, recordings, t); err != nil {
			return fmt.Errorf("threshold %g: %w", t, err)
		}
	}
	reportNAB(b.stdout, recordings, thresholds, given)
	return nil
}

func reportNAB(w io.Writer, recordings []recording, thresholds []float64, given map[float64]map[string]marks) {
	families := map[string]bool{}
	for _, r := range recordings {
		families[filepath.Dir(r.name)] = true
	}
	score := func(t float64, in func(family string) bool) (list []marks) {
		for name, m := range given[t] {
			if in(filepath.Dir(name)) {
				list = append(list, m)
			}
		}
		return list
	}
	best := func(in func(family string) bool) float64 {
		return slices.MaxFunc(thresholds, func(a, b float64) int { return cmp.Compare(standard(score(a, in)), standard(score(b, in))) })
	}
	everything := func(string) bool { return true }
	for _, t := range thresholds {
		fmt.Fprintf(w, "novelty threshold %.2f: NAB standard %.1f\n", t, standard(score(t, everything)))
	}
	var left []marks
	chosen := map[string]float64{}
	for _, f := range slices.Sorted(maps.Keys(families)) {
		t := best(func(family string) bool { return family != f })
		left, chosen[f] = append(left, score(t, func(family string) bool { return family == f })...), t
	}
	fmt.Fprintf(w, "best on everything: %.2f; chosen without each family: NAB standard %.1f (%v)\n", best(everything), standard(left), chosen)
}

// marksAt plays every series with a threshold and has the scorer mark where candidates open.
func (b *bench) marksAt(ctx context.Context, s set, recordings []recording, threshold float64) (map[string]marks, error) {
	pred := filepath.Join(b.out, fmt.Sprintf("nab-%g", threshold))
	for _, r := range recordings {
		if err := openings(r, threshold, filepath.Join(pred, r.name)); err != nil {
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
	}
	truth, err := filepath.Abs(s.truth)
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, "go", "run", ".", s.name, "-truth", truth, "-pred", pred, "-alarm", "-v")
	c.Dir, c.Stderr = filepath.Join(b.data, "score"), os.Stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("score: %w", err)
	}
	return readMarks(out)
}

var markLine = regexp.MustCompile(`(?m)^ +(\S+\.csv) +raw +(-?[\d.]+) +hit \d+/(\d+)`)

func readMarks(out []byte) (map[string]marks, error) {
	all := map[string]marks{}
	for _, m := range markLine.FindAllSubmatch(bytes.TrimSpace(out), -1) {
		points, err := strconv.ParseFloat(string(m[2]), 64)
		if err != nil {
			return nil, err
		}
		windows, err := strconv.ParseFloat(string(m[3]), 64)
		if err != nil {
			return nil, err
		}
		all[string(m[1])] = marks{points, windows}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("score: no marks in %.200q", out)
	}
	return all, nil
}

// openings judges a series as the program does and writes the rows where candidates open.
func openings(r recording, threshold float64, path string) error {
	tag := pipeline.Tag{Tag: series.Tag{ID: "value", Name: "value", Kind: series.Number}, Scale: 1, Rules: []detect.Rule{
		{Kind: detect.Novelty, Warmup: max(r.fit, detect.LeastLearn), Threshold: threshold},
		{Kind: detect.Shape, Warmup: min(max(r.fit, detect.LeastLearn), detect.MaxShapeLearn)},
	}}
	judge, err := pipeline.NewReplay([]pipeline.Tag{tag}, catalog.New, r.fit)
	if err != nil {
		return err
	}
	held := pipeline.NewHoldback(judge)
	var rows []pipeline.Judged
	for i, row := range r.rows {
		v, err := strconv.ParseFloat(row[0], 64)
		if err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
		rows = append(rows, held.Row(int64(i)*1e9, []float64{v})...)
	}
	var text strings.Builder
	text.WriteString("index,score,alarm\n")
	open := false
	for i, row := range append(rows, held.Rest()...) {
		alarm := 0
		if row.Whole.Candidate && !open {
			alarm = 1
		}
		open = row.Whole.Candidate
		fmt.Fprintf(&text, "%d,%g,%d\n", i, row.Whole.Score, alarm)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text.String()), 0o600)
}
