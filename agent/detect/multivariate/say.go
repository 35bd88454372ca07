package multivariate

import (
	"slices"
	"strings"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// named puts the signals to blame into the events.
func (d *Detector) named(events []detect.Event) []detect.Event {
	for i := range events {
		events[i].Candidate.Tags = slices.Clone(d.blame)
	}
	return events
}

func (d *Detector) sentence(asset string, lasted time.Duration) label.Text {
	var names []string
	for _, id := range d.blame {
		at := slices.IndexFunc(d.tags, func(t series.Tag) bool { return t.ID == id })
		names = append(names, detect.Named(d.tags[at]))
	}
	zh, en := strings.Join(names, "、"), strings.Join(names, ", ")
	if lasted <= 0 {
		return label.Text{
			ZH: asset + " 各信号之间的关系与平时不同，主要来自：" + zh + "。",
			EN: "The signals of " + asset + " do not go together as usual; most of it comes from " + en + ".",
		}
	}
	lastedZH, lastedEN := detect.Lasted(lasted)
	return label.Text{
		ZH: asset + " 各信号之间的关系与平时不同，持续 " + lastedZH + "，主要来自：" + zh + "。",
		EN: "The signals of " + asset + " did not go together as usual for " + lastedEN + "; most of it came from " + en + ".",
	}
}
