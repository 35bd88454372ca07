package pipeline

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/series"
)

// Together says how the signals of an asset are watched together.
type Together struct {
	Step time.Duration // between the rows that are judged; 0 is DefaultStep
	Rule detect.Rule
}

// DefaultStep is the time between two rows of an asset's signals.
const DefaultStep = time.Second

// maxRows bounds how many rows are made up for at once: after a longer silence the rows go on where the signals do.
const maxRows = 600

// board makes rows of an asset's signals, one every step of event time, for its panel.
type board struct {
	panel detect.Panel
	anew  func() (detect.Panel, error) // one that knows nothing
	rule  detect.Rule
	tags  []string
	step  int64
	rest  int64 // ns that the rule rests after a candidate
	next  int64 // event time of the next row, MinInt64 before the first
	row   []float64
}

func newBoard(asset series.Tag, tags []series.Tag, c Together, build func(series.Tag, []series.Tag, detect.Rule) (detect.Panel, error)) (*board, error) {
	numbers := slices.DeleteFunc(slices.Clone(tags), func(t series.Tag) bool { return t.Kind != series.Number })
	if len(numbers) < 2 {
		return nil, fmt.Errorf("asset %s: %d signals with numbers; together takes two", asset.ID, len(numbers))
	}
	rule := c.Rule
	rule.Kind = detect.Multivariate
	anew := func() (detect.Panel, error) { return build(asset, numbers, rule) }
	panel, err := anew()
	if err != nil {
		return nil, fmt.Errorf("asset %s: %w", asset.ID, err)
	}
	b := &board{
		rule: rule.Complete(asset), panel: panel, anew: anew, step: int64(or(c.Step, DefaultStep)), rest: int64(rule.Refractory), next: math.MinInt64, row: make([]float64, len(numbers)),
	}
	for _, t := range numbers {
		b.tags = append(b.tags, t.ID)
	}
	return b, nil
}

// until makes the rows up to the time that the signals have reached. w is the asset's samples from b.since() on.
func (b *board) until(reached int64, w *series.Window, event func(detect.Event), see func(t int64)) {
	frame := series.Grid{Step: time.Duration(b.step), Valid: time.Duration(b.step)}.Frame(w)
	at := make([]int, len(b.tags))
	for i, tag := range b.tags {
		at[i] = slices.Index(frame.Tags, tag)
	}
	for k, t := range frame.T {
		if t < b.next || t > reached {
			continue
		}
		for i, j := range at {
			if b.row[i] = math.NaN(); j >= 0 {
				b.row[i] = frame.V[j][k]
			}
		}
		for _, ev := range b.panel.Row(t, b.row) {
			event(ev)
		}
		see(t)
		b.next = t + b.step
	}
}

// begin finds the first row, and skips a silence that was too long to make up for.
func (b *board) begin(reached int64) {
	if b.next == math.MinInt64 || reached-b.next > maxRows*b.step {
		b.next = reached - reached%b.step + b.step
	}
}

func (b *board) since() int64 { return b.next - b.step }

// rows judges the asset's signals together as far as they are known.
func (p *Pipeline) rows(ctx context.Context, a *asset) {
	b := a.board
	if b == nil {
		return
	}
	reached := a.reached(p.clock, int64(p.cfg.Grace))
	if b.begin(reached); reached < b.next {
		return
	}
	b.until(reached, a.ring.cut(b.since(), reached+1), func(ev detect.Event) { p.event(ctx, a, b.rest, ev) }, func(t int64) { a.purse.see(b.rule.Name, t) })
}
