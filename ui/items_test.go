package ui_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/ui"
)

func TestItemsQueryReachesTheStore(t *testing.T) {
	r := start(t, nil)
	w := r.want(call{by: "li", path: "/api/v1/items?state=open&kind=joint&asset=press1&camera=c&class=dent&part=P7&verdict=not_ok&order=newest&cursor=abc&limit=7&from=5&to=9&line=L2&station=4&proposed=burr"}, 200, "")
	if w.Body.String() != `{"items":[],"next":""}`+"\n" {
		t.Error(w.Body)
	}
	q := r.store.query
	if q.Verdict == nil || *q.Verdict != label.NotOK {
		t.Fatalf("%+v", q)
	}
	q.Verdict = nil
	want := label.Query{State: "open", Kind: "joint", Asset: "press1", Camera: "c", Class: "dent", Part: "P7", Newest: true, From: 5, To: 9, Cursor: "abc", Limit: 7, Line: "L2", Station: "4", Proposed: "burr"}
	if q != want {
		t.Errorf("%+v", q)
	}
	for _, bad := range []string{"state=closed", "kind=x", "verdict=maybe", "order=up", "limit=501", "limit=-1", "limit=x", "from=-1", "to=x", "part=" + strings.Repeat("p", 300), "asset=%ff"} {
		r.want(call{by: "li", path: "/api/v1/items?" + bad}, 400, "invalid")
	}
}

func TestItemWithItsLabels(t *testing.T) {
	r := start(t, nil)
	r.item(label.Item{ID: "i", Kind: label.KindImage})
	type answer struct {
		Item   label.Row
		Labels []label.Label
	}
	if got := parse[answer](t, r.want(call{by: "li", path: "/api/v1/items/i"}, 200, "")); got.Item.ID != "i" || got.Labels == nil {
		t.Errorf("%+v", got)
	}
	r.want(call{by: "li", path: "/api/v1/items/none"}, 404, "not_found")
}

func TestPersonMarksWhatWasMissed(t *testing.T) {
	r := start(t, nil)
	post := func(body string) call { return call{by: "li", method: "POST", path: "/api/v1/items", body: body} }
	from, to := noon.UnixNano()-10e9, noon.UnixNano()-5e9
	r.store.set(func(s *store) {
		s.history.Traces = []series.Trace{{Tag: "force", T: []int64{from}, V: []float64{1}, Status: []uint32{0}}}
	})
	good := fmt.Sprintf(`{"asset":"press1","from":%d,"to":%d,"tags":["force","temp"],"comment":"knocks"}`, from, to)
	row := parse[label.Row](t, r.want(post(good), http.StatusCreated, ""))
	c := row.Candidates[0]
	if row.Kind != label.KindWindow || row.CreatedBy != "li" || !row.IsSimulated || row.IsPartial || row.Window.SHA256 == "" ||
		row.Place != (label.Place{Site: "S", Line: "L", Asset: "press1"}) || c.Explain.EN != "knocks" || c.From != from || row.At != from {
		t.Errorf("%+v", row)
	}
	if row.Window.From != from-5e9 || row.Window.To != noon.UnixNano() {
		t.Errorf("window from %v before to %v after what was marked", from-row.Window.From, row.Window.To-to)
	}
	w, err := series.DecodeWindow(r.store.blobs[row.Window.SHA256])
	if err != nil || len(w.Traces) != 2 || len(w.Traces[0].T) != 1 || w.Traces[1].Tag != "temp" {
		t.Errorf("frozen window %+v, %v", w, err)
	}
	for _, bad := range []string{
		``, `{`, `{"by":"chief"}`, fmt.Sprintf(`{"from":%d,"to":%d,"tags":[]}`, from, to), fmt.Sprintf(`{"from":%d,"to":%d,"tags":["none"]}`, from, to),
		fmt.Sprintf(`{"from":%d,"to":%d,"tags":["temp","temp"]}`, from, to), fmt.Sprintf(`{"from":%d,"to":%d,"tags":["temp"]}`, to, from),
		fmt.Sprintf(`{"from":%d,"to":%d,"tags":["temp"]}`, from, noon.UnixNano()+1), fmt.Sprintf(`{"from":0,"to":%d,"tags":["temp"]}`, to),
	} {
		r.want(post(bad), 400, "invalid")
	}
	if len(r.store.rows) != 1 {
		t.Errorf("%d items", len(r.store.rows))
	}
}

func TestClaim(t *testing.T) {
	r := start(t, nil)
	r.item(label.Item{ID: "i"})
	post := func(by, body string) label.Claim {
		return parse[label.Claim](t, r.want(call{by: by, method: "POST", path: "/api/v1/items/i/claim", body: body}, 200, ""))
	}
	if c := post("li", `{"release":false}`); c != (label.Claim{By: "li", Name: "li", Until: noon.Add(ui.ClaimTTL).UnixNano()}) {
		t.Errorf("%+v", c)
	}
	if c := post("wang", `{}`); c.By != "li" {
		t.Errorf("held by %+v", c)
	}
	if c := post("li", `{"release":true}`); c.Until >= noon.UnixNano() {
		t.Errorf("released %+v", c)
	}
	r.want(call{by: "li", method: "POST", path: "/api/v1/items/none/claim", body: "{}"}, 404, "not_found")
	r.want(call{by: "li", method: "POST", path: "/api/v1/items/i/claim", body: `{"by":"wang"}`}, 400, "invalid")
}

