package results

import (
	"fmt"
	"slices"
	"strings"
)

// Names are what a topic template may hold in braces.
var Names = [...]string{"gateway", "site", "area", "line", "cell", "asset", "part", "product", "kind", "event", "verdict"}

const maxTopic = 65535 // bytes, MQTT 3.1.1 §1.5.3

// template is a topic with names in braces: literal text and names, in turn.
type template struct {
	text  []string // one more than names
	names []string
}

// CheckTopic reports what is wrong with a topic template, or nil.
func CheckTopic(text string) error {
	_, err := parseTopic(text)
	return err
}

func parseTopic(text string) (t template, err error) {
	if text == "" || strings.HasPrefix(text, "$") || strings.ContainsAny(text, "+#\x00") {
		return t, fmt.Errorf("topic %.60q: want a topic that does not begin with $ and has no + or #", text)
	}
	for rest := text; ; {
		literal, after, open := strings.Cut(rest, "{")
		if strings.Contains(literal, "}") {
			return t, fmt.Errorf("topic %.60q: } without {", text)
		}
		t.text = append(t.text, literal)
		if !open {
			return t, nil
		}
		name, behind, closed := strings.Cut(after, "}")
		if !closed || !slices.Contains(Names[:], name) {
			return t, fmt.Errorf("topic %.60q: {%.20s}: want one of %s in braces", text, name, strings.Join(Names[:], ", "))
		}
		t.names, rest = append(t.names, name), behind
	}
}

// expand puts the values in. One that is not known is a dash, and what would change the topic's levels becomes an underscore.
func (t template) expand(value func(name string) string) string {
	var b strings.Builder
	for i, name := range t.names {
		b.WriteString(t.text[i])
		b.WriteString(level(value(name)))
	}
	b.WriteString(t.text[len(t.names)])
	return strings.ToValidUTF8(b.String()[:min(b.Len(), maxTopic)], "_")
}

func level(s string) string {
	if s == "" {
		return "-"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune("/+#\x7f", r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(s, "_"))
}

// values answers what stands for a name in the topic of a message.
func values(m *Message) func(string) string {
	return func(name string) string {
		switch name {
		case "gateway":
			return m.Gateway
		case "site":
			return m.Place.Site
		case "area":
			return m.Place.Area
		case "line":
			return m.Place.Line
		case "cell":
			return m.Place.Cell
		case "asset":
			return m.Place.Asset
		case "part":
			return m.Part.PartID
		case "product":
			return m.Part.ProductID
		case "kind":
			return string(m.Kind)
		case "event":
			return string(m.Event)
		}
		return m.Verdict.String()
	}
}
