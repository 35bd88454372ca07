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

// LoadText reads a file with a text in both languages.
func LoadText(path string) (*label.Text, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("text: %w", err)
	}
	t := &label.Text{}
	return t, strictly(path, data, t)
}

// ParseTaxonomy reads a taxonomy file as strictly as a configuration. The result has revision 1.
func ParseTaxonomy(file string, data []byte) (*label.Taxonomy, error) {
	t := &label.Taxonomy{Revision: 1}
	if err := strictly(file, data, t); err != nil {
		return nil, err
	}
	if err := t.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return t, nil
}

// strictly reads a YAML file into a struct. The error is Problems.
func strictly(file string, data []byte, into any) error {
	d := decoder{at: map[string]position{}, given: map[string]bool{}}
	root, err := document(data)
	if err != nil && err != io.EOF {
		return Problems{syntaxProblem(file, err)}
	}
	if root != nil {
		d.decode(root, reflect.ValueOf(into).Elem(), "")
	}
	for i := range d.problems {
		d.problems[i].File = file
	}
	if len(d.problems) > 0 {
		return Problems(d.problems)
	}
	return nil
}
