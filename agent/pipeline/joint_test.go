package pipeline_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/label"
	"edgelabel/agent/pipeline"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

func withDetector(cfg pipeline.Config) pipeline.Config {
	cfg.Detector = catalog.New
	return cfg
}

func TestPictureAndCandidateJoin(t *testing.T) {
	fault := map[string][2]int{"force": {10, 12}}
	tests := []struct {
		name string
		do   func(r *rig)
		// the items, in order of creation: kind, images and candidates
		kinds      []label.Kind
		images     []int
		candidates []int
	}{
		{"candidate first, same moment", func(r *rig) {
			r.run(0, 12, fault)
			r.picture("a", "", 11, label.NotOK)
			r.run(13, 20, nil)
		}, []label.Kind{label.KindJoint}, []int{1}, []int{2}},
		{"picture first, same moment", func(r *rig) {
			r.run(0, 8, nil)
			r.picture("a", "", 8, label.NotOK)
			r.run(9, 20, fault)
		}, []label.Kind{label.KindJoint}, []int{1}, []int{2}},
		{"picture first, not chosen", func(r *rig) {
			r.run(0, 8, nil)
			r.picture("a", "", 8, label.OK)
			r.run(9, 20, fault)
		}, []label.Kind{label.KindJoint}, []int{1}, []int{1}},
		{"picture not chosen and too early", func(r *rig) {
			r.run(0, 2, nil)
			r.picture("a", "", 2, label.OK)
			r.run(3, 20, fault)
		}, []label.Kind{label.KindWindow}, []int{0}, []int{1}},
		{"candidate first, picture not chosen", func(r *rig) {
			r.run(0, 12, fault)
			r.picture("a", "", 11, label.Undefined)
			r.run(13, 20, nil)
		}, []label.Kind{label.KindJoint}, []int{1}, []int{1}},
		{"late picture of a settled item", func(r *rig) {
			r.run(0, 25, fault)
			r.picture("a", "", 11, label.NotOK)
		}, []label.Kind{label.KindJoint}, []int{1}, []int{2}},
		{"picture that is too late", func(r *rig) {
			r.run(0, 25, fault)
			r.at(60)
			r.picture("a", "", 11, label.NotOK)
		}, []label.Kind{label.KindWindow, label.KindJoint}, []int{0, 1}, []int{1, 1}},
		{"another moment", func(r *rig) {
			r.run(0, 25, fault)
			r.picture("a", "", 24, label.NotOK)
			r.run(26, 40, nil)
		}, []label.Kind{label.KindWindow, label.KindJoint}, []int{0, 1}, []int{1, 1}},
		{"same part downstream, another moment", func(r *rig) {
			r.send(text("part", 0, "P1"))
			r.run(0, 25, fault)
			r.picture("a", "P1", 24, label.NotOK)
			r.run(26, 40, nil)
		}, []label.Kind{label.KindJoint}, []int{1}, []int{2}},
		{"same moment, another part", func(r *rig) {
			r.send(text("part", 0, "P1"))
			r.run(0, 12, fault)
			r.picture("a", "P0", 11, label.NotOK)
			r.run(13, 25, nil)
		}, []label.Kind{label.KindWindow, label.KindJoint}, []int{0, 1}, []int{1, 1}},
		{"two pictures of a part", func(r *rig) {
			r.run(0, 3, nil)
			r.picture("a", "P1", 2, label.NotOK)
			r.picture("b", "P1", 3, label.OK)
			r.run(4, 20, nil)
		}, []label.Kind{label.KindJoint}, []int{2}, []int{1}},
		{"two pictures without a part", func(r *rig) {
			r.run(0, 3, nil)
			r.picture("a", "", 2, label.NotOK)
			r.picture("b", "", 3, label.NotOK)
			r.run(4, 20, nil)
		}, []label.Kind{label.KindJoint, label.KindJoint}, []int{1, 1}, []int{1, 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := start(t, press(), newStore(), nil)
			tt.do(r)
			for i, it := range r.items(len(tt.kinds)) {
				want(t, "kind", it.Kind, tt.kinds[i])
				want(t, "images", len(it.Images), tt.images[i])
				want(t, "candidates", len(it.Candidates), tt.candidates[i])
				want(t, "settled", it.IsPartial, false)
				want(t, "machine", it.Machine, label.NotOK)
			}
		})
	}
}

