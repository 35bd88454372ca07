package ui

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"

	"edgelabel/agent/label"
)

const immutable = "private, max-age=31536000, immutable"

// blob opens what a hash names.
func (s *Server) blob(sha256 string) (io.ReadSeekCloser, error) { return openBlob(s.cfg.Media, sha256) }

func openBlob(m Media, sha256 string) (io.ReadSeekCloser, error) {
	if !validHash(sha256) {
		return nil, invalid("sha256: %.80q, want 64 lower-case hex digits", sha256)
	}
	f, err := m.OpenBlob(sha256)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, refuse(http.StatusNotFound, "no such blob: it may have been evicted")
	}
	if err != nil {
		return nil, fmt.Errorf("blob %s: %w", sha256, err)
	}
	return f, nil
}

func validHash(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// unchanged answers for what a browser has already: a hash never names anything else.
func unchanged(w http.ResponseWriter, r *http.Request, tag string) bool {
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", immutable)
	if r.Header.Get("If-None-Match") != tag {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

func (s *Server) getImage(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	f, err := s.blob(r.PathValue("sha256"))
	if err != nil {
		return err
	}
	defer f.Close()
	form, err := formOf(f)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", form.mime)
	w.Header().Set("Content-Disposition", "inline")
	w.Header().Set("Cache-Control", immutable)
	w.Header().Set("ETag", strconv.Quote(r.PathValue("sha256")))
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}

func (s *Server) getPreview(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	sha := r.PathValue("sha256")
	data, err := s.pictures.preview(r.Context(), sha)
	if err != nil {
		return err
	}
	return sendJPEG(w, r, strconv.Quote(sha+"-preview"), data)
}

func (s *Server) getTile(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	at, err := parseTile(r.PathValue("z"), r.PathValue("tile"))
	if err != nil {
		return err
	}
	sha := r.PathValue("sha256")
	data, err := s.pictures.tile(r.Context(), sha, at)
	if err != nil {
		return err
	}
	return sendJPEG(w, r, strconv.Quote(fmt.Sprintf("%s-%d-%d-%d", sha, at.z, at.x, at.y)), data)
}

func sendJPEG(w http.ResponseWriter, r *http.Request, tag string, data []byte) error {
	if unchanged(w, r, tag) {
		return nil
	}
	w.Header().Set("Content-Type", "image/jpeg")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	return nil
}

// place is where a tile lies: the level, and column and row inside it.
type place struct{ z, x, y int }

func parseTile(z, tile string) (p place, err error) {
	x, y, _ := strings.Cut(tile, "_")
	for _, field := range []struct {
		text string
		to   *int
	}{{z, &p.z}, {x, &p.x}, {y, &p.y}} {
		n, err := strconv.ParseUint(field.text, 10, 16)
		if err != nil {
			return p, invalid("tile: want …/tiles/{z}/{x}_{y} with small whole numbers")
		}
		*field.to = int(n)
	}
	return p, nil
}
