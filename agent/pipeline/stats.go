package pipeline

import (
	"maps"
	"sync"
	"sync/atomic"

	"edgelabel/agent/label"
)

// Stats is what the pipeline has done since it was made.
type Stats struct {
	Queue      int // samples that wait
	QueueSize  int
	Sources    map[string]SourceStats // by the source of the tag; "" for tags that nobody described
	Items      map[label.Kind]uint64  // created
	Candidates map[string]uint64      // by detector
	Pictures   uint64                 // stored, without repetitions
	Rested     uint64                 // candidates without an item because their rule rested
	Shelved    uint64                 // candidates without an item because their rule was shelved or out of service
	Crowded    uint64                 // candidates that their item had no more room for
	Failures   map[string]uint64      // what the store refused: append, create, update, settle
}

// SourceStats counts the samples of one source.
type SourceStats struct {
	Samples    uint64
	Duplicates uint64
	Late       uint64            // stored, but too late to be judged
	Rejected   map[string]uint64 // reason → samples that were stored corrected or, for quality and thinned, left out of the history
}

type reason uint8

const (
	outOfRange reason = iota
	future
	noTime
	unknownTag
	poorQuality
	thinned
	rolledOver
	counterReset
	clockCorrected
	fellStale
	reasons
)

var reasonNames = [reasons]string{
	"out_of_range", "future", "no_time", "unknown_tag", "quality", "thinned", "rolled_over", "counter_reset", "clock", "stale",
}

// counts belongs to one source. The pipeline's goroutine writes and whoever likes reads.
type counts struct {
	samples, duplicates, late atomic.Uint64
	rejected                  [reasons]atomic.Uint64
}

func (c *counts) reject(r reason) { c.rejected[r].Add(1) }

func (c *counts) stats() SourceStats {
	s := SourceStats{
		Samples: c.samples.Load(), Duplicates: c.duplicates.Load(), Late: c.late.Load(), Rejected: map[string]uint64{},
	}
	for r := range c.rejected {
		if n := c.rejected[r].Load(); n > 0 {
			s.Rejected[reasonNames[r]] = n
		}
	}
	return s
}

type meter struct {
	mu         sync.Mutex
	sources    map[string]*counts
	items      map[label.Kind]uint64
	candidates map[string]uint64
	failures   map[string]uint64
	rules      []RuleState
	budgets    []BudgetState
	watched    []Watched
	pictures   uint64
	rested     uint64
	shelved    uint64
	crowded    uint64
}

func newMeter() *meter {
	return &meter{
		sources: map[string]*counts{}, items: map[label.Kind]uint64{}, candidates: map[string]uint64{}, failures: map[string]uint64{},
	}
}

func (m *meter) source(name string) *counts {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.sources[name]
	if c == nil {
		c = &counts{}
		m.sources[name] = c
	}
	return c
}

func (m *meter) count(what func(*meter)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	what(m)
}

func (m *meter) stats() Stats {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := Stats{
		Sources: map[string]SourceStats{}, Items: maps.Clone(m.items), Candidates: maps.Clone(m.candidates),
		Failures: maps.Clone(m.failures), Pictures: m.pictures, Rested: m.rested, Shelved: m.shelved, Crowded: m.crowded,
	}
	for name, c := range m.sources {
		s.Sources[name] = c.stats()
	}
	return s
}
