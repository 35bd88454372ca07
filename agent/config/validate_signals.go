package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"edgelabel/agent/detect"
)

func (v *validator) tags(tags []Tag) {
	kind := kindOf(tags)
	for i := range tags {
		t, path := &tags[i], fmt.Sprintf("tags[%d]", i)
		if !tagPattern.MatchString(t.ID) {
			v.wrong(path+".id", "%q: want 1 to 128 characters without spaces, / + or #", t.ID)
		}
		v.unique("tag", path+".id", t.ID)
		v.known("asset", path+".asset", t.Asset)
		v.oneOf(path+".kind", t.Kind, "number", "bool", "text", "wave")
		if t.Kind == "wave" {
			v.positive(path+".rate", t.Rate)
		}
		if t.Scale == 0 {
			v.wrong(path+".scale", "want a factor other than zero")
		}
		if t.Min != nil && t.Max != nil && *t.Min >= *t.Max {
			v.wrong(path+".min", "%g is not below max %g", *t.Min, *t.Max)
		}
		if len(t.Rules) > 0 && t.Kind != "number" && t.Kind != "bool" {
			v.wrong(path+".rules", "a tag of kind %s takes no rules", t.Kind)
		}
		v.cleaning(path, t)
		v.vibration(path+".vibration", t, tags)
		for k := range t.Rules {
			where := fmt.Sprintf("%s.rules[%d]", path, k)
			v.rule(where, &t.Rules[k])
			v.several(where, &t.Rules[k], kind)
		}
	}
}

func (v *validator) rule(path string, r *Rule) {
	given := 0
	for _, present := range []bool{r.Limit != nil, r.Stuck != nil, r.Missing != nil, r.Rate != nil, r.Deviation != nil, r.Expression != nil, r.SPC != nil, r.RobustZ != nil, r.Novelty != nil, r.Shape != nil, r.Change != nil} {
		if present {
			given++
		}
	}
	if given != 1 {
		v.wrong(path, "want exactly one of limit, deviation, stuck, missing, rate, expression, spc, robust_z, novelty, shape and change; got %d", given)
	}
	if r.Severity < 1 || r.Severity > 1000 {
		v.wrong(path+".severity", "%d: want 1 to 1000", r.Severity)
	}
	if r.OnDelay < 0 || r.OffDelay < 0 || r.Refractory < 0 {
		v.wrong(path, "on_delay, off_delay and refractory: want zero or more")
	}
	switch {
	case r.Limit != nil:
		v.limit(path+".limit", r.Limit)
	case r.Stuck != nil:
		v.positive(path+".stuck.for", float64(r.Stuck.For))
	case r.Missing != nil:
		v.positive(path+".missing.after", float64(r.Missing.After))
	case r.Rate != nil:
		v.positive(path+".rate.max", r.Rate.Max)
	case r.Change != nil:
		v.change(path+".change", r.Change)
	case r.Shape != nil:
		v.shape(path+".shape", r.Shape)
	case r.Novelty != nil:
		v.learn(path+".novelty.learn", r.Novelty.Learn)
		if r.Novelty.Threshold <= 0 || r.Novelty.Threshold >= 1 {
			v.wrong(path+".novelty.threshold", "%g: want more than 0 and less than 1", r.Novelty.Threshold)
		}
	case r.RobustZ != nil:
		v.positive(path+".robust_z.threshold", r.RobustZ.Threshold)
		if r.RobustZ.Samples < 10 {
			v.wrong(path+".robust_z.samples", "%d: want at least 10", r.RobustZ.Samples)
		}
	}
}

// learn checks how many samples or rows a detector learns on.
func (v *validator) learn(path string, n int) {
	if n < detect.LeastLearn || n > detect.MaxLearn {
		v.wrong(path, "%d: want %d to %d", n, detect.LeastLearn, detect.MaxLearn)
	}
}

