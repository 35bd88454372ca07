package config

import (
	"io"
	"reflect"
)

// ParseRule reads one rule, in YAML or JSON, as strictly as those of a configuration with the tags. The error is Problems.
func ParseRule(data []byte, tags []Tag) (*Rule, error) {
	r := &Rule{}
	r.setDefaults()
	d := decoder{at: map[string]position{}, given: map[string]bool{}}
	root, err := document(data)
	if err != nil && err != io.EOF {
		return nil, Problems{syntaxProblem("", err)}
	}
	if root != nil {
		d.decode(root, reflect.ValueOf(r).Elem(), "rule")
	}
	v := validator{decoder: &d}
	v.rule("rule", r)
	v.several("rule", r, kindOf(tags))
	if len(d.problems) > 0 {
		return nil, Problems(d.problems)
	}
	return r, nil
}
