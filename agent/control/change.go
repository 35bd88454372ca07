package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"edgelabel/agent/label"
)

// Change is what a bundle changes on a gateway: all of it or nothing, and on trial first.
type Change struct {
	Taxonomy *label.Taxonomy `json:"taxonomy,omitempty"` // nil: stays
	Rules    []Setting       `json:"rules,omitempty"`
	NewRules []NewRule       `json:"new_rules,omitempty"`
	Models   []Model         `json:"models,omitempty"`
}

// NewRule is a rule that the configuration of a gateway does not have, on a tag that it has.
type NewRule struct {
	Tag  string          `json:"tag"`
	Name string          `json:"name"`           // behind the tag's: level and burst make level.burst
	Rule json.RawMessage `json:"rule,omitempty"` // as tags[].rules[] in a configuration, without a name; empty takes back what was sent before
}

func (c *Change) empty() bool {
	return c.Taxonomy == nil && len(c.Rules)+len(c.NewRules)+len(c.Models) == 0
}

// subjects are what a change is about: two trials of the same one cannot be told apart.
func (c *Change) subjects() map[string]bool {
	all := map[string]bool{}
	if c.Taxonomy != nil {
		all["taxonomy"] = true
	}
	for _, s := range c.Rules {
		all["rule "+s.Rule] = true
	}
	for _, r := range c.NewRules {
		all["rule "+r.Tag+"."+r.Name] = true
	}
	for _, m := range c.Models {
		all[m.subject()] = true
	}
	return all
}

// overlaps reports whether both are about the same thing.
func (c *Change) overlaps(with *Change) bool {
	of := with.subjects()
	for subject := range c.subjects() {
		if of[subject] {
			return true
		}
	}
	return false
}

func (c *Change) check() error {
	var errs []error
	if c.Taxonomy != nil {
		if err := c.Taxonomy.Check(); err != nil {
			errs = append(errs, fmt.Errorf("taxonomy: %w", err))
		}
	}
	return errors.Join(append(errs, checkSettings(c.Rules), checkNewRules(c.NewRules), checkModels(c.Models))...)
}

func checkNewRules(all []NewRule) error {
	if len(all) > mostSettings {
		return fmt.Errorf("new_rules: %d, at most %d", len(all), mostSettings)
	}
	seen := map[string]bool{}
	for i, r := range all {
		name := r.Tag + "." + r.Name
		if r.Tag == "" || r.Name == "" || seen[name] {
			return fmt.Errorf("new_rules[%d]: %q is empty or there twice", i, name)
		}
		seen[name] = true
		if rule := bytes.TrimSpace(r.Rule); len(rule) > 0 && rule[0] != '{' {
			return fmt.Errorf("new_rules[%d].rule: want an object", i)
		}
	}
	return nil
}
