package opcua

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
)

// DefaultMaxNodes is how many nodes Browse goes through when BrowseOptions do not say.
const DefaultMaxNodes = 500_000

// BrowseOptions say what to look for.
type BrowseOptions struct {
	Paths    []string // globs over browse paths below Objects; empty: everything but the server's own diagnostics
	MaxNodes int      // DefaultMaxNodes when 0
}

// Variable is a node that a tag can be made of, or that would be one if its type could be read.
type Variable struct {
	Path        string // browse names below Objects with slashes between; a slash inside a name is %2F
	NodeID      string // with nsu=, ready for the configuration
	Type        string // as people of the field write it: Double, Float[], Structure
	Kind        series.Kind
	Unit        string // empty where the server does not say
	Normal      *Span  // what normal operation stays in (EURange); nil where the server does not say
	Instrument  *Span  // what the instrument can measure (InstrumentRange)
	Unsupported string // why no tag can be made of it; empty when one can
}

// Span is a range of values, in the variable's unit.
type Span struct{ Low, High float64 }

// Walked is what a walk came across.
type Walked struct {
	Nodes     int // met
	Variables int // found
	Refused   int // not shown by the server
}

// Browse connects once as Run would, walks the server and hands each variable to found, in the order of the walk; memory grows with the
// nodes that were met, not with what was found. It pins no server certificate. Its error says what could not be done; what was found
// before stays found.
func Browse(ctx context.Context, cfg Config, o BrowseOptions, found func(Variable) error) (Walked, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return Walked{}, fmt.Errorf("OPC UA source %s: %w", cfg.Name, err)
	}
	patterns, err := parsePatterns(o.Paths)
	if err != nil {
		return Walked{}, err
	}
	s, err := open(ctx, cfg, func(string, string) {}, false)
	if err != nil {
		return Walked{}, err
	}
	defer s.close()
	b := &browser{client: s.client, found: found, batch: readsPerCall}
	w := &walk{client: s.client, patterns: patterns, max: o.MaxNodes, skip: skipNothing, found: b.describe}
	setDefault(&w.max, DefaultMaxNodes)
	if len(patterns) == 0 {
		w.skip = isServer
	}
	if err := b.limits(ctx); err != nil {
		return Walked{}, err
	}
	err = w.run(ctx, ua.NewNumericNodeID(0, id.ObjectsFolder))
	if errors.Is(err, errTooMany) {
		err = fmt.Errorf("%w; name the paths to look at, or allow more", err)
	}
	return Walked{Nodes: len(w.seen), Variables: b.count, Refused: w.refused}, withClock(err, s.offset)
}

func parsePatterns(paths []string) (all []pattern, err error) {
	for _, text := range paths {
		p, err := parsePattern(text)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func skipNothing(*ua.NodeID) bool { return false }

// isServer is the object with the server's own diagnostics.
func isServer(n *ua.NodeID) bool { return n.Namespace() == 0 && n.IntID() == id.Server }

// browser describes what a walk finds.
type browser struct {
	client *opcua.Client
	found  func(Variable) error
	batch  int // reads per call
	count  int
}

// limits asks how much the server reads at once. Those that do not say are taken for small controllers.
func (b *browser) limits(ctx context.Context) error {
	values, err := read(ctx, b.client, []*ua.NodeID{ua.NewNumericNodeID(0, id.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead)})
	if err != nil {
		return fmt.Errorf("read operation limits: %w", err)
	}
	if n, ok := number(content(values[0])); ok && n >= 1 {
		b.batch = min(int(n), maxReadsPerCall)
	}
	return nil
}

func (b *browser) describe(ctx context.Context, batch []*place) error {
	facts, err := readFacts(ctx, b.client, b.batch, batch)
	if err != nil {
		return fmt.Errorf("read about %s: %w", strings.Join(batch[0].names, "/"), err)
	}
	for i, p := range batch {
		v := facts[i].variable()
		v.Path, v.NodeID = strings.Join(p.names, "/"), portable(p.id, b.client.Namespaces())
		b.count++
		if err := b.found(v); err != nil {
			return err
		}
	}
	return nil
}

// portable writes a node id so that it survives a change of the server's namespace indexes.
func portable(n *ua.NodeID, namespaces []string) string {
	index := int(n.Namespace())
	if index == 0 || index >= len(namespaces) || namespaces[index] == "" || strings.Contains(namespaces[index], ";") {
		return n.String()
	}
	_, identifier, _ := strings.Cut(n.String(), ";")
	return "nsu=" + namespaces[index] + ";" + identifier
}
