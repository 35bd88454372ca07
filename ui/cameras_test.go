package ui_test

import (
	"context"
	"fmt"
	"image"
	"io"
	"strings"
	"testing"

	"edgelabel/agent/label"
)

func (s *store) Cameras(context.Context) ([]label.CameraFacts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []label.CameraFacts{s.camera}, s.fail
}

func (s *store) SetScale(_ context.Context, camera string, scale label.Scale) (label.CameraFacts, error) {
	return s.setCamera(camera, func(f *label.CameraFacts) { f.Scale, f.MMPerPx = &scale, scale.MMPerPx })
}

func (s *store) SetGolden(_ context.Context, camera string, g label.Golden, blob io.Reader) (label.CameraFacts, error) {
	if _, err := io.Copy(io.Discard, blob); err != nil {
		return label.CameraFacts{}, err
	}
	return s.setCamera(camera, func(f *label.CameraFacts) { f.Golden = &g })
}

func (s *store) setCamera(camera string, change func(*label.CameraFacts)) (label.CameraFacts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if camera != "cam" {
		return label.CameraFacts{}, fmt.Errorf("camera %s: %w", camera, label.ErrNotFound)
	}
	s.camera.Name = camera
	change(&s.camera)
	return s.camera, s.fail
}

func TestScaleSaysWhoAndWhen(t *testing.T) {
	r := start(t, nil)
	put := func(by, camera, body string) call {
		return call{by: by, method: "PUT", path: "/api/v1/cameras/" + camera + "/scale", body: body}
	}
	r.want(put("chief", "cam", `{"mmPerPx":0.05,"how":"ruler","note":"85.6 mm over 1712 px"}`), 200, "")
	got := r.want(call{by: "li", path: "/api/v1/cameras"}, 200, "").Body.String()
	for _, part := range []string{`"mmPerPx":0.05`, `"how":"ruler"`, `"by":"chief"`, `"note":"85.6 mm over 1712 px"`} {
		if !strings.Contains(got, part) {
			t.Errorf("%s is not in %s", part, got)
		}
	}
	r.want(put("li", "cam", `{"mmPerPx":0.05,"how":"ruler"}`), 403, "forbidden")
	r.want(put("chief", "other", `{"mmPerPx":0.05,"how":"ruler"}`), 404, "not_found")
	for _, bad := range []string{`{"mmPerPx":0,"how":"ruler"}`, `{"mmPerPx":-1,"how":"ruler"}`, `{"mmPerPx":1e9,"how":"ruler"}`, `{"mmPerPx":1,"how":"guess"}`, `{"mmPerPx":1,"how":"ruler","x":1}`} {
		r.want(put("chief", "cam", bad), 400, "invalid")
	}
}

func TestOnlyAGoodPartBecomesGolden(t *testing.T) {
	r := start(t, nil)
	sha := r.store.blob(encoded(t, "png", image.NewGray(image.Rect(0, 0, 4, 4))))
	r.item(label.Item{ID: "i", Images: []label.Image{{SHA256: sha, Camera: "cam", Width: 4, Height: 4}}})
	put := call{by: "li", method: "PUT", path: "/api/v1/cameras/cam/golden", body: `{"item":"i","image":"` + sha + `"}`}
	r.want(put, 400, "invalid") // nobody judged it
	row := r.store.rows["i"]
	row.Verdict = label.OK
	r.store.rows["i"] = row
	if got := r.want(put, 200, "").Body.String(); !strings.Contains(got, sha) || !strings.Contains(got, `"by":"li"`) {
		t.Error(got)
	}
	put.body = `{"item":"i","image":"` + strings.Repeat("0", 64) + `"}`
	r.want(put, 400, "invalid")
	put.body = `{"item":"none","image":"` + sha + `"}`
	r.want(put, 404, "not_found")
}
