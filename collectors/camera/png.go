package camera

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

const (
	pngMagic = 8
	pngFrame = 12 // length, type and checksum of a chunk
)

// wholePNG checks every chunk's length and checksum up to IEND, and that the pixel data inflates to as many bytes as the header promises.
// Nothing is kept of what was inflated.
func wholePNG(data []byte) error {
	var pixels []io.Reader
	var need int64
	for rest := data[pngMagic:]; ; {
		if len(rest) < pngFrame {
			return fmt.Errorf("%w: PNG without IEND", ErrTruncated)
		}
		size, kind := uint64(binary.BigEndian.Uint32(rest)), string(rest[4:8])
		if size > uint64(len(rest)-pngFrame) {
			return fmt.Errorf("%w: PNG chunk %q", ErrTruncated, kind)
		}
		body := rest[8 : 8+size]
		if crc32.ChecksumIEEE(rest[4:8+size]) != binary.BigEndian.Uint32(rest[8+size:]) {
			return fmt.Errorf("%w: PNG chunk %q is damaged", ErrTruncated, kind)
		}
		switch kind {
		case "IHDR":
			need = pngBytes(body)
		case "IDAT":
			pixels = append(pixels, bytes.NewReader(body))
		case "IEND":
			return inflates(io.MultiReader(pixels...), need)
		}
		rest = rest[pngFrame+size:]
	}
}

// pngBytes is the least that a picture's rows need, without filter bytes (ISO/IEC 15948 §11.2.2). The header was checked before.
func pngBytes(ihdr []byte) int64 {
	if len(ihdr) < 13 {
		return 0
	}
	channels := map[byte]int64{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[ihdr[9]]
	width, height := int64(binary.BigEndian.Uint32(ihdr)), int64(binary.BigEndian.Uint32(ihdr[4:]))
	return width * channels * int64(ihdr[8]) * height / 8
}

func inflates(r io.Reader, need int64) error {
	z, err := zlib.NewReader(r)
	if err != nil {
		return fmt.Errorf("%w: PNG pixel data: %w", ErrTruncated, err)
	}
	n, err := io.CopyN(io.Discard, z, 2*need+1<<20) // filter bytes and interlacing need less than twice; more would be a bomb
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: PNG pixel data: %w", ErrTruncated, err)
	}
	if err == nil || n < need {
		return fmt.Errorf("%w: PNG pixel data inflates to %d bytes, %d are needed", ErrTruncated, n, need)
	}
	return nil
}
