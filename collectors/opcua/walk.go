package opcua

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"
)

const (
	browsesPerCall    = 50
	referencesPerNode = 500
	emptyPages        = 100 // of one node, until the server is taken for one that runs in circles
)

// errTooMany ends a walk that met more nodes than allowed.
var errTooMany = errors.New("too many nodes")

// place is a node on the way of a walk.
type place struct {
	id       *ua.NodeID
	names    []string // browse names from the start
	variable bool
	alone    bool // browsed by itself: the server ran out of continuation points

	points [numProperties]*ua.NodeID
}

// Properties of a variable that say how to read its values (OPC 10000-8 §5.3.2).
const (
	euRange = iota
	instrumentRange
	engineeringUnits
	numProperties
)

var propertyNames = map[string]int{"EURange": euRange, "InstrumentRange": instrumentRange, "EngineeringUnits": engineeringUnits}

// walk goes through the hierarchy below a node, breadth first and a bounded number of nodes at a time. Each node is met once, on the
// shortest path to it, however references run.
type walk struct {
	client   *opcua.Client
	patterns []pattern
	max      int                                             // nodes
	skip     func(*ua.NodeID) bool                           // nodes that are not entered
	found    func(ctx context.Context, batch []*place) error // variables that fit

	batch   int
	seen    map[string]bool
	waiting []*place
	refused int // nodes that the server did not let us see
}

func (w *walk) run(ctx context.Context, root *ua.NodeID) error {
	if err := w.limits(ctx); err != nil {
		return err
	}
	w.seen = map[string]bool{root.String(): true}
	w.waiting = []*place{{id: root}}
	for len(w.waiting) > 0 {
		n := min(w.batch, len(w.waiting))
		if i := slices.IndexFunc(w.waiting[:n], func(p *place) bool { return p.alone }); i >= 0 {
			n = max(i, 1)
		}
		batch := slices.Clone(w.waiting[:n])
		w.waiting = w.waiting[n:]
		again, err := w.browse(ctx, batch)
		if err != nil {
			return err
		}
		batch = slices.DeleteFunc(batch, func(p *place) bool { return slices.Contains(again, p) || !w.fits(p) })
		if len(batch) > 0 {
			if err := w.found(ctx, batch); err != nil {
				return err
			}
		}
		w.waiting = append(w.waiting, again...)
	}
	return nil
}

func (w *walk) fits(p *place) bool {
	return p.variable && anyPattern(w.patterns, func(g pattern) bool { return g.match(p.names) })
}

// limits asks how many nodes the server takes at once, and how many answers it can keep for later.
func (w *walk) limits(ctx context.Context) error {
	values, err := read(ctx, w.client, []*ua.NodeID{
		ua.NewNumericNodeID(0, id.Server_ServerCapabilities_OperationLimits_MaxNodesPerBrowse),
		ua.NewNumericNodeID(0, id.Server_ServerCapabilities_MaxBrowseContinuationPoints),
	})
	if err != nil {
		return fmt.Errorf("read operation limits: %w", err)
	}
	w.batch = browsesPerCall
	for _, dv := range values {
		if n, ok := number(content(dv)); ok && n >= 1 {
			w.batch = min(w.batch, int(n))
		}
	}
	return nil
}

// browse reads the references of some nodes. Those that have to be browsed again are returned.
func (w *walk) browse(ctx context.Context, batch []*place) (again []*place, err error) {
	request := &ua.BrowseRequest{RequestedMaxReferencesPerNode: referencesPerNode}
	for _, p := range batch {
		request.NodesToBrowse = append(request.NodesToBrowse, &ua.BrowseDescription{
			NodeID: p.id, BrowseDirection: ua.BrowseDirectionForward, IncludeSubtypes: true,
			ReferenceTypeID: ua.NewNumericNodeID(0, id.HierarchicalReferences),
			NodeClassMask:   uint32(ua.NodeClassObject | ua.NodeClassVariable), ResultMask: uint32(ua.BrowseResultMaskAll),
		})
	}
	var answer *ua.BrowseResponse
	err = guard(func() (err error) {
		answer, err = w.client.Browse(ctx, request)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("browse %s: %w", strings.Join(batch[0].names, "/"), err)
	}
	empty := 0
	for results, owners := answer.Results, batch; ; {
		if len(results) != len(owners) {
			return nil, fmt.Errorf("browse %s: %d results for %d nodes", strings.Join(batch[0].names, "/"), len(results), len(owners))
		}
		points, next, repeat, refs, err := w.results(results, owners)
		again = append(again, repeat...)
		if err != nil || len(points) == 0 {
			return again, err
		}
		if refs == 0 {
			if empty++; empty > emptyPages {
				return again, fmt.Errorf("browse %s: the server goes on with empty answers", strings.Join(next[0].names, "/"))
			}
		}
		if results, err = w.more(ctx, points); err != nil {
			return again, err
		}
		owners = next
	}
}

func (w *walk) more(ctx context.Context, points [][]byte) ([]*ua.BrowseResult, error) {
	var answer *ua.BrowseNextResponse
	err := guard(func() (err error) {
		answer, err = w.client.BrowseNext(ctx, &ua.BrowseNextRequest{ContinuationPoints: points})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("browse on: %w", err)
	}
	return answer.Results, nil
}

// results takes a page of each node, and returns where to go on.
func (w *walk) results(results []*ua.BrowseResult, owners []*place) (points [][]byte, next, again []*place, refs int, err error) {
	for i, r := range results {
		p := owners[i]
		switch {
		case r == nil:
			w.refused++
			continue
		case r.StatusCode == ua.StatusBadNoContinuationPoints && !p.alone:
			p.alone = true
			again = append(again, p)
			continue
		case r.StatusCode&0x80000000 != 0:
			w.refused++
			continue
		}
		refs += len(r.References)
		for _, ref := range r.References {
			if err := w.reference(p, ref); err != nil {
				return nil, nil, nil, 0, err
			}
		}
		if len(r.ContinuationPoint) > 0 {
			points, next = append(points, r.ContinuationPoint), append(next, p)
		}
	}
	return points, next, again, refs, nil
}

// reference notes where a reference leads.
func (w *walk) reference(from *place, ref *ua.ReferenceDescription) error {
	if ref == nil || ref.NodeID == nil || ref.NodeID.NodeID == nil || ref.NodeID.ServerIndex != 0 || ref.BrowseName == nil {
		return nil
	}
	node := ref.NodeID.NodeID
	if uri := ref.NodeID.NamespaceURI; uri != "" {
		var err error
		if node, err = (nodeRef{uri: uri, id: node}).resolve(w.client.Namespaces()); err != nil {
			w.refused++
			return nil
		}
	}
	if ref.ReferenceTypeID != nil && ref.ReferenceTypeID.String() == hasProperty {
		if k, ok := propertyNames[ref.BrowseName.Name]; ok && ref.BrowseName.NamespaceIndex == 0 {
			from.points[k] = node
		}
		return nil
	}
	key := node.String()
	if w.seen[key] || w.skip(node) {
		return nil
	}
	names := append(slices.Clip(from.names), level(ref.BrowseName.Name))
	to := &place{id: node, names: names, variable: ref.NodeClass == ua.NodeClassVariable}
	if !w.fits(to) && !anyPattern(w.patterns, func(g pattern) bool { return g.leads(names) }) {
		return nil
	}
	if len(w.seen) >= w.max {
		return fmt.Errorf("%w: more than %d", errTooMany, w.max)
	}
	w.seen[key] = true
	w.waiting = append(w.waiting, to)
	return nil
}

const hasProperty = "i=46"
