package opcua

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
)

// words are the texts of an enumeration's values.
type words map[int64]string

// in replaces a number or truth value by its text. A number without one stays a number, as text.
func (w words) in(dv *ua.DataValue) *ua.DataValue {
	if w == nil || dv.Value == nil || dv.Value.Has(ua.VariantArrayValues) {
		return dv
	}
	n, ok := number(dv.Value.Value())
	if b, is := dv.Value.Value().(bool); is {
		n, ok = map[bool]float64{true: 1}[b], true
	}
	if !ok {
		return dv
	}
	text, known := w[int64(n)]
	if !known {
		text = strconv.FormatFloat(n, 'f', -1, 64)
	}
	v, err := ua.NewVariant(text)
	if err != nil {
		return dv
	}
	said := *dv
	said.Value = v
	return &said
}

// Properties that hold the texts of an enumeration: of its data type, or of a discrete item (OPC 10000-3 §5.8.3, 10000-8 §5.3.3).
var wordProperties = []string{"EnumStrings", "EnumValues", "TrueState", "FalseState"}

// learnWords reads the texts of the tags that are to carry text. What a server does not tell stays a number; an error is one of the
// connection.
func learnWords(ctx context.Context, s *session, tags []*tag) error {
	var mine []*tag
	var ids []*ua.NodeID
	for _, t := range tags {
		if node, err := t.ref.resolve(s.client.Namespaces()); err == nil && t.Kind == series.Text {
			mine, ids = append(mine, t), append(ids, node)
		}
	}
	owners := map[string]*ua.NodeID{} // data types and the variables themselves
	types := make([]string, len(mine))
	for i := 0; i < len(ids); i += readsPerCall {
		end := min(i+readsPerCall, len(ids))
		values, err := readAttribute(ctx, s.client, ua.AttributeIDDataType, ids[i:end])
		if err != nil {
			return fmt.Errorf("read data types: %w", err)
		}
		for k, dv := range values {
			kind, ok := content(dv).(*ua.NodeID)
			if !ok || kind.Namespace() == 0 && kind.IntID() == id.String {
				continue
			}
			types[i+k] = kind.String()
			owners[types[i+k]], owners[ids[i+k].String()] = kind, ids[i+k]
		}
	}
	told, err := wordsOf(ctx, s.client, slices.Collect(maps.Values(owners)))
	if err != nil {
		return err
	}
	for i, t := range mine {
		if t.words = told[ids[i].String()]; t.words == nil {
			t.words = told[types[i]]
		}
	}
	return nil
}

// wordsOf reads the texts that nodes have as properties.
func wordsOf(ctx context.Context, client *opcua.Client, owners []*ua.NodeID) (map[string]words, error) {
	told := map[string]words{}
	for chunk := range slices.Chunk(owners, readsPerCall) {
		request := &ua.BrowseRequest{RequestedMaxReferencesPerNode: referencesPerNode}
		for _, n := range chunk {
			request.NodesToBrowse = append(request.NodesToBrowse, &ua.BrowseDescription{
				NodeID: n, BrowseDirection: ua.BrowseDirectionForward, IncludeSubtypes: true,
				ReferenceTypeID: ua.NewNumericNodeID(0, id.HasProperty), ResultMask: uint32(ua.BrowseResultMaskAll),
			})
		}
		var answer *ua.BrowseResponse
		err := guard(func() (err error) {
			answer, err = client.Browse(ctx, request)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("look for enumerations: %w", err)
		}
		for i, r := range answer.Results {
			if i >= len(chunk) || r == nil {
				continue
			}
			if told[chunk[i].String()], err = readWords(ctx, client, r.References); err != nil {
				return nil, err
			}
		}
	}
	return told, nil
}

func readWords(ctx context.Context, client *opcua.Client, properties []*ua.ReferenceDescription) (words, error) {
	var names []string
	var nodes []*ua.NodeID
	for _, p := range properties {
		if p != nil && p.BrowseName != nil && p.NodeID != nil && p.NodeID.NodeID != nil && slices.Contains(wordProperties, p.BrowseName.Name) {
			names, nodes = append(names, p.BrowseName.Name), append(nodes, p.NodeID.NodeID)
		}
	}
	if len(nodes) == 0 {
		return nil, nil
	}
	values, err := read(ctx, client, nodes)
	if err != nil {
		return nil, fmt.Errorf("read enumerations: %w", err)
	}
	w := words{}
	for i, name := range names {
		w.learn(name, content(values[i]))
	}
	if len(w) == 0 {
		return nil, nil
	}
	return w, nil
}

func (w words) learn(property string, value any) {
	switch x := value.(type) {
	case []*ua.LocalizedText: // EnumStrings: the index is the value
		for i, t := range x {
			if t != nil && t.Text != "" {
				w[int64(i)] = t.Text
			}
		}
	case []*ua.ExtensionObject: // EnumValues
		for _, o := range x {
			if v, ok := enumValue(o); ok {
				w[v.Value] = v.DisplayName.Text
			}
		}
	case *ua.LocalizedText:
		w[map[string]int64{"TrueState": 1}[property]] = x.Text
	}
}

func enumValue(o *ua.ExtensionObject) (*ua.EnumValueType, bool) {
	if o == nil {
		return nil, false
	}
	v, ok := o.Value.(*ua.EnumValueType)
	return v, ok && v != nil && v.DisplayName != nil
}
