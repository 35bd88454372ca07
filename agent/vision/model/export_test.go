package model

// ParseLabelStudio reads an answer of an ML backend and turns it into a finding.
func ParseLabelStudio(m *Model, body []byte, width, height int) error {
	return m.read(labelStudio{ok: []string{"ok"}}, body, width, height)
}

// ParseInference reads an answer of the Open Inference Protocol and turns it into a finding.
func ParseInference(m *Model, body []byte, width, height int) error {
	return m.read(&inference{in: Input{Format: Bytes}, out: Output{Boxes: "b", Scores: "s", Labels: "l", Names: []string{"x"}}}, body, width, height)
}

func (m *Model) read(p protocol, body []byte, width, height int) error {
	a, err := p.parse(body, width, height)
	if err == nil {
		m.finding(a)
	}
	return err
}
