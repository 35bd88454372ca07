package config

import (
	"fmt"
	"slices"

	"edgelabel/agent/control"
)

// Control is word from the centre: signed bundles that the gateway fetches from a target.
type Control struct {
	Target  string   `yaml:"target"` // name of one of the targets; empty takes the first
	Poll    Duration `yaml:"poll"`
	Senders []Sender `yaml:"senders"`
}

// Sender is somebody whose bundles are taken.
type Sender struct {
	Name string   `yaml:"name"`
	Key  string   `yaml:"key"`
	May  []string `yaml:"may"`
}

func (c *Control) setDefaults() { c.Poll = Duration(control.DefaultPoll) }

// What a sender may send.
const (
	maySendTaxonomy = "taxonomy"
	maySendLabels   = "labels"
	maySendRules    = "rules"
	maySendModels   = "models"
)

// Trusted are the senders with their keys and rights.
func (c *Control) Trusted() ([]control.Sender, error) {
	var list []control.Sender
	for _, s := range c.Senders {
		key, err := control.ParsePublic(s.Key)
		if err != nil {
			return nil, fmt.Errorf("sender %s: %w", s.Name, err)
		}
		list = append(list, control.Sender{Name: s.Name, Key: key,
			Taxonomy: slices.Contains(s.May, maySendTaxonomy), Labels: slices.Contains(s.May, maySendLabels),
			Rules: slices.Contains(s.May, maySendRules), Models: slices.Contains(s.May, maySendModels)})
	}
	return list, nil
}

func (v *validator) control(path string, s *Sync) {
	c := s.Control
	if c == nil {
		return
	}
	if _, ok := s.Named(c.Target); !ok {
		v.wrong(path+".target", "%q is none of the targets", c.Target)
	}
	v.positive(path+".poll", float64(c.Poll))
	if len(c.Senders) == 0 {
		v.wrong(path+".senders", "want at least one")
	}
	for i, sender := range c.Senders {
		at := fmt.Sprintf("%s.senders[%d]", path, i)
		v.id(at+".name", sender.Name)
		v.unique("sender", at+".name", sender.Name)
		if _, err := control.ParsePublic(sender.Key); err != nil {
			v.wrong(at+".key", "%v", err)
		}
		if len(sender.May) == 0 {
			v.wrong(at+".may", "want taxonomy, labels, rules, models or several of them")
		}
		for _, right := range sender.May {
			v.oneOf(at+".may", right, maySendTaxonomy, maySendLabels, maySendRules, maySendModels)
		}
	}
}
