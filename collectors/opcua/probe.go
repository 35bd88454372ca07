package opcua

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gopcua/opcua/ua"
)

// readsPerCall is what small controllers still take.
const readsPerCall = 32

// Probe connects once as Run would, reads every node and reports what is wrong, one error per node joined into one. It pins no server
// certificate, but it makes this gateway's own when there is none yet.
func Probe(ctx context.Context, cfg Config) error {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return fmt.Errorf("OPC UA source %s: %w", cfg.Name, err)
	}
	r, branches, err := cfg.newRoster()
	if err != nil {
		return err
	}
	s, err := open(ctx, cfg, func(string, string) {}, false)
	if err != nil {
		return fmt.Errorf("OPC UA source %s: %w", cfg.Name, err)
	}
	defer s.close()
	var errs []error
	find := &finder{cfg: cfg, roster: r, branches: branches, problem: func(what, text string) {
		if text != "" {
			errs = append(errs, fmt.Errorf("%s: %s", what, text))
		}
	}}
	if err := find.find(ctx, s); err != nil {
		return fmt.Errorf("OPC UA source %s: %w", cfg.Name, err)
	}
	if err := learnWords(ctx, s, r.all); err != nil {
		return fmt.Errorf("OPC UA source %s: %w", cfg.Name, err)
	}
	for chunk := range slices.Chunk(r.all, readsPerCall) {
		bad, err := s.probe(ctx, chunk)
		errs = append(errs, bad...)
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("OPC UA source %s: read nodes: %w", cfg.Name, err))...)
		}
	}
	return errors.Join(errs...)
}

// probe reads some tags and returns what is wrong with each, and an error when reading itself failed.
func (s *session) probe(ctx context.Context, tags []*tag) (bad []error, err error) {
	var known []*tag
	var ids []*ua.NodeID
	for _, t := range tags {
		node, err := t.ref.resolve(s.client.Namespaces())
		if err != nil {
			bad = append(bad, fmt.Errorf("tag %s: %s: %w", t.Tag, t.NodeID, err))
			continue
		}
		known, ids = append(known, t), append(ids, node)
	}
	if len(ids) == 0 {
		return bad, nil
	}
	values, err := read(ctx, s.client, ids)
	if err != nil {
		return bad, err
	}
	for i, t := range known {
		err := t.check(values[i])
		if isStructure(values[i]) {
			err = s.nameStructure(ctx, ids[i], err)
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("tag %s: %s: %w", t.Tag, t.NodeID, err))
		}
	}
	return bad, nil
}

// check tells whether the node exists and its value fits. A value of bad quality is no fault of the configuration.
func (t *tag) check(dv *ua.DataValue) error {
	if isRefusal(dv.Status) {
		return dv.Status
	}
	_, err := t.decode(dv, 0)
	return err
}

func isStructure(dv *ua.DataValue) bool {
	return dv.Value != nil && dv.Value.Type() == ua.TypeIDExtensionObject
}

// nameStructure adds to a refusal what the server calls the type.
func (s *session) nameStructure(ctx context.Context, node *ua.NodeID, refusal error) error {
	kinds, err := readAttribute(ctx, s.client, ua.AttributeIDDataType, []*ua.NodeID{node})
	if err != nil {
		return refusal
	}
	kind, ok := content(kinds[0]).(*ua.NodeID)
	if !ok {
		return refusal
	}
	names, err := readAttribute(ctx, s.client, ua.AttributeIDBrowseName, []*ua.NodeID{kind})
	if err != nil {
		return refusal
	}
	if name, ok := content(names[0]).(*ua.QualifiedName); ok {
		return fmt.Errorf("%w (%s)", refusal, name.Name)
	}
	return refusal
}
