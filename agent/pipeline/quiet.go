package pipeline

import (
	"context"
	"time"

	"edgelabel/agent/series"
)

// lastWrite is how long what was held back may take to be stored at a stop.
const lastWrite = 3 * time.Second

// quiet stores what silence brings about: samples that were held back for too long, and the word that a signal is stale.
func (p *Pipeline) quiet(ctx context.Context) {
	var list []series.Sample
	for _, st := range p.streams {
		if st.thin.due(p.clock) {
			list = st.thin.release(list)
		}
		if st.silent(p.clock) {
			st.stale = true
			st.counts.reject(fellStale)
			list = append(list, series.Sample{
				Tag: st.tag.ID, Source: st.newest + int64(st.tag.Cleaning.Stale), Receive: p.clock,
				Value: st.last.Value, Text: st.last.Text, Status: statusLastUsable,
			})
		}
	}
	p.storeHeld(ctx, list)
}

func (st *stream) silent(clock int64) bool {
	limit := int64(st.tag.Cleaning.Stale)
	return limit > 0 && !st.stale && st.last.Receive != 0 && st.tag.Kind != series.Wave && clock-st.received > limit
}

// storeAllHeld is for the stop, when ctx has ended already.
func (p *Pipeline) storeAllHeld(ctx context.Context) {
	var list []series.Sample
	for _, st := range p.streams {
		if st.thin != nil {
			list = st.thin.release(list)
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrite)
	defer cancel()
	p.storeHeld(ctx, list)
}

// storeHeld hands samples to the store that no source waits for.
func (p *Pipeline) storeHeld(ctx context.Context, list []series.Sample) {
	if len(list) == 0 {
		return
	}
	n := len(list)
	p.store(ctx, list, nil, p.acks.next(func(err error) {
		if err != nil {
			p.cfg.Log.Error("samples that were held back could not be stored", "samples", n, "error", err)
		}
	}, false, p.acks.failures.Load()))
}

// clocks takes over how far the sources' clocks are ahead.
func (p *Pipeline) clocks() {
	if p.cfg.Clocks == nil {
		return
	}
	ahead := p.cfg.Clocks()
	for _, st := range p.streams {
		st.clean.ahead = int64(ahead[st.tag.Source])
	}
}
