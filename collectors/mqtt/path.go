package mqtt

import (
	"fmt"
	"strconv"
	"strings"
)

// jsonPath leads to a value inside a JSON message: object keys and array indexes.
type jsonPath []step

type step struct {
	key   string
	index int // below zero: the step is a key
}

// parsePath reads "a.b[0].c". A leading "$" or "$." is allowed; a key with dots or brackets is written ["like.this"]. The empty path is
// the whole message.
func parsePath(text string) (jsonPath, error) {
	var p jsonPath
	rest := strings.TrimPrefix(text, "$")
	if rest != text {
		rest = strings.TrimPrefix(rest, ".")
	}
	for first := true; rest != ""; first = false {
		s, after, err := nextStep(rest, first)
		if err != nil {
			return nil, fmt.Errorf("path %.60q: %w", text, err)
		}
		p, rest = append(p, s), after
	}
	return p, nil
}

func nextStep(rest string, first bool) (step, string, error) {
	if rest[0] == '[' {
		return bracketStep(rest[1:])
	}
	if !first {
		if rest[0] != '.' {
			return step{}, "", fmt.Errorf("want . or [ before %.20q", rest)
		}
		rest = rest[1:]
	}
	end := strings.IndexAny(rest, ".[")
	if end < 0 {
		end = len(rest)
	}
	if end == 0 || strings.Contains(rest[:end], "]") {
		return step{}, "", fmt.Errorf("want a key before %.20q", rest)
	}
	return step{key: rest[:end], index: -1}, rest[end:], nil
}

func bracketStep(rest string) (step, string, error) {
	if strings.HasPrefix(rest, `"`) {
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return step{}, "", fmt.Errorf("quoted key: %w", err)
		}
		key, err := strconv.Unquote(quoted)
		if err != nil || !strings.HasPrefix(rest[len(quoted):], "]") {
			return step{}, "", fmt.Errorf("want ] after %.20s", quoted)
		}
		return step{key: key, index: -1}, rest[len(quoted)+1:], nil
	}
	digits, after, closed := strings.Cut(rest, "]")
	index, err := strconv.ParseUint(digits, 10, 31)
	if err != nil || !closed {
		return step{}, "", fmt.Errorf("want [index] or [\"key\"] at %.20q", "["+rest)
	}
	return step{index: int(index)}, after, nil
}

// in walks a decoded JSON value. It reports false when the way ends early.
func (p jsonPath) in(v any) (any, bool) {
	for _, s := range p {
		if s.index >= 0 {
			list, ok := v.([]any)
			if !ok || s.index >= len(list) {
				return nil, false
			}
			v = list[s.index]
			continue
		}
		object, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = object[s.key]; !ok {
			return nil, false
		}
	}
	return v, true
}
