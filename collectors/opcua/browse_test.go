package opcua_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/server"
	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uasc"

	"edgelabel/agent/series"
	"edgelabel/collectors/opcua"
)

// tree is the factory's address space as browsing shows it:
//
//	Objects ─ Big ─ F000 … F019 ─ V000 … V999      20 000 variables; each folder refers back to Objects, and to the next folder
//	        ├ Plant ─ whatever a test put there
//	        └ Server                               which nobody should walk
type tree struct {
	ns      func() uint16
	plants  func(prefix string) []string
	points  atomic.Int64 // continuation points that are in use
	browses atomic.Int64
}

const (
	folders   = 20
	maxPoints = 20
)

// browse answers Browse and BrowseNext. A continuation point is the node and the index of its next reference.
func (t *tree) browse(_ *uasc.SecureChannel, request ua.Request, _ uint32) (ua.Response, error) {
	t.browses.Add(1)
	header := &ua.ResponseHeader{Timestamp: time.Now(), RequestHandle: request.Header().RequestHandle, ServiceDiagnostics: &ua.DiagnosticInfo{},
		AdditionalHeader: ua.NewExtensionObject(nil)}
	switch r := request.(type) {
	case *ua.BrowseRequest:
		out := &ua.BrowseResponse{ResponseHeader: header}
		for _, n := range r.NodesToBrowse {
			out.Results = append(out.Results, t.page(n.NodeID.String(), 0))
		}
		return out, nil
	case *ua.BrowseNextRequest:
		out := &ua.BrowseNextResponse{ResponseHeader: header}
		for _, p := range r.ContinuationPoints {
			t.points.Add(-1)
			node, at, _ := strings.Cut(string(p), "|")
			begin, err := strconv.Atoi(at)
			if err != nil {
				return nil, ua.StatusBadContinuationPointInvalid
			}
			out.Results = append(out.Results, t.page(node, begin))
		}
		return out, nil
	}
	return nil, ua.StatusBadRequestTypeInvalid
}

func (t *tree) page(node string, begin int) *ua.BrowseResult {
	all := t.references(node)
	end := min(begin+400, len(all))
	r := &ua.BrowseResult{References: all[begin:end]}
	if end == len(all) {
		return r
	}
	if t.points.Add(1) > maxPoints {
		t.points.Add(-1)
		return &ua.BrowseResult{StatusCode: ua.StatusBadNoContinuationPoints}
	}
	r.ContinuationPoint = fmt.Appendf(nil, "%s|%d", node, end)
	return r
}

func (t *tree) references(node string) (out []*ua.ReferenceDescription) {
	add := func(kind uint32, class ua.NodeClass, n *ua.NodeID, name string) {
		out = append(out, &ua.ReferenceDescription{ReferenceTypeID: ua.NewNumericNodeID(0, kind), IsForward: true,
			NodeID: ua.NewExpandedNodeID(n, "", 0), BrowseName: &ua.QualifiedName{Name: name}, DisplayName: &ua.LocalizedText{},
			NodeClass: class, TypeDefinition: ua.NewTwoByteExpandedNodeID(0)})
	}
	in := func(name string) *ua.NodeID { return ua.NewStringNodeID(t.ns(), name) }
	_, name, _ := strings.Cut(node, ";s=")
	switch {
	case node == "i=85":
		add(id.Organizes, ua.NodeClassObject, ua.NewNumericNodeID(0, id.Server), "Server")
		add(id.Organizes, ua.NodeClassObject, in("Plant"), "Plant")
		add(id.Organizes, ua.NodeClassObject, in("Big"), "Big")
	case name == "Big":
		for f := range folders {
			add(id.Organizes, ua.NodeClassObject, in(fmt.Sprintf("Big.%d", f)), fmt.Sprintf("F%03d", f))
		}
	case strings.HasPrefix(name, "Big."):
		var f, v int
		if n, _ := fmt.Sscanf(name, "Big.%d.%d", &f, &v); n == 1 {
			add(id.Organizes, ua.NodeClassObject, ua.NewNumericNodeID(0, id.ObjectsFolder), "Objects")
			add(id.Organizes, ua.NodeClassObject, in(fmt.Sprintf("Big.%d", (f+1)%folders)), "next")
			for v := range 1000 {
				add(id.HasComponent, ua.NodeClassVariable, in(fmt.Sprintf("Big.%d.%d", f, v)), fmt.Sprintf("V%03d", v))
			}
		}
	case name == "Plant":
		for _, n := range t.plants("") {
			if !strings.Contains(n, "#") {
				add(id.HasComponent, ua.NodeClassVariable, in(n), n)
			}
		}
	default:
		for _, n := range t.plants(name + "#") {
			add(id.HasProperty, ua.NodeClassVariable, in(n), strings.TrimPrefix(n, name+"#"))
		}
	}
	return out
}

func browse(t *testing.T, c opcua.Config, o opcua.BrowseOptions) ([]opcua.Variable, opcua.Walked, error) {
	t.Helper()
	var all []opcua.Variable
	walked, err := opcua.Browse(t.Context(), c, o, func(v opcua.Variable) error {
		all = append(all, v)
		return nil
	})
	return all, walked, err
}

