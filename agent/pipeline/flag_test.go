package pipeline_test

import (
	"context"
	"errors"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/agent/pipeline"
)

func proposal(id string, im label.Image) label.Candidate {
	box := label.Region{ID: id + "-1", Kind: label.Box, Origin: label.ByMachine, Image: im.SHA256, Rect: &label.Rect{X: 1, Y: 1, W: 4, H: 3}}
	return label.Candidate{ID: id, Rule: "cam.golden", Detector: "golden", From: im.Time(), To: im.Time(), Score: 0.8, Image: im.SHA256, Regions: []label.Region{box}}
}

func flagged(t *testing.T, r *rig, im label.Image, c label.Candidate) string {
	t.Helper()
	id, err := r.p.Flag(context.Background(), im, c)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestProposalComesToThePicturesItem(t *testing.T) {
	r := start(t, press(), newStore(), nil)
	r.run(0, 8, nil)
	im := label.Image{SHA256: "aa", Camera: "cam", Name: "a", Taken: sec(8), Machine: label.NotOK}
	shows, _, err := r.p.Picture(context.Background(), im, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := proposal("golden-1", im)
	for range 2 { // twice is harmless
		if id := flagged(t, r, im, c); id != shows {
			t.Errorf("went to %q, the picture is in %q", id, shows)
		}
	}
	r.run(9, 30, nil)
	it := r.store.all()[0]
	if len(r.store.all()) != 1 || len(it.Candidates) != 2 || len(it.Candidates[1].Regions) != 1 || it.IsPartial {
		t.Errorf("%+v", it)
	}
}

func TestProposalMakesAnItemOfAGoodPicture(t *testing.T) {
	r := start(t, press(), newStore(), nil)
	r.run(0, 8, nil)
	im := label.Image{SHA256: "aa", Camera: "cam", Name: "a", Taken: sec(8), Machine: label.OK}
	if id, _, err := r.p.Picture(context.Background(), im, nil); err != nil || id != "" {
		t.Fatalf("chosen by the camera's rule: %q, %v", id, err)
	}
	id := flagged(t, r, im, proposal("golden-1", im))
	r.run(9, 20, map[string][2]int{"force": {10, 12}})
	all := r.store.all()
	if len(all) != 1 || all[0].ID != id || all[0].Machine != label.NotOK || len(all[0].Images) != 1 || len(all[0].Candidates) != 2 {
		t.Errorf("flagged to %q: %+v", id, all)
	}
}

func TestProposalWhereNothingIsChosen(t *testing.T) {
	cfg := press()
	cfg.Cameras[1].Select = pipeline.SelectNone
	r := start(t, cfg, newStore(), nil)
	im := label.Image{SHA256: "aa", Camera: "free", Name: "a", Taken: sec(1)}
	if id := flagged(t, r, im, proposal("golden-1", im)); id != "" || len(r.store.all()) != 0 {
		t.Errorf("item %q", id)
	}
	im.Camera = "nobody's"
	if _, err := r.p.Flag(context.Background(), im, proposal("golden-1", im)); !errors.Is(err, label.ErrInvalid) {
		t.Errorf("got %v", err)
	}
	r.stop()
	im.Camera = "free"
	if _, err := r.p.Flag(context.Background(), im, proposal("golden-1", im)); !errors.Is(err, pipeline.ErrStopped) {
		t.Errorf("got %v", err)
	}
}
