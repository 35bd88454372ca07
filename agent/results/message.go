package results

import (
	"encoding/json"
	"fmt"
	"time"

	"edgelabel/agent/label"
)

// Event says what a message is about.
type Event string

const (
	ItemEvent    Event = "item"    // something was flagged, is final, or is judged otherwise by the machine than before
	VerdictEvent Event = "verdict" // a person judged
)

// maxCandidates bounds how many of an item's candidates a message names.
const maxCandidates = 10

// Message is what a line's PLC or MES reads, as JSON. ID is the same whenever the same thing is sent again.
type Message struct {
	ID      string        `json:"id"`
	Event   Event         `json:"event"`
	Gateway string        `json:"gateway"`
	Item    string        `json:"item"`
	Rev     int           `json:"rev"` // of the item, or of the label on it
	Kind    label.Kind    `json:"kind"`
	Time    string        `json:"time"`    // RFC 3339: of the picture or the onset
	Decided string        `json:"decided"` // RFC 3339: when this came to be
	Final   bool          `json:"final"`   // its window has ended
	Verdict label.Verdict `json:"verdict"` // a person's in a verdict, the machine's in an item
	Machine label.Verdict `json:"machine"`
	Score   float64       `json:"score"`
	Place   label.Place   `json:"place"`
	Part    label.Part    `json:"part"`
	Classes []string      `json:"classes,omitempty"`
	Fault   *label.Fault  `json:"fault,omitempty"`
	Flagged []Flagged     `json:"flagged,omitempty"`
	Images  []Image       `json:"images,omitempty"`

	IsSimulated bool `json:"simulated,omitempty"`
}

// Flagged is one candidate.
type Flagged struct {
	Rule     string  `json:"rule"`
	Severity int     `json:"severity"`
	Limit    string  `json:"limit,omitempty"`
	Value    float64 `json:"value"`
}

// Image names one picture.
type Image struct {
	Camera string `json:"camera"`
	Name   string `json:"name,omitempty"`
	SHA256 string `json:"sha256"`
}

// ofItem is the message about an item as it stands.
func ofItem(gateway string, it *label.Item, at int64) *Message {
	m := &Message{
		ID: fmt.Sprintf("%s-%d", it.ID, it.Rev), Event: ItemEvent, Gateway: gateway, Item: it.ID, Rev: it.Rev, Kind: it.Kind,
		Time: text(it.At), Decided: text(at), Final: !it.IsPartial, Verdict: it.Machine, Machine: it.Machine, Score: it.Score,
		Place: it.Place, Part: it.Part, IsSimulated: it.IsSimulated,
	}
	for _, c := range it.Candidates[:min(len(it.Candidates), maxCandidates)] {
		m.Flagged = append(m.Flagged, Flagged{c.Rule, c.Severity, c.Limit, c.Value})
	}
	for _, im := range it.Images {
		m.Images = append(m.Images, Image{im.Camera, im.Name, im.SHA256})
	}
	return m
}

// ofLabel is the message about a person's verdict. Who it was stays here.
func ofLabel(gateway string, it *label.Item, l *label.Label) *Message {
	m := ofItem(gateway, it, l.Saved)
	m.ID, m.Event, m.Rev, m.Verdict = l.ID, VerdictEvent, l.Rev, l.Verdict
	m.Classes, m.Fault = l.AllClasses(), l.Fault
	return m
}

func (m *Message) encode(t template, retain bool) (Publication, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return Publication{}, fmt.Errorf("message %s: %w", m.ID, err)
	}
	return Publication{Topic: t.expand(values(m)), Payload: b, Retain: retain}, nil
}

func text(at int64) string { return time.Unix(0, at).UTC().Format(time.RFC3339Nano) }
