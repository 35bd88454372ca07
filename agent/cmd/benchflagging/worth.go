package main

import (
	"fmt"
	"math"
)

// result is what a way to judge is worth on some recordings, as the scorer counts.
type result struct {
	f1, far        float64 // of the test bed's rows
	found, farTEP  float64 // mean over faults that can be found; of the simulated process's normal rows
	hasSKAB, isTEP bool
}

// Most rows that may be flagged wrongly, and what each share beyond that costs: more than it can bring.
const (
	mostFAR, mostFARTEP = .15, .025
	costFAR, costFARTEP = 3, 12
)

// worth is one number to choose by.
func (r result) worth() float64 {
	sum, n := 0., 0.
	if r.hasSKAB {
		sum, n = sum+r.f1-costFAR*max(0, r.far-mostFAR), n+1
	}
	if r.isTEP {
		sum, n = sum+r.found-costFARTEP*max(0, r.farTEP-mostFARTEP), n+1
	}
	return sum / max(n, 1)
}

func (r result) String() string {
	return fmt.Sprintf("SKAB F1 %.3f FAR %4.1f %%  TEP FDR %4.1f %% FAR %.2f %%  worth %.3f", r.f1, 100*r.far, 100*r.found, 100*r.farTEP, r.worth())
}

// resultOf counts each recording as the setting says that is picked for it.
func resultOf(all []*tried, pick func(*tried) int) (r result) {
	var bed, normal outcome
	faults := 0.
	for _, t := range all {
		o := t.by[pick(t)]
		if t.set == "skab" {
			r.hasSKAB = true
			bed = outcome{bed.hit + o.hit, bed.missed + o.missed, bed.wrong + o.wrong, bed.quiet + o.quiet}
			continue
		}
		r.isTEP = true
		normal.wrong, normal.quiet = normal.wrong+o.wrong, normal.quiet+o.quiet
		if n := o.hit + o.missed; n > 0 && !t.hard {
			r.found, faults = r.found+float64(o.hit)/float64(n), faults+1
		}
	}
	share := func(n, of int) float64 { return float64(n) / math.Max(1, float64(of)) }
	r.f1, r.far = share(2*bed.hit, 2*bed.hit+bed.missed+bed.wrong), share(bed.wrong, bed.wrong+bed.quiet)
	r.found, r.farTEP = r.found/max(faults, 1), share(normal.wrong, normal.wrong+normal.quiet)
	return r
}

// choose is the setting that is worth most; of equal ones the first.
func choose(all []*tried, settings int) (best int) {
	most := math.Inf(-1)
	for i := range settings {
		if v := resultOf(all, func(*tried) int { return i }).worth(); v > most {
			best, most = i, v
		}
	}
	return best
}

// worstFold is what a setting is worth without the recording that flatters it most.
func worstFold(all []*tried, setting int) float64 {
	worst := math.Inf(1)
	for i := range all {
		rest := append(append([]*tried{}, all[:i]...), all[i+1:]...)
		worst = min(worst, resultOf(rest, func(*tried) int { return setting }).worth())
	}
	return worst
}
