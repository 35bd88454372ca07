// Package formula compiles what people write about several signals: "press1.flow / press1.speed", "press1.state == 'Running' and
// press1.force > 480". A tag is named by its id, or by tag('id') where the id is no word of the language. There are numbers, texts, true and
// false, arithmetic, comparison, and, or, not, in, ? : and a few functions; no loops, so that the length of the text bounds what it costs.
package formula

import (
	"errors"
	"fmt"
	"slices"

	"edgelabel/agent/detect"
	"edgelabel/agent/series"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

// Bounds of a formula.
const (
	MaxLength = 2000 // bytes
	maxNodes  = 256
)

// Error is what is wrong with a formula, and where. Line and Column count from 1, 0 where it is the whole.
type Error struct {
	Line, Column int
	Text         string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Text)
}

// Formula is a compiled text. It is not safe for concurrent use.
type Formula struct {
	text      string
	tags      []string
	kinds     []series.Kind
	condition bool
	program   *vm.Program
	machine   vm.VM
	env       map[string]any
}

// Compile reads a formula over tags whose kinds are known. The error is *Error.
func Compile(text string, kindOf func(tag string) (series.Kind, bool)) (f *Formula, err error) {
	defer func() {
		if r := recover(); r != nil { // a mistake of the compiler's is a mistake in the text
			f, err = nil, &Error{Text: fmt.Sprint(r)}
		}
	}()
	if len(text) > MaxLength {
		return nil, &Error{Text: fmt.Sprintf("%d bytes, want at most %d", len(text), MaxLength)}
	}
	names, err := tagsOf(text, kindOf)
	if err != nil {
		return nil, err
	}
	f = &Formula{text: text, tags: names, env: map[string]any{}}
	for _, name := range names {
		kind, _ := kindOf(name)
		f.kinds = append(f.kinds, kind)
		f.env[name] = value(kind, series.Sample{})
	}
	f.program, err = expr.Compile(text, append(language(), expr.Env(f.env), expr.Patch(&resolver{kindOf: kindOf}))...)
	if err != nil {
		return nil, wrong(err)
	}
	if f.condition, err = resultOf(f.program.Node()); err != nil {
		return nil, err
	}
	return f, nil
}

// functions are those that a formula may call.
func functions() []string { return []string{"abs", "min", "max", "floor", "ceil", "round"} }

func language() []expr.Option {
	options := []expr.Option{expr.DisableAllBuiltins(), expr.MaxNodes(maxNodes)}
	for _, name := range functions() {
		options = append(options, expr.EnableBuiltin(name))
	}
	return options
}

func resultOf(n ast.Node) (condition bool, err error) {
	switch t := n.Type(); {
	case t == nil:
		return false, &Error{Text: "yields nothing"}
	case t.Kind().String() == "bool":
		return true, nil
	case slices.Contains([]string{"int", "float64"}, t.Kind().String()):
		return false, nil
	default:
		return false, &Error{Text: fmt.Sprintf("yields a %s, want a number or a condition", t)}
	}
}

func wrong(err error) error {
	var e *file.Error
	if errors.As(err, &e) && e.Message != "" {
		return &Error{Line: e.Line, Column: e.Column + 1, Text: e.Message}
	}
	return &Error{Text: err.Error()}
}

func (f *Formula) String() string { return f.text }

// Tags are the ids of the signals that it looks at, each once. The caller does not change them.
func (f *Formula) Tags() []string { return f.tags }

// Condition reports whether it is true or false rather than a number.
func (f *Formula) Condition() bool { return f.condition }

// Eval computes the value for one sample of each of Tags, in their order: 1 and 0 for true and false. It reports false where a sample is
// not usable or the result is no finite number.
func (f *Formula) Eval(inputs []series.Sample) (float64, bool) {
	for i, name := range f.tags {
		s := inputs[i]
		if f.kinds[i] == series.Text {
			if s.Quality() == series.Bad {
				return 0, false
			}
		} else if !detect.Usable(s) {
			return 0, false
		}
		f.env[name] = value(f.kinds[i], s)
	}
	out, err := f.machine.Run(f.program, f.env)
	if err != nil {
		return 0, false // texts that cannot be compared have no value either
	}
	v, ok := number(out)
	return v, ok && detect.Usable(series.Sample{Value: v})
}

func value(kind series.Kind, s series.Sample) any {
	switch kind {
	case series.Text:
		return s.Text
	case series.Bool:
		return s.Value != 0
	}
	return s.Value
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}
