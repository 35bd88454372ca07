package agent

import (
	"context"
	"image"
	"image/png"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/label"
	"edgelabel/collectors"
)

const judged = `gateway: {id: gw-test}
data: {dir: DIR/data, keep_free: 1MiB}
web: {listen: "127.0.0.1:0"}
assets: [{id: press}]
cameras:
  - name: top
    asset: press
    select: not_ok
    INSPECT
    model: {url: URL, name: defects, classes: [{type: Scratch, class: scratch}]}
`

// backend is a server that speaks the protocol of Label Studio's ML backends.
func backend(t *testing.T, answer string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.URL.Path == "/health" {
			answer = `{"status":"UP"}`
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	return s
}

func handIn(t *testing.T, a *Agent, data []byte) collectors.Stored {
	t.Helper()
	stored, err := a.sink().Image(context.Background(), collectors.Picture{Camera: "top", Name: "a.png", Data: data, Received: time.Now().UnixNano()})
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// TestModelProposes hands in a picture that no rule chooses: the model's word makes it an item, with its name and version on what it proposes.
func TestModelProposes(t *testing.T) {
	server := backend(t, `{"results":[{"model_version":"v7","score":0.9,"result":[
		{"type":"rectanglelabels","score":0.9,"value":{"x":25,"y":25,"width":50,"height":25,"rectanglelabels":["Scratch"]}}]}]}`)
	a := runWith(t, strings.NewReplacer("URL", server.URL, "INSPECT", "").Replace(judged))
	handIn(t, a, heights(1))
	var rows []label.Row
	eventually(t, "the picture is an item", func() bool {
		page, err := a.store.Items(context.Background(), label.Query{})
		rows = page.Rows
		return err == nil && len(rows) == 1 && len(rows[0].Candidates) == 1
	})
	c := rows[0].Candidates[0]
	want := map[string]string{"type": "Scratch", "model": "defects", "model_version": "v7"}
	if c.Detector != "model" || len(c.Regions) != 1 || c.Regions[0].Origin != label.ByMachine || c.Regions[0].Class != "scratch" || !maps.Equal(c.Regions[0].Attributes, want) {
		t.Errorf("%+v", c)
	}
	if c.Explain.EN != "Camera top: The model defects (version v7) proposes 1: Scratch 0.90." {
		t.Error(c.Explain.EN)
	}
	if *c.Regions[0].Rect != (label.Rect{X: 4, Y: 4, W: 8, H: 4}) {
		t.Errorf("%+v", c.Regions[0].Rect)
	}
}

// TestModelThatIsAwayHoldsNothingUp lets pictures come while the model's server refuses: they are stored, and the status says why nobody
// proposes anything.
func TestModelThatIsAwayHoldsNothingUp(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	a := runWith(t, strings.NewReplacer("URL", server.URL, "INSPECT", "").Replace(judged))
	for n := range 3 {
		handIn(t, a, heights(n))
	}
	eventually(t, "the pictures are passed over", func() bool { return a.models[0].Stats()["top"].Failed == 3 })
	if got := a.sources.CameraStatus()["top"].Snapshot().Problems["model"]; !strings.Contains(got, "404") {
		t.Errorf("problem %q", got)
	}
}

// TestVerdictsExtendTheReference judges a picture OK that differs from the good one, and takes the verdict back.
func TestVerdictsExtendTheReference(t *testing.T) {
	good := t.TempDir()
	blank, err := os.Create(filepath.Join(good, "good.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(blank, image.NewGray(image.Rect(0, 0, 16, 16))); err != nil {
		t.Fatal(err)
	}
	if err := blank.Close(); err != nil {
		t.Fatal(err)
	}
	server := backend(t, `{"results":[{"result":[]}]}`)
	inspect := "inspect: {reference: " + good + ", checks: []}"
	a := runWith(t, strings.NewReplacer("URL", server.URL, "INSPECT", inspect, "select: not_ok", "select: all").Replace(judged))
	stored := handIn(t, a, heights(20000))
	say := func(v label.Verdict, parent int, key string) {
		t.Helper()
		_, err := a.store.AddLabel(context.Background(), stored.Item, label.Draft{Verdict: v, Origin: label.ByPerson, Parent: parent, Taxonomy: 1}, label.Person{ID: "li", Role: "labeler"}, key)
		if err != nil {
			t.Fatal(err)
		}
	}
	reference := func() (n int) {
		r, err := a.goodPictures("top", good)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range r.all {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		return n
	}
	if n := reference(); n != 1 {
		t.Fatalf("%d good pictures", n)
	}
	say(label.OK, 0, "1")
	eventually(t, "the picture is an example", func() bool { return reference() == 2 })
	say(label.NotOK, 1, "2")
	eventually(t, "it is none any more", func() bool { return reference() == 1 })
}
