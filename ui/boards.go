package ui

import (
	"image"
	"net/http"
	"strconv"

	"edgelabel/agent/label"
)

// maxSquare is the side of the largest square of a checkerboard, mm.
const maxSquare = 1000

// getCheckerboard measures a picture's scale by the checkerboard on it. Why there is no scale is an answer too: the person lays the board
// another way and takes another picture.
func (s *Server) getCheckerboard(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	square, err := strconv.ParseFloat(r.URL.Query().Get("square"), 64)
	if err != nil || !(square > 0 && square <= maxSquare) {
		return invalid("square: want the side of one square in mm, more than 0 and at most %d", maxSquare)
	}
	var found label.Board
	err = s.pictures.look(r.Context(), r.PathValue("sha256"), func(m image.Image) { found = s.cfg.Checkerboard(m, square) })
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return answer(w, http.StatusOK, found)
}
