package mqtt

import (
	"fmt"
	"strconv"
	"strings"
)

// template is text with topic levels put in: pieces of literal text and level numbers, in turn.
type template struct {
	text   []string // one more than levels
	levels []int
}

// parseTemplate reads text with {2} or {name} for topic levels. names are those of the topic's filter.
func parseTemplate(text string, names map[string]int) (template, error) {
	var t template
	rest := text
	for {
		literal, after, found := strings.Cut(rest, "{")
		if strings.Contains(literal, "}") {
			return t, fmt.Errorf("template %.60q: } without {", text)
		}
		t.text = append(t.text, literal)
		if !found {
			return t, nil
		}
		inner, after, closed := strings.Cut(after, "}")
		if !closed {
			return t, fmt.Errorf("template %.60q: { without }", text)
		}
		level, err := levelOf(inner, names)
		if err != nil {
			return t, fmt.Errorf("template %.60q: %w", text, err)
		}
		t.levels, rest = append(t.levels, level), after
	}
}

func levelOf(inner string, names map[string]int) (int, error) {
	if level, named := names[inner]; named {
		return level, nil
	}
	level, err := strconv.ParseUint(inner, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("{%.20s} is neither a level number nor a name in the filter", inner)
	}
	return int(level), nil
}

// expand puts the topic's levels in. It reports false when the topic has too few.
func (t template) expand(topic []string) (string, bool) {
	if len(t.levels) == 0 {
		return strings.Join(t.text, ""), true
	}
	var b strings.Builder
	for i, level := range t.levels {
		if level >= len(topic) {
			return "", false
		}
		b.WriteString(t.text[i])
		b.WriteString(topic[level])
	}
	b.WriteString(t.text[len(t.levels)])
	return b.String(), true
}
