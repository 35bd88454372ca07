package config

import (
	"slices"
	"strings"

	"edgelabel/sync/postgres"
)

// Catalogue is a PostgreSQL database that this gateway tells what it has brought to a target.
type Catalogue struct {
	URL      string `yaml:"url"`
	Password Secret `yaml:"password"`
	CA       string `yaml:"ca"`
	Target   string `yaml:"target"` // name of one of the targets; empty takes the first
}

// Database is how the catalogue is reached.
func (c *Catalogue) Database() postgres.Config {
	return postgres.Config{URL: c.URL, Password: c.Password.Reveal(), CA: c.CA}
}

// Named is the target with the name; the first one where there is no name.
func (s *Sync) Named(name string) (Target, bool) {
	i := slices.IndexFunc(s.Targets, func(t Target) bool { return name == "" || t.Name == name })
	if i < 0 {
		return Target{}, false
	}
	return s.Targets[i], true
}

func (v *validator) catalogue(path string, s *Sync) {
	c := s.Catalogue
	if c == nil {
		return
	}
	v.file(path+".ca", c.CA)
	if !strings.HasPrefix(c.URL, "postgres://") && !strings.HasPrefix(c.URL, "postgresql://") {
		v.wrong(path+".url", "want postgres://user@host:port/database")
	} else if _, err := postgres.Parse(c.Database()); err != nil {
		v.wrong(path+".url", "%v", err)
	}
	if _, ok := s.Named(c.Target); !ok {
		v.wrong(path+".target", "%q is none of the targets", c.Target)
	}
}
