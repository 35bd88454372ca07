package pipeline

import (
	"context"
	"fmt"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Teach tells the detector of a rule that a stretch of its signal, in the order of time, was normal. It returns whether the detector
// learns so, after it has. label.ErrNotFound for a rule that is not on one signal.
func (p *Pipeline) Teach(ctx context.Context, rule string, stretch []series.Sample) (bool, error) {
	m := message{at: p.cfg.Now().UnixNano(), lesson: &lesson{rule: rule, stretch: stretch, done: make(chan lessonAnswer, 1)}}
	if err := p.queue.push(ctx, m); err != nil {
		return false, fmt.Errorf("teach %s: %w", rule, err)
	}
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case a := <-m.lesson.done:
		return a.taken, a.err
	}
}

type lesson struct {
	rule    string
	stretch []series.Sample
	done    chan lessonAnswer
}

type lessonAnswer struct {
	taken bool
	err   error
}

func (p *Pipeline) teach(l *lesson) lessonAnswer {
	for _, st := range p.streams {
		for i, r := range st.rules {
			if r.Name != l.rule {
				continue
			}
			pupil, ok := st.detectors[i].(detect.Pupil)
			if ok {
				pupil.Teach(l.stretch)
			}
			return lessonAnswer{taken: ok}
		}
	}
	return lessonAnswer{err: fmt.Errorf("rule %s: %w", l.rule, label.ErrNotFound)}
}
