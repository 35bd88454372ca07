package pipeline

import (
	"slices"
	"time"

	"edgelabel/agent/detect"
)

// Memory keeps what detectors have learnt. What is kept under a key is there whole or not at all.
type Memory interface {
	// Learned returns what was kept, nil when nothing was. What is damaged is set aside, and the error says so.
	Learned(key string) ([]byte, error)

	// KeepLearned puts state in the place of what was kept before.
	KeepLearned(key string, state []byte) error

	// ForgetLearned sets aside what nobody can use.
	ForgetLearned(key string) error
}

// keepEvery is how old what is kept may become: a start after a crash goes on from there.
const keepEvery = int64(10 * time.Minute)

// ticksOfRound is in how many ticks all detectors are written: a share of them with each, so that samples never wait long.
const ticksOfRound = 1000

// learnt is the round of detectors that are kept.
type learnt struct {
	all   []keeper
	next  int
	begun int64 // gateway's clock when the round began

	running bool // what Config.Lookup adds is recalled when it comes
}

type keeper struct {
	key      string // the rule's name, or the asset's where it is a budget
	detector func() detect.Detector
	panel    detect.Panel
	budget   *detect.Spending
}

// keeper finds the detector by its rule: others may have gone.
func (st *stream) keeper(rule string) keeper {
	return keeper{key: rule, detector: func() detect.Detector {
		return st.detectors[slices.IndexFunc(st.rules, func(r detect.Rule) bool { return r.Name == rule })]
	}}
}

func (w *watch) keeper() keeper {
	return keeper{key: w.rule.Name, detector: func() detect.Detector { return w.detector }}
}

func (k *keeper) get() (detect.Keeper, bool) {
	if k.budget != nil {
		return k.budget, true
	}
	if k.panel != nil {
		known, ok := k.panel.(detect.Keeper)
		return known, ok
	}
	known, ok := k.detector().(detect.Keeper)
	return known, ok
}

// recall gives the detectors what they had learnt before the last stop.
func (p *Pipeline) recall() {
	p.learnt.begun = p.clock
	for _, st := range p.streams {
		p.recallStream(st)
	}
	for _, w := range p.watches {
		p.recallWatch(w)
	}
	for _, a := range p.all {
		if a.board == nil {
			continue
		}
		key := a.board.rule.Name
		p.learnt.all = append(p.learnt.all, keeper{key: key, panel: a.board.panel})
		if p.recallOne(key, a.board.panel) {
			continue
		}
		if panel, err := a.board.anew(); err != nil {
			p.cfg.Log.Error("detector cannot be made anew", "asset", a.cfg.ID, "error", err)
		} else {
			a.board.panel, p.learnt.all[len(p.learnt.all)-1].panel = panel, panel
			a.purse.replace(key, panel)
		}
	}
	p.recallBudgets()
	p.learnt.running, p.learnt.next = true, len(p.learnt.all) // the first round begins later
}

func (p *Pipeline) recallStream(st *stream) {
	st.resumes = true
	for i, d := range st.detectors {
		key := st.rules[i].Name
		p.learnt.all = append(p.learnt.all, st.keeper(key))
		if p.recallOne(key, d) {
			continue
		}
		if fresh, err := p.cfg.Detector(st.tag.Tag, st.rules[i]); err != nil {
			p.cfg.Log.Error("detector cannot be made anew", "rule", key, "error", err)
		} else {
			st.detectors[i] = fresh
			purseOf(st.asset).replace(key, fresh)
		}
	}
}

func (p *Pipeline) recallWatch(w *watch) {
	w.resumes = true
	p.learnt.all = append(p.learnt.all, w.keeper())
	if !p.recallOne(w.rule.Name, w.detector) {
		w.renew()
		purseOf(w.asset).replace(w.rule.Name, w.detector)
	}
}

// recallBudgets gives the budgets what they had seen. One that cannot use it begins anew.
func (p *Pipeline) recallBudgets() {
	for _, a := range p.all {
		if a.purse == nil {
			continue
		}
		key := "budget." + a.cfg.ID
		if !p.recallOne(key, a.purse.Spending) {
			p.purse(a)
		}
		p.learnt.all = append(p.learnt.all, keeper{key: key, budget: a.purse.Spending})
	}
}

// resume tells a detector before its first sample that nobody listened before.
func resume(d detect.Detector, t int64) {
	if r, ok := d.(detect.Resumer); ok {
		r.Resume(t)
	}
}

// recallOne reports false where the detector is spoilt by state that it cannot use.
func (p *Pipeline) recallOne(key string, detector any) bool {
	k, ok := detector.(detect.Keeper)
	if !ok || p.cfg.Memory == nil {
		return true
	}
	state, err := p.cfg.Memory.Learned(key)
	if err != nil {
		p.cfg.Log.Warn("what a detector had learnt is damaged and set aside; it learns anew", "rule", key, "error", err)
		return true
	}
	if state == nil {
		return true
	}
	if err = detect.Restore(state, k); err == nil {
		return true
	}
	p.cfg.Log.Warn("what a detector had learnt does not fit and is set aside; it learns anew", "rule", key, "error", err)
	if err := p.cfg.Memory.ForgetLearned(key); err != nil {
		p.cfg.Log.Error("what a detector had learnt stays where it was", "rule", key, "error", err)
	}
	return false
}

// keepSome writes the detectors whose turn it is.
func (p *Pipeline) keepSome() {
	l := &p.learnt
	if l.next >= len(l.all) && p.clock-l.begun >= keepEvery {
		l.next, l.begun = 0, p.clock
	}
	until := min(len(l.all), l.next+1+len(l.all)/ticksOfRound)
	for ; l.next < until; l.next++ {
		p.keep(&l.all[l.next])
	}
}

// keepAll writes them all: the pipeline stops.
func (p *Pipeline) keepAll() {
	for i := range p.learnt.all {
		p.keep(&p.learnt.all[i])
	}
}

func (p *Pipeline) keep(k *keeper) {
	d, ok := k.get()
	if !ok || p.cfg.Memory == nil {
		return
	}
	if err := p.cfg.Memory.KeepLearned(k.key, detect.Kept(d)); err != nil {
		p.meter.count(func(m *meter) { m.failures["learned"]++ })
		p.cfg.Log.Error("what a detector has learnt is not kept", "rule", k.key, "error", err)
	}
}
