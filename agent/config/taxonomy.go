package config

import (
	"fmt"
	"io"
	"os"
	"reflect"

	"edgelabel/agent/label"
)

// LoadTaxonomy reads a taxonomy file.
func LoadTaxonomy(path string) (*label.Taxonomy, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("taxonomy: %w", err)
	}
	return ParseTaxonomy(path, data)
}

// ParseTaxonomy reads a taxonomy file as strictly as a configuration. The result has revision 1.
func ParseTaxonomy(file string, data []byte) (*label.Taxonomy, error) {
	d := decoder{at: map[string]position{}, given: map[string]bool{}}
	root, err := document(data)
	if err != nil && err != io.EOF {
		return nil, Problems{syntaxProblem(file, err)}
	}
	t := &label.Taxonomy{Revision: 1}
	if root != nil {
		d.decode(root, reflect.ValueOf(t).Elem(), "")
	}
	for i := range d.problems {
		d.problems[i].File = file
	}
	if len(d.problems) > 0 {
		return nil, Problems(d.problems)
	}
	if err := t.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return t, nil
}