func (v *validator) multivariate(path string, m *Multivariate, numbers int) {
	v.positive(path+".step", float64(m.Step))
	v.learn(path+".learn", m.Learn)
	if m.Severity < 1 || m.Severity > 1000 {
		v.wrong(path+".severity", "%d: want 1 to 1000", m.Severity)
	}
	if m.OnDelay < 0 || m.OffDelay < 0 || m.Refractory < 0 {
		v.wrong(path, "on_delay, off_delay and refractory: want zero or more")
	}
	if numbers < 2 {
		v.wrong(path, "the asset has %d signals with numbers; want at least two", numbers)
	}
}

// numbersOf counts an asset's signals that can be watched together.
func numbersOf(asset string, tags []Tag) int {
	n := 0
	for _, t := range tags {
		if t.Asset == asset && t.Kind == "number" {
			n++
		}
	}
	return n
}

// limit holds the order of OPC 10000-9 §5.8.18: LL < L < H < HH, as far as they are given.
func (v *validator) limit(path string, l *Limit) {
	type named struct {
		name  string
		value *float64
	}
	var last *named
	for _, n := range []named{{"ll", l.LL}, {"l", l.L}, {"h", l.H}, {"hh", l.HH}} {
		if n.value == nil {
			continue
		}
		if last != nil && *n.value <= *last.value {
			v.wrong(path+"."+n.name, "%g is not above %s %g", *n.value, last.name, *last.value)
		}
		last = &n
	}
	if last == nil {
		v.wrong(path, "want at least one of ll, l, h and hh")
	}
	if l.Deadband < 0 {
		v.wrong(path+".deadband", "want zero or more")
	}
}

// broker checks what every connection to a broker needs.
func (v *validator) broker(path string, m *MQTT) {
	v.id(path+".name", m.Name)
	v.unique("source", path+".name", m.Name)
	schemes := []string{"tcp", "mqtt", "ssl", "tls", "mqtts", "ws", "wss"}
	u, err := url.Parse(m.URL)
	if err != nil || !slices.Contains(schemes, u.Scheme) || u.Host == "" {
		v.wrong(path+".url", "%q: want tcp://host:1883 or ssl://host:8883", m.URL)
	}
	for key, name := range map[string]string{"ca": m.TLS.CA, "cert": m.TLS.Cert, "key": m.TLS.Key} {
		v.file(path+".tls."+key, name)
	}
	if m.MaxPayload < 1 || m.MaxPayload > 256<<20 {
		v.wrong(path+".max_payload", "want 1B to 256MiB, the largest MQTT packet")
	}
	if m.Clock.Measured {
		v.wrong(path+".clock", "a broker does not tell the time of who publishes: want how far the clocks are ahead")
	}
	if m.DeadLetters < 0 {
		v.wrong(path+".dead_letters", "want zero (keep none) or more")
	}
}

func (v *validator) mqtt(path string, m *MQTT) {
	v.broker(path, m)
	if len(m.Topics) == 0 {
		v.wrong(path+".topics", "want at least one topic")
	}
	for i := range m.Topics {
		v.topic(fmt.Sprintf("%s.topics[%d]", path, i), &m.Topics[i])
	}
}

// literal checks a tag that is named outright; one with {level} in it is only known when a message comes.
func (v *validator) literal(path, tag string) {
	if tag == "" {
		v.wrong(path, "want a tag")
	} else if !strings.Contains(tag, "{") {
		v.known("tag", path, tag)
	}
}

func checkFilter(filter string) error {
	if filter == "" {
		return fmt.Errorf("want a topic filter")
	}
	levels := strings.Split(filter, "/")
	for i, level := range levels {
		if level == "#" && i != len(levels)-1 {
			return fmt.Errorf("# stands only at the end")
		}
		if len(level) > 1 && strings.ContainsAny(level, "+#") {
			return fmt.Errorf("+ and # stand alone between slashes")
		}
	}
	return nil
}
