package ui

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// form is a file format of images.
type form struct {
	name, mime string
	config     func(io.Reader) (image.Config, error)
	decode     func(io.Reader) (image.Image, error)
}

// formOf looks at the first bytes, never at a name, and leaves the reader at its start. What is no image is not found.
func formOf(f io.ReadSeeker) (form, error) {
	head := make([]byte, 8)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return form{}, fmt.Errorf("image: %w", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return form{}, fmt.Errorf("image: %w", err)
	}
	begins := func(magic string) bool { return bytes.HasPrefix(head[:n], []byte(magic)) }
	switch {
	case begins("\xff\xd8\xff"):
		return form{"jpeg", "image/jpeg", jpeg.DecodeConfig, jpeg.Decode}, nil
	case begins("\x89PNG\r\n\x1a\n"):
		return form{"png", "image/png", png.DecodeConfig, png.Decode}, nil
	case begins("II*\x00"), begins("MM\x00*"):
		return form{"tiff", "image/tiff", tiff.DecodeConfig, tiff.Decode}, nil
	case begins("BM"):
		return form{"bmp", "image/bmp", bmp.DecodeConfig, bmp.Decode}, nil
	}
	return form{}, refuse(http.StatusNotFound, "this blob is no image")
}

// limits is what decoding one image may cost.
type limits struct {
	pixels int
	bytes  int64
}

// decodeImage reads an image whose header says that it is affordable. A header of a few bytes can ask for gigabytes: it is read first.
func decodeImage(f io.ReadSeeker, most limits) (image.Image, error) {
	form, err := formOf(f)
	if err != nil {
		return nil, err
	}
	cfg, err := form.config(f)
	if err != nil {
		return nil, invalid("image: its %s header cannot be read", form.name)
	}
	if cfg.Width <= 0 || cfg.Height <= 0 || cfg.Width > most.pixels/cfg.Height {
		return nil, refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("image: %d × %d pixels are too many to show", cfg.Width, cfg.Height))
	}
	each, err := cost(form, cfg.ColorModel, f)
	if err != nil {
		return nil, err
	}
	if need := int64(cfg.Width) * int64(cfg.Height) * each; need > most.bytes {
		return nil, refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("image: needs %d MB of memory to show, at most %d", need>>20, most.bytes>>20))
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	m, err := form.decode(f)
	if err != nil {
		return nil, invalid("image: this %s cannot be decoded", form.name)
	}
	return m, nil
}

// cost is how many bytes a pixel takes while it is decoded.
func cost(form form, model color.Model, f io.ReadSeeker) (int64, error) {
	var each int64 = 4
	switch _, palette := model.(color.Palette); {
	case palette:
		each = 1
	case model == color.GrayModel:
		each = 1
	case model == color.Gray16Model:
		each = 3 // and its smaller levels
	case model == color.YCbCrModel:
		each = 3
	case model == color.RGBA64Model || model == color.NRGBA64Model:
		each = 8
	}
	if form.name == "tiff" && model == color.Gray16Model {
		each += 2 // a strip may be the whole picture
	} else if form.name == "tiff" {
		each *= 2
	}
	if form.name == "jpeg" {
		progressive, err := isProgressive(f)
		if err != nil {
			return 0, err
		}
		if progressive {
			each *= 5 // all coefficients are held as 32-bit numbers
		}
	}
	return each, nil
}

// isProgressive walks the markers to the frame header, ITU-T T.81 B.1.1.
func isProgressive(f io.ReadSeeker) (bool, error) {
	if _, err := f.Seek(2, io.SeekStart); err != nil {
		return false, fmt.Errorf("image: %w", err)
	}
	r := bufio.NewReader(f)
	for {
		b, err := r.ReadByte()
		if err != nil {
			return false, invalid("image: this jpeg has no frame")
		}
		if b != 0xff {
			continue
		}
		marker, err := r.ReadByte()
		if err != nil {
			return false, invalid("image: this jpeg has no frame")
		}
		switch {
		case marker == 0xff:
			if err := r.UnreadByte(); err != nil {
				return false, fmt.Errorf("image: %w", err)
			}
		case marker == 0xc2:
			return true, nil
		case marker == 0xc0 || marker == 0xc1 || marker == 0xda:
			return false, nil
		case marker != 0 && (marker < 0xd0 || marker > 0xd9):
			var size [2]byte
			if _, err := io.ReadFull(r, size[:]); err != nil {
				return false, invalid("image: this jpeg has no frame")
			}
			if _, err := r.Discard(max(int(size[0])<<8+int(size[1])-2, 0)); err != nil {
				return false, invalid("image: this jpeg has no frame")
			}
		}
	}
}
