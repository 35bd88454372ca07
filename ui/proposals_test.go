package ui_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/ui"
)

// proposed is what was brought.
type proposed struct {
	image label.Image
	c     label.Candidate
	calls int
}

func (p *proposed) Propose(_ context.Context, im label.Image, c label.Candidate) error {
	p.image, p.c = im, c
	p.calls++
	return nil
}

func TestProposals(t *testing.T) {
	p := &proposed{}
	r := start(t, func(c *ui.Config) { c.Proposer = p })
	sum := strings.Repeat("ab", 32)
	im := label.Image{SHA256: sum, Width: 100, Height: 50, Camera: "top", Received: 7}
	r.store.rows["i1"] = label.Row{Item: label.Item{ID: "i1", Images: []label.Image{im}}}
	r.store.rows["judged"] = label.Row{Item: label.Item{ID: "judged", Images: []label.Image{im}}, Standing: label.Standing{Labels: 1}}
	body := func(image, source, class string, width int) string {
		return fmt.Sprintf(`{"image":%q,"source":%q,"regions":[{"id":"r1","kind":"box","image":%[1]q,"class":%[3]q,"rect":{"x":1,"y":2,"w":%[4]d,"h":4}}]}`, image, source, class, width)
	}
	for _, tt := range []struct {
		by, item, body string
		status         int
		says           string
	}{
		{"", "i1", body(sum, "coco", "scratch", 3), http.StatusUnauthorized, ""},
		{"li", "i2", body(sum, "coco", "scratch", 3), http.StatusNotFound, ""},
		{"li", "judged", body(sum, "coco", "scratch", 3), http.StatusConflict, ""},
		{"li", "i1", body("cd", "coco", "scratch", 3), http.StatusBadRequest, "not of this item"},
		{"li", "i1", body(sum, "My Tool", "scratch", 3), http.StatusBadRequest, "source"},
		{"li", "i1", body(sum, "", "scratch", 3), http.StatusBadRequest, "source"},
		{"li", "i1", body(sum, "coco", "rust", 3), http.StatusBadRequest, "rust"},
		{"li", "i1", body(sum, "coco", "scratch", 300), http.StatusBadRequest, "outside"},
		{"li", "i1", `{"image":"` + sum + `","source":"coco","regions":[]}`, http.StatusBadRequest, "at least one"},
		{"li", "i1", body(sum, "coco", "scratch", 3), http.StatusNoContent, ""},
	} {
		w := r.do(call{by: tt.by, method: "POST", path: "/api/v1/items/" + tt.item + "/proposals", body: tt.body})
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) {
			t.Errorf("%s as %q: %d %s, want %d with %q", tt.body, tt.by, w.Code, w.Body, tt.status, tt.says)
		}
	}
	if p.calls != 1 || p.image.Camera != "top" || p.c.Rule != "import.coco" || p.c.From != 7 || len(p.c.Regions) != 1 {
		t.Fatalf("%+v", p)
	}
	if got := p.c.Regions[0]; got.Origin != label.ByMachine || got.Class != "scratch" || got.ID != p.c.ID+"-1" {
		t.Errorf("%+v", got)
	}
}
