package ui_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/ui"
	"edgelabel/ui/stats"
)

type openAPI struct {
	OpenAPI    string
	Paths      map[string]map[string]any
	Components struct {
		Schemas map[string]struct {
			Properties map[string]any
		}
	}
}

func TestOpenAPIHasEveryRoute(t *testing.T) {
	r := start(t, nil)
	doc := parse[openAPI](t, r.want(call{path: "/api/v1/openapi.json"}, 200, ""))
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("version %q", doc.OpenAPI)
	}
	var described []string
	for path, methods := range doc.Paths {
		for method := range methods {
			described = append(described, strings.ToUpper(method)+" "+strings.Replace(path, "{x}_{y}", "{tile}", 1))
		}
	}
	served := r.server.Patterns()
	slices.Sort(described)
	slices.Sort(served)
	if !slices.Equal(described, served) {
		t.Errorf("described %q\nserved    %q", described, served)
	}
}

func TestOpenAPIHasEveryField(t *testing.T) {
	r := start(t, nil)
	doc := parse[openAPI](t, r.do(call{path: "/api/v1/openapi.json"}))
	for name, v := range map[string]any{
		"Row": label.Row{}, "Label": label.Label{}, "Draft": label.Draft{}, "Region": label.Region{}, "Candidate": label.Candidate{},
		"Image": label.Image{}, "WindowRef": label.WindowRef{}, "Taxonomy": label.Taxonomy{}, "Class": label.Class{}, "Term": label.Term{},
		"Fault": label.Fault{}, "Place": label.Place{}, "Part": label.Part{}, "Person": label.Person{}, "Claim": label.Claim{},
		"Counts": label.Counts{}, "Change": label.Change{}, "Gap": series.Gap{}, "Signal": ui.Signal{}, "Size": label.Size{}, "Rect": label.Rect{},
		"Rule": ui.Rule{}, "FalseSignals": ui.FalseSignals{}, "RuleService": ui.Service{},
		"Status": ui.Status{}, "Source": ui.Source{}, "Target": ui.Target{}, "Disk": ui.Disk{}, "DiskClass": ui.Class{}, "Gateway": ui.Gateway{},
		"Text": label.Text{}, "CameraFacts": label.CameraFacts{}, "Scale": label.Scale{}, "Datum": label.Datum{}, "Board": label.Board{}, "Golden": label.Golden{}, "Review": label.Review{}, "Stats": stats.Result{}, "StatsMine": stats.Mine{}, "StatsGroup": stats.Group{},
		"StatsMap": stats.Map{}, "StatsCount": stats.Count{},
		"Estimate": label.Estimate{}, "TallyPeriod": label.TallyPeriod{}, "Judged": label.Judged{}, "Recall": label.Recall{},
		"Performance": label.Performance{}, "Past": label.Past{}, "PastItem": label.PastItem{}, "Likeness": label.Likeness{},
		"Alike": label.Alike{}, "PlaceAlike": label.PlaceAlike{}, "Found": label.Found{}, "Spread": label.Spread{},
		"Spreading": label.Spreading{}, "Setting": label.Setting{}, "Replay": label.Replay{}, "Tuning": label.Tuning{},
	} {
		var described []string
		for field := range doc.Components.Schemas[name].Properties {
			described = append(described, field)
		}
		fields := fieldsOf(reflect.TypeOf(v))
		slices.Sort(described)
		slices.Sort(fields)
		if !slices.Equal(described, fields) {
			t.Errorf("%s: described %q\nsent      %q", name, described, fields)
		}
	}
}

func fieldsOf(t reflect.Type) (names []string) {
	for f := range t.Fields() {
		if f.Anonymous {
			names = append(names, fieldsOf(f.Type)...)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "-" && f.IsExported() {
			names = append(names, name)
		}
	}
	return names
}

func TestOpenAPIReferencesResolve(t *testing.T) {
	r := start(t, nil)
	w := r.do(call{path: "/api/v1/openapi.json"})
	doc := parse[openAPI](t, w)
	n := 0
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				n++
				if _, known := doc.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")]; !known {
					t.Errorf("%s is not there", ref)
				}
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	var raw any
	if err := json.Unmarshal(w.Body.Bytes(), &raw); err != nil {
		t.Fatal(err)
	}
	walk(raw)
	if n < 50 {
		t.Errorf("%d references seen", n)
	}
}