func labelCall(key, body string) call {
	return call{by: "li", method: "POST", path: "/api/v1/items/i/labels", body: body, header: map[string]string{"Idempotency-Key": key}}
}

func TestLabel(t *testing.T) {
	r := start(t, nil)
	r.item(label.Item{ID: "i"})
	r.item(label.Item{ID: "j"})
	first := parse[label.Label](t, r.want(labelCall("k1", `{"verdict":"not_ok","classes":["scratch"],"parent":0,"taxonomy":3}`), 201, ""))
	if first.By != (label.Person{ID: "li", Name: "li", Role: "labeler"}) || first.Rev != 1 || first.Verdict != label.NotOK {
		t.Errorf("%+v", first)
	}
	again := parse[label.Label](t, r.want(labelCall("k1", `{"verdict":"not_ok","classes":["scratch"],"parent":0,"taxonomy":3}`), 201, ""))
	if again.ID != first.ID || len(r.store.labels["i"]) != 1 {
		t.Errorf("again %+v, %d labels", again, len(r.store.labels["i"]))
	}
	type conflict struct{ Newest label.Label }
	if c := parse[conflict](t, r.want(labelCall("k2", `{"verdict":"ok","parent":0,"taxonomy":3}`), 409, "conflict")); c.Newest.ID != first.ID {
		t.Errorf("%+v", c)
	}
	other := labelCall("k1", `{"verdict":"ok","parent":0,"taxonomy":3}`)
	other.path = "/api/v1/items/j/labels"
	r.want(other, 400, "invalid")
}

func TestBadLabelsAreRefused(t *testing.T) {
	r := start(t, nil)
	r.item(label.Item{ID: "i"})
	good := `{"verdict":"ok","parent":0,"taxonomy":3}`
	for _, key := range []string{"", strings.Repeat("k", 129), "two words", "line\tbreak", "键"} {
		r.want(labelCall(key, good), 400, "invalid")
	}
	for _, body := range []string{
		"", "null {}", "[]", `{"verdict":"maybe"}`, `{"verdict":"ok","by":{"id":"chief","role":"admin"}}`, `{"verdict":"ok","saved":1}`,
		good + good, `{"verdict":"ok","regions":[{"id":1}]}`, `{"verdict":"ok","confidence":-1}`,
	} {
		r.want(labelCall("k", body), 400, "invalid")
	}
	if n := len(r.store.labels["i"]); n != 0 {
		t.Errorf("%d labels", n)
	}
}

func TestStoreErrorsOfALabel(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{label.ErrNotFound, 404, "not_found"}, {fmt.Errorf("regions[0]: %w", label.ErrInvalid), 400, "invalid"}, {label.ErrFull, 507, "full"},
		{label.ErrFrozen, 409, "conflict"}, {label.ErrStale, 409, "conflict"}, {http.ErrBodyNotAllowed, 500, "internal"},
	} {
		r := start(t, nil)
		r.item(label.Item{ID: "i"})
		r.store.set(func(s *store) { s.fail = c.err })
		r.want(labelCall("k", `{"verdict":"ok","parent":0,"taxonomy":3}`), c.status, c.code)
	}
}

func TestTaxonomy(t *testing.T) {
	r := start(t, nil)
	w := r.want(call{by: "li", path: "/api/v1/taxonomy"}, 200, "")
	if w.Header().Get("ETag") != `"3"` || parse[label.Taxonomy](t, w).Revision != 3 {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
	r.want(call{by: "li", path: "/api/v1/taxonomy", header: map[string]string{"If-None-Match": `"3"`}}, 304, "")
	put := func(by, body string) call { return call{by: by, method: "PUT", path: "/api/v1/taxonomy", body: body} }
	next := `{"revision":3,"name":{"zh-CN":"n","en":"n"},"classes":[{"id":"dent","name":{"zh-CN":"凹坑","en":"Dent"}}]}`
	r.want(put("li", next), 403, "forbidden")
	if got := parse[label.Taxonomy](t, r.want(put("chief", next), 200, "")); got.Revision != 4 || got.By != "chief" {
		t.Errorf("%+v", got)
	}
	r.want(put("chief", next), 409, "conflict")
	for _, bad := range []string{``, `{"revision":4,"classes":[{"id":"UPPER","name":{}}]}`, `{"revision":4,"extra":1}`} {
		r.want(put("chief", bad), 400, "invalid")
	}
}

func TestStatusAndSignals(t *testing.T) {
	r := start(t, nil)
	r.item(label.Item{ID: "i"})
	w := r.want(call{by: "li", path: "/api/v1/status"}, 200, "")
	if strings.Contains(w.Body.String(), "null") {
		t.Error(w.Body)
	}
	st := parse[ui.Status](t, w)
	if st.Gateway.ID != "gw1" || !st.Gateway.Simulated || st.Now != noon.UnixNano() || st.Queue.Open != 1 || st.Sources[0].Name != "plc" {
		t.Errorf("%+v", st)
	}
	got := r.want(call{by: "li", path: "/api/v1/signals"}, 200, "").Body.String()
	want := `{"signals":[{"id":"force","name":"Force","source":"plc","unit":"kN","kind":"number","last":{"t":1,"v":null,"quality":"good"}},` +
		`{"id":"temp","source":"","kind":"","last":null}]}` + "\n"
	if got != want {
		t.Errorf("%s", got)
	}
}

func TestPatternsAreUnique(t *testing.T) {
	patterns := start(t, nil).server.Patterns()
	slices.Sort(patterns)
	if len(slices.Compact(patterns)) != len(everyRoute) {
		t.Error(patterns)
	}
}
