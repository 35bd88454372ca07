package formula

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"edgelabel/agent/series"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// tagsOf lists the tags that a text names, and refuses what the language does not have.
func tagsOf(text string, kindOf func(string) (series.Kind, bool)) ([]string, error) {
	config := conf.CreateNew()
	for _, option := range language() {
		option(config)
	}
	tree, err := parser.ParseWithConfig(text, config)
	if err != nil {
		return nil, wrong(err)
	}
	r := &resolver{kindOf: kindOf}
	ast.Walk(&tree.Node, r)
	judge := &strict{tags: map[string]bool{}, kindOf: kindOf, source: file.NewSource(text)}
	ast.Walk(&tree.Node, judge)
	if judge.err != nil {
		return nil, judge.err
	}
	var names []string
	for name := range judge.tags {
		names = append(names, name)
	}
	sort.Strings(names)
	return names, nil
}

// resolver makes one identifier of a tag's id, which the language reads as access to members: "press1.force".
type resolver struct {
	kindOf func(string) (series.Kind, bool)
}

// Visit implements ast.Visitor.
func (r *resolver) Visit(n *ast.Node) {
	if whole, ok := (*n).(*ast.IntegerNode); ok { // one kind of number, so that 1 is in [1, 2] and both ways of ? : are the same
		ast.Patch(n, &ast.FloatNode{Value: float64(whole.Value)})
		return
	}
	name, ok := flat(*n)
	if _, known := r.kindOf(name); !ok || !known {
		return
	}
	if _, done := (*n).(*ast.IdentifierNode); !done {
		ast.Patch(n, &ast.IdentifierNode{Value: name})
	}
}

// flat is the tag that a node spells.
func flat(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value, true
	case *ast.ChainNode:
		return flat(n.Node)
	case *ast.MemberNode:
		last, ok := n.Property.(*ast.StringNode)
		first, also := flat(n.Node)
		return first + "." + text(last), ok && also && !n.Optional
	case *ast.CallNode:
		callee, ok := n.Callee.(*ast.IdentifierNode)
		if !ok || callee.Value != "tag" || len(n.Arguments) != 1 {
			return "", false
		}
		id, ok := n.Arguments[0].(*ast.StringNode)
		return text(id), ok
	}
	return "", false
}

func text(n *ast.StringNode) string {
	if n == nil {
		return ""
	}
	return n.Value
}

// strict refuses tags that nobody knows and nodes whose cost the length of the text does not bound.
type strict struct {
	kindOf func(string) (series.Kind, bool)
	source file.Source
	tags   map[string]bool
	err    *Error
	base   string // the name that err is about
}

// Visit implements ast.Visitor.
func (s *strict) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		s.name(n)
	case *ast.BinaryNode:
		if slices.Contains([]string{"..", "matches", "??", "|", "%"}, n.Operator) {
			s.refuse(n, "no operator "+n.Operator+" here")
		}
	case *ast.BuiltinNode:
		if !slices.Contains(functions(), n.Name) {
			s.refuse(n, "no function "+n.Name+" here")
		}
	case *ast.CallNode:
		if id, ok := flat(n); ok {
			s.refuse(n, fmt.Sprintf("no tag %q", id))
		} else {
			s.refuse(n, fmt.Sprintf("want one of the functions %v", functions()))
		}
	case *ast.MemberNode:
		if id, ok := flat(n); ok {
			s.refuse(n, fmt.Sprintf("no tag %q", id))
		} else {
			s.refuse(n, "no members here")
		}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.StringNode, *ast.UnaryNode, *ast.ConditionalNode, *ast.ArrayNode:
	default:
		s.refuse(n, "want arithmetic, comparisons, and, or, not, in, ? : and functions")
	}
}

func (s *strict) name(n *ast.IdentifierNode) {
	kind, ok := s.kindOf(n.Value)
	switch {
	case !ok:
		s.refuse(n, fmt.Sprintf("no tag %q", n.Value))
	case kind == series.Wave:
		s.refuse(n, fmt.Sprintf("tag %q carries waveforms, want one of its features", n.Value))
	default:
		s.tags[n.Value] = true
	}
}

// refuse keeps the first that is wrong. The base of a longer name is visited before the whole, which says more.
func (s *strict) refuse(n ast.Node, why string) {
	if s.err != nil {
		if extends(n, s.base) {
			s.err.Text = why
		}
		return
	}
	at := (&file.Error{Location: n.Location(), Message: why}).Bind(s.source)
	s.err = &Error{Line: at.Line, Column: at.Column + 1, Text: why}
	if id, ok := n.(*ast.IdentifierNode); ok {
		s.base = id.Value
	}
}

func extends(n ast.Node, base string) bool {
	if call, ok := n.(*ast.CallNode); ok {
		id, _ := flat(call.Callee)
		return id == base
	}
	id, ok := flat(n)
	return ok && base != "" && strings.HasPrefix(id, base+".")
}
