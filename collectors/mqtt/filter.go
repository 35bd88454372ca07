package mqtt

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const maxTopic = 65535 // bytes, MQTT 3.1.1 §1.5.3

// filter is a topic filter split into levels. A named level matches like +.
type filter struct {
	levels []string
	names  map[string]int // name → level
}

// parseFilter reads a topic filter (MQTT 3.1.1 §4.7), in which {name} stands for a + with a name.
func parseFilter(text string) (filter, error) {
	f := filter{names: map[string]int{}}
	if text == "" || len(text) > maxTopic || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return f, fmt.Errorf("filter %.60q: want 1 to %d bytes of UTF-8", text, maxTopic)
	}
	f.levels = strings.Split(text, "/")
	shared := 0 // levels that a message's topic does not have
	if f.levels[0] == "$share" {
		if shared = 2; len(f.levels) < 3 {
			return f, fmt.Errorf("filter %.60q: want $share/group/filter", text)
		}
	}
	for i, level := range f.levels {
		if name, named := braced(level); named {
			if _, twice := f.names[name]; twice || !isName(name) {
				return f, fmt.Errorf("filter %.60q: level %d: {%.20s} is not a name of its own", text, i, name)
			}
			f.names[name], f.levels[i] = i-shared, "+"
			continue
		}
		if strings.ContainsAny(level, "{}") {
			return f, fmt.Errorf("filter %.60q: level %d: a name fills its level", text, i)
		}
		if level == "#" && i == len(f.levels)-1 || level == "+" {
			continue
		}
		if strings.ContainsAny(level, "+#") {
			return f, fmt.Errorf("filter %.60q: level %d: + fills its level, # fills the last", text, i)
		}
	}
	return f, nil
}

// String is the filter as the broker wants it.
func (f filter) String() string { return strings.Join(f.levels, "/") }

// matches reports whether a topic, split into levels, matches. Wildcards at the front leave topics that begin with $ alone.
func (f filter) matches(topic []string) bool {
	pattern := f.levels
	if pattern[0] == "$share" && len(pattern) > 2 {
		pattern = pattern[2:]
	}
	if strings.HasPrefix(topic[0], "$") && (pattern[0] == "+" || pattern[0] == "#") {
		return false
	}
	for i, level := range pattern {
		if level == "#" {
			return true
		}
		if i >= len(topic) || level != "+" && level != topic[i] {
			return i == len(topic) && level == "#"
		}
	}
	return len(pattern) == len(topic)
}

func braced(s string) (inner string, ok bool) {
	if len(s) < 2 || s[0] != '{' || s[len(s)-1] != '}' {
		return "", false
	}
	return s[1 : len(s)-1], true
}

// isName accepts what cannot be mistaken for a level number.
func isName(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}
