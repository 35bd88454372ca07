package opcua

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
)

// namedInProblem is how many tags a message lists.
const namedInProblem = 5

// branch is what a node of the configuration means that is given by its browse path.
type branch struct {
	Node
	pattern pattern
	group   int
	matches int
	missing []string // tags that the configuration lacks
}

// place checks where a node is said to be.
func (n Node) place() (nodeRef, error) {
	if n.Path == "" {
		return parseNodeID(n.NodeID)
	}
	_, err := parsePattern(n.Path)
	return nodeRef{}, err
}

// roster is all tags that were ever found: a tag's index is its handle with the server, and stays.
type roster struct {
	all    []*tag
	byName map[string]*tag
}

func (r *roster) add(t *tag) {
	r.all, r.byName[t.Tag] = append(r.all, t), t
}

// newRoster holds the tags whose nodes are named outright; branches are the others.
func (c Config) newRoster() (*roster, []*branch, error) {
	r := &roster{byName: map[string]*tag{}}
	var branches []*branch
	groups := c.allGroups()
	for _, n := range c.Nodes {
		g, _ := c.groupOf(n)
		ref, err := n.place()
		if err != nil {
			return nil, nil, fmt.Errorf("tag %s: %w", n.Tag, err)
		}
		if n.Path == "" {
			r.add(newTag(n, ref, g, groups[g]))
			continue
		}
		p, err := parsePattern(n.Path)
		if err != nil {
			return nil, nil, fmt.Errorf("tag %s: %w", n.Tag, err)
		}
		branches = append(branches, &branch{Node: n, pattern: p, group: g})
	}
	return r, branches, nil
}

func newTag(n Node, ref nodeRef, group int, g Group) *tag {
	sampling := n.SamplingInterval
	setDefault(&sampling, g.Sampling)
	return &tag{Node: n, ref: ref, group: group, deadband: g.Deadband, newest: g.DiscardNewest, queue: g.queueSize(sampling), sampling: sampling}
}

// finder looks up browse paths and makes tags of what it finds.
type finder struct {
	cfg      Config
	roster   *roster
	branches []*branch
	problem  func(what, text string)
	names    func() []string // the server's namespaces

	seen map[string]string // tag → path of this walk
	many bool
}

// find walks the server. Tags that it found before and does not find any more stay, with an explanation in place of their node.
// An error is one of the connection.
func (f *finder) find(ctx context.Context, s *session) error {
	if len(f.branches) == 0 {
		return nil
	}
	f.seen, f.names = map[string]string{}, s.client.Namespaces
	w := &walk{client: s.client, max: DefaultMaxNodes, skip: skipNothing, found: f.take}
	for _, b := range f.branches {
		b.matches, b.missing = 0, nil
		w.patterns = append(w.patterns, b.pattern)
	}
	err := w.run(ctx, ua.NewNumericNodeID(0, id.ObjectsFolder))
	if err != nil && !errors.Is(err, errTooMany) {
		return fmt.Errorf("look up browse paths: %w", err)
	}
	f.report(err)
	return nil
}

func (f *finder) take(_ context.Context, batch []*place) error {
	for _, p := range batch {
		for _, b := range f.branches {
			if b.pattern.match(p.names) {
				b.matches++
				f.match(b, p)
				break
			}
		}
	}
	return nil
}

func (f *finder) match(b *branch, p *place) {
	name, path := b.tagOf(p.names), strings.Join(p.names, "/")
	kind, known := series.Kind(""), true
	if f.cfg.Kind != nil {
		kind, known = f.cfg.Kind(name)
	}
	first, twice := f.seen[name]
	switch {
	case !known:
		b.missing = append(b.missing, name)
		return
	case twice:
		f.problem(b.Path+" "+name, fmt.Sprintf("tag %s is at %s and at %s; the first is read", name, first, path))
		return
	case len(f.seen) >= f.cfg.MaxMatches:
		f.many = true
		return
	}
	f.seen[name] = path
	n := b.Node
	n.Tag, n.Kind, n.NodeID = name, kind, portable(p.id, f.names())
	if t := f.roster.byName[name]; t != nil {
		t.ref, t.NodeID = nodeRef{id: p.id}, n.NodeID
		return
	}
	t := newTag(n, nodeRef{id: p.id}, b.group, f.cfg.allGroups()[b.group])
	t.refused = true // until the server was asked for it
	f.roster.add(t)
}

// report says what an operator has to know about each path.
func (f *finder) report(tooMany error) {
	for _, b := range f.branches {
		switch {
		case b.matches == 0 && tooMany != nil:
			f.problem(b.Path, fmt.Sprintf("not found among the first %d nodes of the server; name more of the path", DefaultMaxNodes))
		case b.matches == 0:
			f.problem(b.Path, fmt.Sprintf("no variable has such a browse path; looked for again every %v", f.cfg.RetryNodes))
		case len(b.missing) > 0:
			f.problem(b.Path, fmt.Sprintf("%d of %d matches have no tag in the configuration: %s", len(b.missing), b.matches, list(b.missing)))
		case f.many:
			f.problem(b.Path, fmt.Sprintf("the paths match more than %d variables; the rest is not read", f.cfg.MaxMatches))
		default:
			f.problem(b.Path, "")
		}
	}
	for _, t := range f.roster.all {
		if t.Path != "" && f.seen[t.Tag] == "" {
			t.ref = nodeRef{gone: fmt.Errorf("nothing at %s is this tag any more", t.Path)}
		}
	}
}

// wanting tells whether another look may find more.
func (f *finder) wanting() bool {
	return slices.ContainsFunc(f.branches, func(b *branch) bool { return b.matches == 0 }) ||
		slices.ContainsFunc(f.roster.all, func(t *tag) bool { return t.ref.gone != nil })
}

func list(names []string) string {
	if len(names) > namedInProblem {
		return strings.Join(names[:namedInProblem], ", ") + " …"
	}
	return strings.Join(names, ", ")
}

var (
	placeholder = regexp.MustCompile(`\{(name|[0-9]+)\}`)
	notInTag    = regexp.MustCompile(`[\s/+#]`)
)

// tagOf fills the template in. A level that the path does not have is empty; what no tag may have in its name becomes an underscore.
func (b *branch) tagOf(names []string) string {
	return placeholder.ReplaceAllStringFunc(b.Tag, func(hole string) string {
		i := len(names) - 1
		if hole != "{name}" {
			n, err := strconv.Atoi(strings.Trim(hole, "{}"))
			if err != nil || n > i {
				return ""
			}
			i = n
		}
		return notInTag.ReplaceAllString(names[i], "_")
	})
}
