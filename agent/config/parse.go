package config

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Problem is one thing that is wrong with a configuration, and where.
type Problem struct {
	File         string
	Line, Column int // from 1
	Path         string
	Message      string
}

func (p Problem) Error() string {
	if p.Path == "" {
		return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s: %s", p.File, p.Line, p.Column, p.Path, p.Message)
}

// Problems is everything that is wrong with a configuration, in the order of the file.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Load reads and checks a configuration file. The error is Problems when the file could be read.
func Load(path string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	return Parse(path, data)
}

// Parse reads and checks a configuration. file is only named in errors, which are Problems: all of them, with line and column.
func Parse(file string, data []byte) (*Config, error) {
	cfg := Default()
	d := decoder{at: map[string]position{}, given: map[string]bool{}}
	root, err := document(data)
	if err != nil && err != io.EOF {
		return nil, Problems{syntaxProblem(file, err)}
	}
	if root != nil {
		d.decode(root, reflect.ValueOf(cfg).Elem(), "")
	}
	v := validator{decoder: &d}
	v.config(cfg)
	if len(d.problems) == 0 {
		return cfg, nil
	}
	for i := range d.problems {
		d.problems[i].File = file
	}
	slices.SortStableFunc(d.problems, func(a, b Problem) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	return nil, Problems(d.problems)
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

func syntaxProblem(file string, err error) Problem {
	p := Problem{File: file, Line: 1, Column: 1, Message: strings.TrimPrefix(err.Error(), "yaml: ")}
	if strings.Contains(p.Message, "cannot start any token") {
		p.Message += ": YAML wants spaces where there is a tab, and quotes around text that begins with @, ` or %"
	}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
	}
	return p
}
