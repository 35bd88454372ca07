package limit

import (
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// side is the limits of one direction, the nearer one first. The nearest opens the candidate; a farther one that holds for the on-delay
// as well raises it.
type side struct {
	tag    series.Tag
	about  label.Text // what is judged
	track  *detect.Track
	sign   float64 // +1 for high limits, -1 for low ones
	on     int64   // ns, the on-delay
	scale  float64 // what counts as once the threshold beyond a limit
	levels []level
	raised int // index of the level that the open candidate has reached
}

type level struct {
	name     string
	severity int
	at       *float64 // nil is none
	deadband float64
	outside  bool
	since    int64 // while outside: event time from which on
}

// newSide returns nil where no level has a limit.
func newSide(tag series.Tag, r detect.Rule, sign float64, levels []level) *side {
	s := &side{tag: tag, about: r.About, sign: sign, on: int64(r.OnDelay)}
	if s.about == (label.Text{}) {
		s.about = label.Text{ZH: detect.Named(tag), EN: detect.Named(tag)}
	}
	for _, l := range levels {
		if l.at != nil {
			l.deadband = r.Deadband
			s.levels = append(s.levels, l)
		}
	}
	if len(s.levels) == 0 {
		return nil
	}
	s.scale = scale(r)
	s.track = detect.NewTrack(tag, r, s.levels[0].name, s.say)
	s.track.Held = true
	return s
}

func (s *side) push(t int64, v float64, out []detect.Event) []detect.Event {
	out = s.tick(t, out)
	excess := 0.0
	for i := range s.levels {
		l := &s.levels[i]
		beyond := s.sign * (v - *l.at)
		was := l.outside
		if l.outside = beyond > 0 || was && beyond > -l.deadband; l.outside && !was {
			l.since = t
		}
		if beyond > 0 {
			excess = max(excess, 1+beyond/s.scale)
		}
	}
	out = append(out, s.track.Set(t, s.levels[0].outside, v, excess)...)
	return s.raise(t, out)
}

func (s *side) tick(now int64, out []detect.Event) []detect.Event {
	out = append(out, s.track.Tick(now)...)
	return s.raise(now-1, out) // a sample at the very end of a delay has its say first
}

// raise lets the open candidate reach the levels whose on-delay is over at now.
func (s *side) raise(now int64, out []detect.Event) []detect.Event {
	if !s.track.Open() {
		return out
	}
	for i := s.raised + 1; i < len(s.levels); i++ {
		if l := &s.levels[i]; l.outside && l.since+s.on <= now {
			s.raised = i
			out = append(out, s.track.Renew(l.since+s.on)...)
		}
	}
	return out
}

// say names the level that the candidate has reached. One that opens may have passed the nearer level already.
func (s *side) say(c *label.Candidate, lasted time.Duration) label.Text {
	over := !s.track.Open()
	for i, l := range s.levels {
		if !over && i > s.raised && l.outside && l.since+s.on <= c.From+int64(lasted) {
			s.raised = i
		}
	}
	nearest, l := s.levels[0], s.levels[s.raised]
	c.Limit, c.Severity = l.name, l.severity
	if over {
		s.raised = 0
	}
	if lasted > 0 && l.name != nearest.name {
		return s.escalated(c.Value, nearest, l, lasted)
	}
	return s.sentence(c.Value, l, lasted)
}

func (s *side) sentence(value float64, l level, lasted time.Duration) label.Text {
	name, v, w := s.about, detect.Quantity(value, s.tag.Unit), wordsOf(l, s.tag.Unit)
	if lasted <= 0 {
		return label.Text{ZH: name.ZH + " " + v + " " + w.ZH + "。", EN: name.EN + " " + v + " is " + w.EN + "."}
	}
	zh, en := detect.Lasted(lasted)
	return label.Text{ZH: name.ZH + " " + v + " 连续 " + zh + w.ZH + "。", EN: name.EN + " " + v + " stayed " + w.EN + " for " + en + "."}
}

func (s *side) escalated(value float64, nearest, reached level, lasted time.Duration) label.Text {
	name, v := s.about, detect.Quantity(value, s.tag.Unit)
	near, far := wordsOf(nearest, s.tag.Unit), wordsOf(reached, s.tag.Unit)
	zh, en := detect.Lasted(lasted)
	return label.Text{
		ZH: name.ZH + " 连续 " + zh + near.ZH + "，达到 " + v + "，" + far.ZH + "。",
		EN: name.EN + " stayed " + near.EN + " for " + en + " and reached " + v + ", " + far.EN + ".",
	}
}

// wordsOf says beyond which limit: "above the high limit 480 kN".
func wordsOf(l level, unit string) label.Text {
	limit := detect.Quantity(*l.at, unit)
	switch l.name {
	case "LL":
		return label.Text{ZH: "低于下下限 " + limit, EN: "below the low-low limit " + limit}
	case "L":
		return label.Text{ZH: "低于下限 " + limit, EN: "below the low limit " + limit}
	case "H":
		return label.Text{ZH: "高于上限 " + limit, EN: "above the high limit " + limit}
	}
	return label.Text{ZH: "高于上上限 " + limit, EN: "above the high-high limit " + limit}
}
