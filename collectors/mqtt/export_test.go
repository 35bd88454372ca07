package mqtt

import (
	"edgelabel/agent/series"
	"edgelabel/collectors"
)

// Decode is the decoder on its own, for tables and fuzzing.
func Decode(c *Collector, topic string, payload []byte, retained bool) (samples []series.Sample, p *collectors.Picture, reasons, texts []string) {
	d := c.dialect.Decode(Message{topic, payload, retained, 7})
	for _, r := range d.Rejected {
		reasons, texts = append(reasons, r.Reason), append(texts, r.Text)
	}
	return d.Samples, d.Picture, reasons, texts
}

var (
	ParseFilter   = parseFilter
	ParseTemplate = parseTemplate
	ParsePath     = parsePath
	ParseJSON     = parseJSON
	NewGuard      = newGuard
)

type DroppedPacket = droppedPacket

func (d droppedPacket) ID() uint16 { return d.id }
func (d droppedPacket) Size() int  { return d.size }

func Match(f filter, topic []string) bool              { return f.matches(topic) }
func Names(f filter) map[string]int                    { return f.names }
func Expand(t template, topic []string) (string, bool) { return t.expand(topic) }
func (p jsonPath) Walk(v any) (found any, ok bool)     { return p.in(v) }
