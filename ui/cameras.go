package ui

import (
	"context"
	"io"
	"net/http"
	"slices"

	"edgelabel/agent/label"
)

// Cameras is what is known of each camera. Errors are those of package label: an unknown camera is ErrNotFound. What is set is on disk
// when the method returns.
type Cameras interface {
	Cameras(ctx context.Context) ([]label.CameraFacts, error)
	SetScale(ctx context.Context, camera string, s label.Scale) (label.CameraFacts, error)
	SetGolden(ctx context.Context, camera string, g label.Golden, blob io.Reader) (label.CameraFacts, error)
}

const (
	maxMMPerPx = 1000
	maxNote    = 200 // bytes
)

func (s *Server) getCameras(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	all, err := s.cfg.Cameras.Cameras(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return answer(w, http.StatusOK, map[string]any{"cameras": all})
}

func (s *Server) putScale(w http.ResponseWriter, r *http.Request, by label.Person) error {
	var body struct {
		MMPerPx float64      `json:"mmPerPx"`
		How     string       `json:"how"`
		Note    string       `json:"note"`
		Datum   *label.Datum `json:"datum"`
	}
	if err := decode(r, &body); err != nil {
		return err
	}
	if !(body.MMPerPx > 0 && body.MMPerPx <= maxMMPerPx) {
		return invalid("mmPerPx: %g, want more than 0 and at most %d", body.MMPerPx, maxMMPerPx)
	}
	if !slices.Contains([]string{label.ByRuler, label.ByCheckerboard}, body.How) || len(body.Note) > maxNote {
		return invalid("how: want ruler or checkerboard; note: at most %d bytes", maxNote)
	}
	scale := label.Scale{MMPerPx: body.MMPerPx, How: body.How, Note: body.Note, Datum: body.Datum, By: by.ID, At: s.cfg.Now().UnixNano()}
	facts, err := s.cfg.Cameras.SetScale(r.Context(), r.PathValue("camera"), scale)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, facts)
}

// putGolden takes a picture of an item that people judged OK as the good part of its camera.
func (s *Server) putGolden(w http.ResponseWriter, r *http.Request, by label.Person) error {
	var body struct {
		Item  string `json:"item"`
		Image string `json:"image"`
	}
	if err := decode(r, &body); err != nil {
		return err
	}
	row, _, err := s.cfg.Items.Item(r.Context(), body.Item)
	if err != nil {
		return err
	}
	if row.Verdict != label.OK {
		return invalid("item: %s is not judged OK", body.Item)
	}
	camera := r.PathValue("camera")
	n := slices.IndexFunc(row.Images, func(im label.Image) bool { return im.SHA256 == body.Image && im.Camera == camera })
	if n < 0 {
		return invalid("image: item %s has no such picture of camera %s", body.Item, camera)
	}
	blob, err := s.blob(body.Image)
	if err != nil {
		return err
	}
	defer blob.Close()
	golden := label.Golden{Image: row.Images[n], Item: body.Item, By: by.ID, At: s.cfg.Now().UnixNano()}
	facts, err := s.cfg.Cameras.SetGolden(r.Context(), camera, golden, blob)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, facts)
}
