package plan

import (
	"regexp"
	"strings"

	"edgelabel/agent/config"
)

// sourceOf maps each tag that one OPC UA node or one literal MQTT topic or Sparkplug metric brings to the name of its source.
func sourceOf(cfg *config.Config) map[string]string {
	from := map[string]string{}
	for _, o := range cfg.OPCUA {
		opcuaTags(from, o, cfg.Tags)
	}
	for _, m := range cfg.MQTT {
		for _, topic := range m.Topics {
			from[topic.Tag] = m.Name
			for _, f := range topic.Fields {
				from[f.Tag] = m.Name
			}
		}
	}
	for _, s := range cfg.Sparkplug {
		for _, m := range s.Metrics {
			from[m.Tag] = s.Name
		}
	}
	delete(from, "")
	return from
}

// opcuaTags notes which tags a server brings. What a template may stand for is taken for it, unless somebody else brings it.
func opcuaTags(from map[string]string, o config.OPCUA, tags []config.Tag) {
	for _, e := range o.Events {
		from[e.Tag], from[e.Text] = o.Name, o.Name
	}
	for _, n := range o.Nodes {
		if !strings.Contains(n.Tag, "{") {
			from[n.Tag] = o.Name
			continue
		}
		fits := likeTemplate(n.Tag)
		for _, t := range tags {
			if _, taken := from[t.ID]; !taken && fits.MatchString(t.ID) {
				from[t.ID] = o.Name
			}
		}
	}
}

// likeTemplate matches what a template of tags may become.
func likeTemplate(template string) *regexp.Regexp {
	var b strings.Builder
	for rest := template; rest != ""; {
		text, hole, found := strings.Cut(rest, "{")
		b.WriteString(regexp.QuoteMeta(text))
		if !found {
			break
		}
		_, rest, _ = strings.Cut(hole, "}")
		b.WriteString(".*")
	}
	return regexp.MustCompile("^" + b.String() + "$")
}
