package config

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parser is a value that reads itself from one scalar.
type parser interface{ parse(string) error }

// defaulter is an element of a list that does not start from zero values.
type defaulter interface{ setDefaults() }

type position struct {
	line, column int
	quote        int  // columns that the value's quote takes
	block        bool // a text of lines of its own
}

func positionOf(n *yaml.Node) position {
	at := position{line: n.Line, column: n.Column, block: n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0}
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		at.quote = 1
	}
	return at
}

// decoder walks a YAML document along the configuration's types. It collects every problem instead of stopping at the first and
// remembers where each value stood, so that later checks can point at it.
type decoder struct {
	problems []Problem
	at       map[string]position
	given    map[string]bool
}

func (d *decoder) complain(n *yaml.Node, path, format string, args ...any) {
	d.problems = append(d.problems, Problem{Line: n.Line, Column: n.Column, Path: path, Message: fmt.Sprintf(format, args...)})
}

func (d *decoder) decode(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind == yaml.AliasNode {
		d.complain(n, path, "aliases are not supported: write the value out")
		return
	}
	d.at[path] = positionOf(n)
	d.given[path] = true
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return // an empty value leaves the default
	}
	if p, ok := v.Addr().Interface().(parser); ok {
		d.scalar(n, path, "a text", p.parse)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.mapping(n, v, path)
	case reflect.Slice:
		d.sequence(n, v, path)
	case reflect.Pointer:
		fresh := reflect.New(v.Type().Elem())
		setDefaults(fresh)
		d.decode(n, fresh.Elem(), path)
		v.Set(fresh)
	default:
		d.plain(n, v, path)
	}
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		d.complain(n, path, "want a block of keys (%s), got %s", strings.Join(keysOf(v.Type()), ", "), describe(n))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		where := join(path, key.Value)
		field, ok := fieldOf(v, key.Value)
		switch {
		case !ok:
			d.complain(key, where, "unknown key; want one of %s", strings.Join(keysOf(v.Type()), ", "))
		case seen[key.Value]:
			d.complain(key, where, "the key is there twice")
		default:
			d.decode(value, field, where)
		}
		seen[key.Value] = true
	}
}

func (d *decoder) sequence(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.SequenceNode {
		d.complain(n, path, "want a list, got %s", describe(n))
		return
	}
	list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, element := range n.Content {
		setDefaults(list.Index(i).Addr())
		d.decode(element, list.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
	v.Set(list)
}

func (d *decoder) plain(n *yaml.Node, v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.String:
		d.scalar(n, path, "a text", func(s string) error { v.SetString(s); return nil })
	case reflect.Bool:
		d.scalar(n, path, "true or false", func(s string) error {
			if n.Tag != "!!bool" {
				return fmt.Errorf("%q is not true or false", s)
			}
			return n.Decode(v.Addr().Interface())
		})
	case reflect.Int, reflect.Int64:
		d.scalar(n, path, "a whole number", func(s string) error {
			whole, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				return fmt.Errorf("%q is not a whole number", s)
			}
			v.SetInt(whole)
			return nil
		})
	case reflect.Float64:
		d.scalar(n, path, "a number", func(s string) error {
			number, err := strconv.ParseFloat(s, 64)
			if err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
				return fmt.Errorf("%q is not a number", s)
			}
			v.SetFloat(number)
			return nil
		})
	default:
		d.complain(n, path, "the program cannot read a %s here", v.Type())
	}
}

func (d *decoder) scalar(n *yaml.Node, path, want string, parse func(string) error) {
	if n.Kind != yaml.ScalarNode {
		d.complain(n, path, "want %s, got %s", want, describe(n))
		return
	}
	if err := parse(n.Value); err != nil {
		d.complain(n, path, "%v", err)
	}
}

func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a block of keys"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		return strconv.Quote(n.Value)
	default:
		return "something else"
	}
}

func setDefaults(pointer reflect.Value) {
	if s, ok := pointer.Interface().(defaulter); ok {
		s.setDefaults()
	}
}

func fieldOf(v reflect.Value, key string) (reflect.Value, bool) {
	for i := range v.NumField() {
		if keyOf(v.Type().Field(i)) == key {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

func keysOf(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		if key := keyOf(t.Field(i)); key != "" {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func keyOf(f reflect.StructField) string {
	key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	if key == "-" {
		return ""
	}
	return key
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// document returns the root of the only document in data.
func document(data []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	var root, more yaml.Node
	if err := dec.Decode(&root); err != nil {
		return nil, err
	}
	if dec.Decode(&more) == nil {
		return nil, errors.New("more than one YAML document in the file")
	}
	return root.Content[0], nil
}
