package pipeline

import (
	"context"
	"maps"
	"slices"

	"edgelabel/agent/label"
)

// shelf keeps a candidate whose rule is shelved or out of service from making an item. When the rule comes back and the candidate is
// still open it is treated as if it had opened then.
func (p *Pipeline) shelf(a *asset, key string, c label.Candidate, at int64) bool {
	if p.cfg.Shelved == nil || !p.cfg.Shelved(c.Rule, at) {
		return false
	}
	p.meter.count(func(m *meter) { m.shelved++ })
	a.shelved[key] = c
	return true
}

// unshelf opens the candidates of the rules that are back.
func (p *Pipeline) unshelf(ctx context.Context, a *asset) {
	if len(a.shelved) == 0 {
		return
	}
	reached := a.reached(p.clock, int64(p.cfg.Grace))
	for _, key := range slices.Sorted(maps.Keys(a.shelved)) {
		if c := a.shelved[key]; !p.cfg.Shelved(c.Rule, reached) {
			delete(a.shelved, key)
			p.opened(ctx, a, key, c)
		}
	}
}
