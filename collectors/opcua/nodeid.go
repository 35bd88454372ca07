package opcua

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gopcua/opcua/ua"
)

// nodeRef is a node id as written in the configuration: its namespace may be given by URI, whose index only the server knows and may
// change with each of its restarts.
type nodeRef struct {
	uri string     // empty when id is complete
	id  *ua.NodeID // with uri its namespace index is still 0

	gone error // why there is no node
}

// parseNodeID reads "nsu=URI;s=name", "ns=2;s=name" or "i=2258", each with one of the identifier types i, s, g and b.
func parseNodeID(s string) (nodeRef, error) {
	uri, rest := "", s
	if after, ok := strings.CutPrefix(s, "nsu="); ok {
		if uri, rest, ok = strings.Cut(after, ";"); !ok || uri == "" {
			return nodeRef{}, fmt.Errorf("node id %q: expected nsu=URI;s=name", s)
		}
		if strings.HasPrefix(rest, "ns=") {
			return nodeRef{}, fmt.Errorf("node id %q: give the namespace either by nsu= or by ns=", s)
		}
	}
	if !strings.Contains(rest, "=") {
		return nodeRef{}, fmt.Errorf("node id %q: expected nsu=URI;s=name or ns=2;s=name", s)
	}
	if uri != "" {
		rest = "ns=0;" + rest
	}
	id, err := ua.ParseNodeID(rest)
	if err != nil {
		return nodeRef{}, fmt.Errorf("node id %q: %w", s, err)
	}
	return nodeRef{uri: uri, id: id}, nil
}

// resolve gives the node's id on a server that has these namespaces, in the order of their indexes.
func (r nodeRef) resolve(namespaces []string) (*ua.NodeID, error) {
	if r.gone != nil {
		return nil, r.gone
	}
	if r.uri == "" {
		return r.id, nil
	}
	index := slices.Index(namespaces, r.uri)
	if index < 0 {
		return nil, fmt.Errorf("unknown namespace %s; the server has %s", r.uri, strings.Join(namespaces, ", "))
	}
	_, identifier, _ := strings.Cut(longForm(r.id), ";")
	id, err := ua.ParseNodeID(fmt.Sprintf("ns=%d;%s", index, identifier))
	if err != nil {
		return nil, fmt.Errorf("node in namespace %s: %w", r.uri, err)
	}
	return id, nil
}

// longForm writes an id with its namespace, also when that is 0.
func longForm(id *ua.NodeID) string {
	s := id.String()
	if strings.HasPrefix(s, "ns=") {
		return s
	}
	return "ns=0;" + s
}