func TestPictureAloneGetsTheSignalsAroundIt(t *testing.T) {
	r := start(t, press(), newStore(), nil)
	r.run(0, 6, nil)
	id, known := r.picture("a", "P7", 5, label.NotOK)
	want(t, "known", known, false)
	r.run(7, 15, nil)
	it := r.items(1)[0]
	want(t, "id", it.ID, id)
	want(t, "settled", it.IsPartial, false)
	want(t, "from", it.Window.From, sec(4))
	want(t, "to", it.Window.To, sec(6))
	want(t, "part", it.Part.PartID, "P7")
	want(t, "detector", it.Candidates[0].Detector, "machine_result")
	want(t, "en", it.Candidates[0].Explain.EN, "Camera cam judged part P7 not OK.")
	want(t, "zh-CN", it.Candidates[0].Explain.ZH, "相机 cam 判定工件 P7 不合格（NG）。")
}

func TestLabeledItemTakesNothingMore(t *testing.T) {
	s := newStore()
	r := start(t, press(), s, nil)
	r.run(0, 25, map[string][2]int{"force": {10, 12}})
	s.set(func() { s.labeled[s.order[0]] = true })
	r.picture("a", "", 11, label.NotOK)
	r.run(26, 35, nil)
	all := r.items(2)
	want(t, "labeled item", len(all[0].Images), 0)
	want(t, "own item", len(all[1].Images), 1)
}

func TestCameraRules(t *testing.T) {
	tests := []struct {
		name   string
		cam    pipeline.Camera
		chosen string // of nine pictures, the third of which is not OK
	}{
		{"not OK", pipeline.Camera{Select: pipeline.SelectNG}, "..x......"},
		{"default", pipeline.Camera{}, "..x......"},
		{"every fourth, and not OK", pipeline.Camera{Select: pipeline.SelectEvery, EveryN: 4}, "..xx...x."},
		{"all", pipeline.Camera{Select: pipeline.SelectAll}, "xxxxxxxxx"},
		{"none", pipeline.Camera{Select: pipeline.SelectNone}, "........."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := press()
			tt.cam.Name, tt.cam.MMPerPx = "cam", 0.5
			cfg.Cameras = []pipeline.Camera{tt.cam}
			r := start(t, cfg, newStore(), nil)
			got := ""
			for i := range 9 {
				verdict := label.OK
				if i == 2 {
					verdict = label.NotOK
				}
				if item, _ := r.picture(string(rune('a'+i)), "", float64(i), verdict); item != "" {
					got += "x"
				} else {
					got += "."
				}
			}
			want(t, "chosen", got, tt.chosen)
			for _, it := range r.store.all() {
				want(t, "kind", it.Kind, label.KindImage)
				want(t, "final at once", it.IsPartial, false)
				want(t, "scale", it.Images[0].MMPerPx, 0.5)
				if it.Candidates[0].Explain.EN == "" || it.Candidates[0].Explain.ZH == "" {
					t.Error("no sentence")
				}
			}
		})
	}
}

func TestPictureSentAgain(t *testing.T) {
	s := newStore()
	r := start(t, press(), s, finder{s})
	first, _ := r.picture("a", "", 0, label.NotOK)
	second, known := r.picture("a", "", 0, label.NotOK)
	want(t, "known", known, true)
	want(t, "item", second, first)
	r.stop()

	r = start(t, press(), s, finder{s})
	third, _ := r.picture("a", "", 0, label.NotOK)
	want(t, "item after a restart", third, first)

	// The agent stopped between storing the picture and making its item.
	s.set(func() { s.images["cam/b/sha-b"] = true })
	fourth, known := r.picture("b", "", 0, label.NotOK)
	want(t, "known", known, true)
	want(t, "has an item", fourth != "", true)
	r.items(2)
}

func TestPictureErrors(t *testing.T) {
	s := newStore()
	r := start(t, press(), s, nil)
	_, _, err := r.p.Picture(context.Background(), label.Image{Camera: "nobody", Name: "x"}, nil)
	want(t, "unknown camera", errors.Is(err, label.ErrInvalid), true)

	s.set(func() { s.refuse = label.ErrFull })
	im := label.Image{SHA256: "s", Camera: "cam", Name: "y", Taken: sec(1), Received: sec(1), Machine: label.NotOK}
	_, _, err = r.p.Picture(context.Background(), im, nil)
	want(t, "item refused", errors.Is(err, label.ErrFull), true)

	s.set(func() { s.refuse = nil })
	item, known, err := r.p.Picture(context.Background(), im, nil)
	want(t, "sent again", err, nil)
	want(t, "known", known, true)
	want(t, "has its item now", item != "", true)
	r.stop()

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, _, err = r.p.Picture(ctx, im, nil)
	want(t, "stopped", errors.Is(err, pipeline.ErrStopped), true)
}
