package agent

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"edgelabel/agent/sources"
	"edgelabel/store"

	"github.com/VictoriaMetrics/metrics"
)

// writeMetrics writes everything in the Prometheus text format. Names begin with edgelabel_.
func (a *Agent) writeMetrics(w io.Writer) {
	m := exposition{w}
	m.gauge("build_info", labels("version", a.opt.Version), 1)
	m.gauge("ready", "", map[bool]float64{true: 1}[a.ready.Load()])
	for _, src := range a.sources.All() {
		a.sourceMetrics(m, src)
	}
	a.pipelineMetrics(m)
	a.inspectMetrics(m)
	a.modelMetrics(m)
	a.learningMetrics(m)
	a.uplinkMetrics(w)
	a.resultsMetrics(w)
	a.catalogueMetrics(w)
	a.controlMetrics(w)
	a.storeMetrics(m)
	metrics.WriteProcessMetrics(w)
}

func (a *Agent) sourceMetrics(m exposition, src sources.Source) {
	s := src.Status.Snapshot()
	on := labels("source", s.Name)
	m.gauge("source_up", on, up(s))
	if !s.LastSample.IsZero() {
		m.gauge("source_last_sample_age_seconds", on, a.opt.Now().Sub(s.LastSample).Seconds())
	}
	m.counter("source_attempts_total", on, s.Attempts)
	m.counter("samples_total", on, s.Samples)
	m.counter("images_total", on, s.Images)
	m.counter("duplicates_total", on, s.Duplicates)
	m.counter("backfilled_total", on, s.Backfilled)
	if src.Kind == sources.Camera {
		m.counter("picture_bytes_total", on, s.Pictures.Bytes)
		m.gauge("picture_last_bytes", on, float64(s.Pictures.LastBytes))
		m.gauge("pictures_per_second", on, s.Pictures.Rate)
	}
	if s.ClockKnown {
		m.gauge("source_clock_offset_seconds", on, s.ClockOffset.Seconds())
	}
	for _, reason := range slices.Sorted(maps.Keys(s.Rejected)) {
		m.counter("rejected_total", labels("source", s.Name, "reason", reason), s.Rejected[reason])
	}
	for _, reason := range slices.Sorted(maps.Keys(s.Gaps)) {
		m.counter("gaps_total", labels("source", s.Name, "reason", reason), s.Gaps[reason])
	}
}

func (a *Agent) pipelineMetrics(m exposition) {
	s := a.pipeline.Stats()
	m.gauge("queue_samples", "", float64(s.Queue))
	m.gauge("queue_capacity_samples", "", float64(s.QueueSize))
	for kind, n := range s.Items {
		m.counter("items_total", labels("kind", string(kind)), n)
	}
	for detector, n := range s.Candidates {
		m.counter("candidates_total", labels("detector", detector), n)
	}
	for what, n := range s.Failures {
		m.counter("pipeline_failures_total", labels("operation", what), n)
	}
	for source, c := range s.Sources {
		m.counter("samples_late_total", labels("source", source), c.Late)
		m.counter("samples_repeated_total", labels("source", source), c.Duplicates)
		for reason, n := range c.Rejected {
			m.counter("samples_corrected_total", labels("source", source, "reason", reason), n)
		}
	}
}

func (a *Agent) storeMetrics(m exposition) {
	ctx := context.Background()
	st, err := a.store.Stats(ctx)
	if err != nil {
		a.opt.Log.Warn("store statistics", "error", err)
		return
	}
	counts, err := a.store.Counts(ctx)
	if err != nil {
		a.opt.Log.Warn("store counts", "error", err)
		return
	}
	m.gauge("items_open", "", float64(counts.Open))
	m.gauge("items_labeled", "", float64(counts.Labeled))
	m.counter("labels_total", "", a.labels.Load())
	m.gauge("unsynced_items", "", float64(st.Unsynced))
	oldest := 0.0
	if st.Oldest > 0 {
		oldest = float64(a.opt.Now().UnixNano()-st.Oldest) / 1e9
	}
	m.gauge("oldest_unsynced_seconds", "", oldest)
	m.counter("store_commits_total", "", st.Commits)
	m.counter("store_syncs_total", "", st.Syncs)
	m.gauge("disk_free_bytes", "", float64(st.Free))
	m.gauge("disk_full", "", map[bool]float64{true: 1}[st.Full])
	for _, c := range disk(st).Classes {
		m.gauge("disk_bytes", labels("class", c.Name), float64(c.Bytes))
		m.gauge("disk_budget_bytes", labels("class", c.Name), float64(c.Budget))
	}
	m.evicted(st)
}

type exposition struct{ w io.Writer }

func (m exposition) gauge(name, on string, v float64) {
	metrics.WriteGaugeFloat64(m.w, "edgelabel_"+name+on, v)
}

func (m exposition) counter(name, on string, v uint64) {
	metrics.WriteCounterUint64(m.w, "edgelabel_"+name+on, v)
}

// evicted writes the store's class/reason counters.
func (m exposition) evicted(st store.Stats) {
	for key, n := range st.Evicted {
		class, reason, _ := strings.Cut(key, "/")
		m.counter("evicted_total", labels("class", class, "reason", reason), n)
	}
}

// labels renders name and value pairs as {a="x",b="y"}.
func labels(pairs ...string) string {
	var parts []string
	for i := 0; i+1 < len(pairs); i += 2 {
		parts = append(parts, fmt.Sprintf("%s=%q", pairs[i], pairs[i+1]))
	}
	return "{" + strings.Join(parts, ",") + "}"
}