func TestBrowseGoesThroughManyNodesInCircles(t *testing.T) {
	p := newPlant(t)
	p.Start(t)
	began := shared.tree.browses.Load()
	all, walked, err := browse(t, p.insecure(), opcua.BrowseOptions{Paths: []string{"Big/**/V99[89]"}})
	if err != nil || len(all) != 2*folders || walked.Nodes < 1000*folders || walked.Nodes > 1001*folders+100 || walked.Refused != 0 {
		t.Fatalf("%d variables, %+v, %v", len(all), walked, err)
	}
	t.Logf("%d nodes in %d calls", walked.Nodes, shared.tree.browses.Load()-began)
	if left := shared.tree.points.Load(); left != 0 {
		t.Errorf("%d continuation points were left open", left)
	}
	all, walked, err = browse(t, p.insecure(), opcua.BrowseOptions{Paths: []string{"Big/F00[12]/V00?"}})
	if err != nil || len(all) != 20 || walked.Nodes > 200 {
		t.Errorf("with a path for each level: %d variables, %+v, %v", len(all), walked, err)
	}
	if _, _, err = browse(t, p.insecure(), opcua.BrowseOptions{Paths: []string{"Big/**"}, MaxNodes: 500}); err == nil || !contains(err.Error(), "too many nodes", "more than 500") {
		t.Errorf("limit: %v", err)
	}
}

func TestBrowseTellsTypeUnitAndRange(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	now := time.Now()
	p.set("temp", dataValue(20.0, ua.StatusOK, now))
	p.set("temp#EURange", dataValue(ua.NewExtensionObject(&ua.Range{Low: 0, High: 200}), ua.StatusOK, now))
	p.set("temp#InstrumentRange", dataValue(ua.NewExtensionObject(&ua.Range{Low: -10, High: 250}), ua.StatusOK, now))
	p.set("temp#EngineeringUnits", dataValue(ua.NewExtensionObject(&ua.EUInformation{DisplayName: &ua.LocalizedText{Text: "°C", EncodingMask: ua.LocalizedTextText}, Description: &ua.LocalizedText{}}), ua.StatusOK, now))
	p.set("count", dataValue(uint32(3), ua.StatusOK, now))
	p.set("count#EURange", dataValue(ua.NewExtensionObject(&ua.Range{}), ua.StatusOK, now))
	p.set("wave", dataValue([]float32{1, 2}, ua.StatusOK, now))
	p.set("state", dataValue(ua.NewExtensionObject(&ua.Range{}), ua.StatusOK, now))
	kind := server.DataValueFromValue(ua.NewNumericExpandedNodeID(0, id.String))
	p.set("batch", dataValue("B-1", ua.StatusBad, now))
	if err := shared.ns.Node(ua.NewStringNodeID(shared.ns.ID(), p.prefix+"batch")).SetAttribute(ua.AttributeIDDataType, kind); err != nil {
		t.Fatal(err)
	}
	p.Start(t)
	all, walked, err := browse(t, p.insecure(), opcua.BrowseOptions{Paths: []string{"Plant/" + p.prefix + "*"}})
	if err != nil || walked.Variables != 5 {
		t.Fatalf("%+v, %v", walked, err)
	}
	slices.SortFunc(all, func(a, b opcua.Variable) int { return strings.Compare(a.Path, b.Path) })
	node := func(name string) string { return "nsu=" + plantURI + ";s=" + p.prefix + name }
	path := func(name string) string { return "Plant/" + p.prefix + name }
	want := []opcua.Variable{
		{Path: path("batch"), NodeID: node("batch"), Type: "String", Kind: series.Text},
		{Path: path("count"), NodeID: node("count"), Type: "UInt32", Kind: series.Number},
		{Path: path("state"), NodeID: node("state"), Type: "Structure", Unsupported: "Structure is not supported"},
		{Path: path("temp"), NodeID: node("temp"), Type: "Double", Kind: series.Number, Unit: "°C",
			Normal: &opcua.Span{High: 200}, Instrument: &opcua.Span{Low: -10, High: 250}},
		{Path: path("wave"), NodeID: node("wave"), Type: "Float[]", Kind: series.Wave},
	}
	for i, v := range all {
		if got, want := fmt.Sprintf("%+v %v %v", v, deref(v.Normal), deref(v.Instrument)), fmt.Sprintf("%+v %v %v", want[i], deref(want[i].Normal), deref(want[i].Instrument)); strip(got) != strip(want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func deref(s *opcua.Span) opcua.Span {
	if s == nil {
		return opcua.Span{}
	}
	return *s
}

// strip removes addresses.
func strip(s string) string {
	fields := strings.Fields(s)
	return strings.Join(slices.DeleteFunc(fields, func(f string) bool { return strings.Contains(f, "0x") }), " ")
}

func TestBrowseRefusesPathsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", "a//b", "[", "a/[/b"} {
		if _, _, err := browse(t, opcua.Config{Name: "x", Endpoint: "opc.tcp://127.0.0.1:1", PKI: t.TempDir()}, opcua.BrowseOptions{Paths: []string{path}}); err == nil || !contains(err.Error(), "expected browse names") {
			t.Errorf("%q: %v", path, err)
		}
	}
}

func FuzzPattern(f *testing.F) {
	for _, seed := range [][2]string{{"Line1/V*", "Line1/V000"}, {"**", "a/b"}, {"a/**/b", "a/b"}, {"[a-c]?/**", "b1/x/y"}, {"**/**/**", "a"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, path string) {
		p, err := opcua.ParsePattern(text)
		if err != nil || strings.Count(text, "**") > 4 {
			return
		}
		names := strings.Split(path, "/")
		if !p.Match(names) {
			return
		}
		for i := 1; i < len(names); i++ { // what matches can be reached
			if !p.Leads(names[:i]) {
				t.Errorf("%q matches %q, but nothing below %v", text, path, names[:i])
			}
		}
	})
}
