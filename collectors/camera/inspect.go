package camera

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"edgelabel/collectors"
)

// Format is how a picture is encoded: the extension under which it is kept.
type Format string

const (
	JPEG Format = "jpg"
	PNG  Format = "png"
	BMP  Format = "bmp"
	TIFF Format = "tiff"
)

// Label is the format's name where labels speak of pictures.
func (f Format) Label() string {
	if f == JPEG {
		return "jpeg"
	}
	return string(f)
}

// Limits bound what a picture may ask of the gateway. A zero field means its default.
type Limits struct {
	Bytes  int64 // of the file
	Pixels int64 // width times height
}

// Defaults of Limits.
const (
	DefaultMaxBytes  = 32 << 20
	DefaultMaxPixels = 100_000_000
)

// Why a picture is rejected. Each wraps collectors.ErrRejected.
var (
	ErrFormat    = fmt.Errorf("%w: not a JPEG, PNG, BMP or TIFF that can be read", collectors.ErrRejected)
	ErrTruncated = fmt.Errorf("%w: picture is truncated", collectors.ErrRejected)
	ErrPixels    = fmt.Errorf("%w: picture has too many pixels", collectors.ErrRejected)
	ErrBytes     = fmt.Errorf("%w: picture has too many bytes", collectors.ErrRejected)
	ErrEmpty     = fmt.Errorf("%w: picture is empty", collectors.ErrRejected)
)

// Reason is the short constant under which a rejection is counted.
func Reason(err error) string {
	switch {
	case errors.Is(err, ErrFormat):
		return "format"
	case errors.Is(err, ErrTruncated):
		return "truncated"
	case errors.Is(err, ErrPixels):
		return "pixels"
	case errors.Is(err, ErrBytes):
		return "too_large"
	case errors.Is(err, ErrEmpty):
		return "empty"
	}
	return "image"
}

// Inspect tells the format and size in pixels of a picture and makes sure that it is whole, without decoding it: a hundred megapixels
// would need more memory than a small gateway has. It looks at magic bytes, then at the header, refuses what is over the limits, and only
// then walks through the rest. Every error wraps collectors.ErrRejected and one of the errors above. The data is not kept.
func Inspect(data []byte, l Limits) (f Format, width, height int, err error) {
	if len(data) == 0 {
		return "", 0, 0, ErrEmpty
	}
	if most := cmp.Or(l.Bytes, DefaultMaxBytes); int64(len(data)) > most {
		return "", 0, 0, fmt.Errorf("%w: %d, at most %d are allowed", ErrBytes, len(data), most)
	}
	f, ok := formatOf(data)
	if !ok {
		return "", 0, 0, fmt.Errorf("%w: it begins with % x", ErrFormat, data[:min(len(data), 8)])
	}
	conf, err := header(f, data)
	if err != nil {
		return f, 0, 0, err
	}
	if conf.Width < 1 || conf.Height < 1 {
		return f, 0, 0, fmt.Errorf("%w: %d x %d pixels", ErrFormat, conf.Width, conf.Height)
	}
	if most := cmp.Or(l.Pixels, DefaultMaxPixels); int64(conf.Width) > most/int64(conf.Height) {
		return f, conf.Width, conf.Height, fmt.Errorf("%w: %d x %d, at most %d are allowed", ErrPixels, conf.Width, conf.Height, most)
	}
	if err := whole(f, data, conf); err != nil {
		return f, conf.Width, conf.Height, err
	}
	return f, conf.Width, conf.Height, nil
}

func formatOf(data []byte) (Format, bool) {
	for magic, f := range map[string]Format{
		"\xff\xd8\xff": JPEG, "\x89PNG\r\n\x1a\n": PNG, "BM": BMP, "II*\x00": TIFF, "MM\x00*": TIFF,
	} {
		if bytes.HasPrefix(data, []byte(magic)) {
			return f, true
		}
	}
	return "", false
}

func header(f Format, data []byte) (image.Config, error) {
	read := map[Format]func(io.Reader) (image.Config, error){
		JPEG: jpeg.DecodeConfig, PNG: png.DecodeConfig, BMP: bmp.DecodeConfig, TIFF: tiff.DecodeConfig,
	}[f]
	conf, err := read(bytes.NewReader(data))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return conf, fmt.Errorf("%w: %s header", ErrTruncated, f)
	case err != nil:
		return conf, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return conf, nil
}

func whole(f Format, data []byte, conf image.Config) error {
	switch f {
	case JPEG:
		return wholeJPEG(data)
	case PNG:
		return wholePNG(data)
	case BMP:
		return wholeBMP(data)
	}
	return wholeTIFF(data, conf)
}
