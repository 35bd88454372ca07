package ui

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

const (
	maxWindowBlob = 64 << 20 // bytes of an encoded window
	sampleBytes   = 20       // of one decoded sample: time, value, status
)

// Reducer is what a Media may do beside: read signals of a range for a screen of n columns, in the order of the tags and in memory that
// does not grow with the range. It answers every tag, and owns nothing of what it returned.
type Reducer interface {
	Reduce(ctx context.Context, tags []string, from, to int64, n int) ([]series.Reduced, []series.Gap, error)
}

// windows reads signals. One stretch is read or decoded at a time, and settled windows are kept decoded up to a number of bytes.
type windows struct {
	media Media
	kept  *cache[*series.Window]
	gate  *gate
}

func newWindows(cfg Config) *windows {
	return &windows{media: cfg.Media, kept: newCache[*series.Window](cfg.WindowCache), gate: newGate()}
}

// each calls do for one signal after the other and returns the gaps. Of a settled item the window is one blob; otherwise the history is
// reduced to n columns, or read signal by signal, so that only one is in memory.
func (ws *windows) each(ctx context.Context, ref label.WindowRef, n int, do func(series.Reduced)) ([]series.Gap, error) {
	if ref.SHA256 != "" {
		w, err := ws.settled(ctx, ref.SHA256)
		if err != nil {
			return nil, err
		}
		for _, t := range w.Traces {
			do(series.Reduced{Trace: t})
		}
		return w.Gaps, nil
	}
	leave, err := ws.gate.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if media, ok := ws.media.(Reducer); ok {
		return reduced(ctx, media, ref, n, do)
	}
	return ws.bySignal(ctx, ref, do)
}

func reduced(ctx context.Context, media Reducer, ref label.WindowRef, n int, do func(series.Reduced)) ([]series.Gap, error) {
	signals, gaps, err := media.Reduce(ctx, ref.Tags, ref.From, ref.To, n)
	if err != nil {
		return nil, fmt.Errorf("signals: %w", err)
	}
	for _, t := range signals {
		do(t)
	}
	return gaps, nil
}

func (ws *windows) bySignal(ctx context.Context, ref label.WindowRef, do func(series.Reduced)) ([]series.Gap, error) {
	var gaps []series.Gap
	seen := map[series.Gap]bool{}
	for _, tag := range ref.Tags {
		w, err := ws.media.Window(ctx, []string{tag}, ref.From, ref.To)
		if err != nil {
			return nil, fmt.Errorf("signal %s: %w", tag, err)
		}
		do(series.Reduced{Trace: traceOf(w, tag)})
		for _, g := range w.Gaps { // a gap of a whole source comes with each of its signals
			if !seen[g] {
				seen[g] = true
				gaps = append(gaps, g)
			}
		}
	}
	return gaps, nil
}

// traceOf returns the trace of the tag, an empty one when the window has none.
func traceOf(w *series.Window, tag string) series.Trace {
	for _, t := range w.Traces {
		if t.Tag == tag {
			return t
		}
	}
	return series.Trace{Tag: tag}
}

func (ws *windows) settled(ctx context.Context, sha string) (*series.Window, error) {
	if w, ok := ws.kept.get(sha); ok {
		return w, nil
	}
	leave, err := ws.gate.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if w, ok := ws.kept.get(sha); ok {
		return w, nil
	}
	f, err := openBlob(ws.media, sha)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxWindowBlob+1))
	if err != nil {
		return nil, fmt.Errorf("window %s: %w", sha, err)
	}
	if len(data) > maxWindowBlob {
		return nil, refuse(http.StatusRequestEntityTooLarge, "the window is too long to show")
	}
	w, err := series.DecodeWindow(data)
	if err != nil {
		return nil, fmt.Errorf("window %s: %w", sha, err)
	}
	var samples int64
	for _, t := range w.Traces {
		samples += int64(len(t.T))
	}
	ws.kept.put(sha, w, samples*sampleBytes)
	return w, nil
}
