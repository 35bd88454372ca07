package ui

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/image/draw"

	"edgelabel/agent/label"
)

// A tile of samples is what the file holds, not what a screen would show of it; numbers are little-endian:
//
//	"ELP1" | bits u8: 8 or 16 | channels u8: 1 or 3 | width u16 | height u16 | low u16 | high u16 | 0 u16 | samples, row by row
//
// low and high are the smallest and the largest sample of the whole picture where it has 16 bits, 0 and 255 otherwise. Only grey keeps
// 16 bits; the three channels of a colour picture are interleaved red, green, blue.
const (
	samplesMagic  = "ELP1"
	samplesHeader = 16 // bytes
)

func (s *Server) getSamples(w http.ResponseWriter, r *http.Request, _ label.Person) error {
	at, err := parseTile(r.PathValue("z"), r.PathValue("tile"))
	if err != nil {
		return err
	}
	sha := r.PathValue("sha256")
	packed, err := s.pictures.samples(r.Context(), sha, at)
	if err != nil {
		return err
	}
	w.Header().Set("Vary", "Accept-Encoding")
	if unchanged(w, r, strconv.Quote(fmt.Sprintf("%s-samples-%d-%d-%d", sha, at.z, at.x, at.y))) {
		return nil
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(packed) // an error means that the browser has gone
		return nil
	}
	plain, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return fmt.Errorf("samples of %s: %w", sha, err)
	}
	if _, err := io.Copy(w, plain); err != nil && r.Context().Err() == nil {
		return fmt.Errorf("samples of %s: %w", sha, err)
	}
	return nil
}

// samples is one tile of a level with the values of the file, gzipped.
func (p *pyramid) samples(at place) ([]byte, error) {
	m, cut, err := p.cut(at)
	if err != nil {
		return nil, err
	}
	switch m := m.(type) {
	case *image.Gray16:
		return packed(16, 1, cut, p.spread, samples16(m, cut))
	case *image.Gray:
		return packed(8, 1, cut, spread{0, 255}, samples8(m, cut))
	}
	return packed(8, 3, cut, spread{0, 255}, samplesRGB(m, cut))
}

func samples16(m *image.Gray16, cut image.Rectangle) []byte {
	out := make([]byte, 0, 2*cut.Dx()*cut.Dy())
	for y := cut.Min.Y; y < cut.Max.Y; y++ {
		for r := m.Pix[m.PixOffset(cut.Min.X, y):][:2*cut.Dx()]; len(r) > 0; r = r[2:] {
			out = append(out, r[1], r[0])
		}
	}
	return out
}

func samples8(m *image.Gray, cut image.Rectangle) []byte {
	out := make([]byte, 0, cut.Dx()*cut.Dy())
	for y := cut.Min.Y; y < cut.Max.Y; y++ {
		out = append(out, m.Pix[m.PixOffset(cut.Min.X, y):][:cut.Dx()]...)
	}
	return out
}

func samplesRGB(m image.Image, cut image.Rectangle) []byte {
	rgba := image.NewRGBA(image.Rect(0, 0, cut.Dx(), cut.Dy()))
	draw.Draw(rgba, rgba.Rect, m, cut.Min, draw.Src)
	out := make([]byte, 0, 3*cut.Dx()*cut.Dy())
	for px := rgba.Pix; len(px) > 0; px = px[4:] {
		out = append(out, px[:3]...)
	}
	return out
}

func packed(bits, channels byte, cut image.Rectangle, s spread, samples []byte) ([]byte, error) {
	head := append(make([]byte, 0, samplesHeader), samplesMagic...)
	head = append(head, bits, channels)
	for _, v := range []int{cut.Dx(), cut.Dy(), int(s.low), int(s.high), 0} {
		head = binary.LittleEndian.AppendUint16(head, uint16(v))
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("samples: %w", err)
	}
	for _, part := range [][]byte{head, samples} {
		if _, err := z.Write(part); err != nil {
			return nil, fmt.Errorf("samples: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("samples: %w", err)
	}
	return b.Bytes(), nil
}
