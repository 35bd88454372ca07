package retune

import (
	"context"
	"fmt"
	"math"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// recent is how far back it is looked what a signal showed.
const recent = 24 * time.Hour

// extent is the least and the greatest value of a signal. Nothing was seen while least is above greatest.
type extent struct{ least, greatest float64 }

func nothing() extent { return extent{math.Inf(1), math.Inf(-1)} }

func (e *extent) see(tr *series.Trace) {
	for i, v := range tr.V {
		if detect.Usable(series.Sample{Value: v, Status: tr.Status[i]}) {
			e.least, e.greatest = min(e.least, v), max(e.greatest, v)
		}
	}
}

// holds reports whether a limit lies where the signal was, or not further from there than it ranged.
func (e *extent) holds(limit float64) bool {
	room := e.greatest - e.least
	return limit >= e.least-room && limit <= e.greatest+room
}

// plausible refuses a limit that lies far from everything the signal showed lately: with a digit too many a rule is silent for ever, or
// never silent. Where a signal showed no two values there is nothing to go by.
func (d *Desk) plausible(ctx context.Context, tag series.Tag, k knob, value float64) error {
	if !k.isLimit() {
		return nil
	}
	now := d.cfg.Now().UnixNano()
	seen := nothing()
	for at := now - int64(recent); at < now; at += stretch {
		w, err := d.cfg.History.Window(ctx, []string{tag.ID}, at, min(at+stretch, now))
		if err != nil {
			return fmt.Errorf("what %s showed: %w", tag.ID, err)
		}
		seen.see(&w.Traces[0])
	}
	if seen.least >= seen.greatest || seen.holds(value) {
		return nil
	}
	return fmt.Errorf("%w: value: %s = %g lies far from what %s showed in the last %g hours, %g to %g %s; who means it writes it into the configuration",
		label.ErrInvalid, k.name, value, tag.Name, recent.Hours(), seen.least, seen.greatest, tag.Unit)
}
