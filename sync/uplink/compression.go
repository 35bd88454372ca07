package uplink

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"

	"github.com/klauspost/compress/zstd"
)

// compression packs rows. Neither format's header carries a time: the same rows give the same bytes.
type compression struct {
	ext  string
	pack func(plain []byte) ([]byte, error)
}

func packing(withZstd bool) compression {
	if withZstd {
		return compression{"zst", packZstd}
	}
	return compression{"gz", packGzip}
}

func packGzip(plain []byte) ([]byte, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// packZstd works in one goroutine, because how many there are decides over the bytes.
func packZstd(plain []byte) ([]byte, error) {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	if err != nil {
		return nil, err
	}
	defer w.Close()
	return w.EncodeAll(plain, nil), nil
}

// maxUnpack bounds the memory of a reader, in bytes.
const maxUnpack = 128 << 20

// unpack reads what either made: the first bytes say which.
func unpack(r io.Reader) (io.ReadCloser, error) {
	b := bufio.NewReader(r)
	magic, err := b.Peek(4)
	if err == nil && bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}) {
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxUnpack))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}
	return gzip.NewReader(b)
}
