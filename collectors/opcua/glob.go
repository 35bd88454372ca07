package opcua

import (
	"fmt"
	"path"
	"strings"
)

// pattern is a glob over a browse path, level by level: * and ? stay inside a level, [a-c] is a class of characters, a level ** stands for
// any number of levels. Text without any of these must be the whole path.
type pattern []string

func parsePattern(text string) (pattern, error) {
	p := pattern(strings.Split(strings.Trim(text, "/"), "/"))
	for _, level := range p {
		if _, err := path.Match(level, ""); err != nil || level == "" {
			return nil, fmt.Errorf("path %q: expected browse names with *, ?, [a-c] or ** between slashes", text)
		}
	}
	return p, nil
}

// match reports whether the whole path fits.
func (p pattern) match(names []string) bool {
	for i, level := range p {
		if level == "**" {
			for k := 0; k <= len(names)-i; k++ {
				if p[i+1:].match(names[i+k:]) {
					return true
				}
			}
			return false
		}
		if i >= len(names) || !fitsLevel(level, names[i]) {
			return false
		}
	}
	return len(names) == len(p)
}

// leads reports whether something below the path may fit.
func (p pattern) leads(names []string) bool {
	for i, name := range names {
		if i >= len(p) {
			return false
		}
		if p[i] == "**" {
			return true
		}
		if !fitsLevel(p[i], name) {
			return false
		}
	}
	return len(p) > len(names)
}

func fitsLevel(level, name string) bool {
	ok, err := path.Match(level, name)
	return err == nil && ok
}

// level makes a browse name one level of a path.
func level(name string) string { return strings.NewReplacer("%", "%25", "/", "%2F").Replace(name) }

// any reports whether one of several patterns does; without patterns everything fits.
func anyPattern(all []pattern, does func(pattern) bool) bool {
	for _, p := range all {
		if does(p) {
			return true
		}
	}
	return len(all) == 0
}
