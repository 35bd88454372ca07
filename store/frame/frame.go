// Package frame writes and reads append-only files of records that carry their own length and checksum. It knows how to find the good
// records of a damaged file; ../FORMAT.md draws the bytes.
package frame

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Sizes of the format, in bytes.
const (
	FileHeader = 8        // what a file begins with: its kind and version
	Overhead   = 12       // what a frame adds to its payload
	MaxPayload = 64 << 20 // a longer length is damage
)

// magic begins every frame. No UTF-8 text contains it, so that a search for the next frame does not stop inside a JSON document.
const magic = "\xffEL\x1e"

// What Decode says about bytes that are not a frame.
var (
	ErrShort   = errors.New("frame is cut off")
	ErrDamaged = errors.New("frame is damaged")
)

// Append adds one frame with the payload to dst. The payload holds at least one and at most MaxPayload bytes.
func Append(dst, payload []byte) []byte {
	dst = append(dst, magic...)
	at := len(dst)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(payload)))
	sum := crc32.Update(crc32.Checksum(dst[at:], castagnoli()), castagnoli(), payload)
	dst = binary.LittleEndian.AppendUint32(dst, sum)
	return append(dst, payload...)
}

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) } // the standard library builds it once

// Decode reads the frame that b begins with. payload is part of b; size counts the whole frame. ErrShort means that more bytes could
// complete it, ErrDamaged that none can.
func Decode(b []byte) (payload []byte, size int, err error) {
	if n := min(len(b), len(magic)); string(b[:n]) != magic[:n] {
		return nil, 0, ErrDamaged
	}
	if len(b) < Overhead {
		return nil, 0, ErrShort
	}
	length := binary.LittleEndian.Uint32(b[4:])
	if length == 0 || length > MaxPayload {
		return nil, 0, ErrDamaged
	}
	size = Overhead + int(length)
	if len(b) < size {
		return nil, 0, ErrShort
	}
	sum := crc32.Update(crc32.Checksum(b[4:8], castagnoli()), castagnoli(), b[Overhead:size])
	if sum != binary.LittleEndian.Uint32(b[8:]) {
		return nil, 0, ErrDamaged
	}
	return b[Overhead:size], size, nil
}

// Span is a stretch of bytes of a file.
type Span struct{ From, To int64 }

// Found is what Scan saw.
type Found struct {
	Frames  int
	End     int64  // where the last good frame ends; the rest of the file is its torn tail
	Damaged []Span // bytes before End that belong to no good frame
}

// Scan calls yield for every good frame between from and size, in order. Where bytes are damaged it goes on at the next good frame. The
// payload is valid during the call only. An error is that of reading or of yield.
func Scan(r io.ReaderAt, from, size int64, yield func(at int64, payload []byte) error) (Found, error) {
	s := scanner{r: r, size: size, step: chunk}
	found := Found{End: from}
	for at := from; at < size; {
		payload, n, err := s.frame(at)
		if errors.Is(err, ErrShort) || errors.Is(err, ErrDamaged) {
			at, err = s.next(at + 1)
		} else if err == nil {
			if at > found.End {
				found.Damaged = append(found.Damaged, Span{found.End, at})
			}
			found.Frames++
			err = yield(at, payload)
			at += int64(n)
			found.End = at
		}
		if err != nil {
			return found, err
		}
	}
	return found, nil
}

// ReadAt reads the frame at the offset of a file whose good part ends at end.
func ReadAt(r io.ReaderAt, at, end int64) ([]byte, error) {
	if at < 0 || at >= end {
		return nil, ErrShort
	}
	s := scanner{r: r, size: min(end, at+Overhead+MaxPayload), step: 4 << 10}
	payload, _, err := s.frame(at)
	return payload, err
}

const chunk = 256 << 10

// scanner reads a file through one buffer.
type scanner struct {
	r    io.ReaderAt
	size int64
	step int // bytes to read at once
	buf  []byte
	at   int64 // file offset of buf
}

// fill returns up to n bytes at the offset, fewer only at the end of the file.
func (s *scanner) fill(at int64, n int) ([]byte, error) {
	n = int(min(int64(n), s.size-at))
	if at < s.at || at+int64(n) > s.at+int64(len(s.buf)) {
		want := int(min(int64(max(n, s.step)), s.size-at))
		if cap(s.buf) < want {
			s.buf = make([]byte, want)
		}
		s.buf, s.at = s.buf[:want], at
		if got, err := s.r.ReadAt(s.buf, at); got < want {
			s.buf = s.buf[:got]
			return nil, fmt.Errorf("read at %d: %w", at, err)
		}
	}
	b := s.buf[at-s.at:]
	return b[:min(len(b), n)], nil
}

func (s *scanner) frame(at int64) ([]byte, int, error) {
	head, err := s.fill(at, Overhead)
	if err != nil {
		return nil, 0, err
	}
	payload, n, err := Decode(head)
	if !errors.Is(err, ErrShort) || len(head) < Overhead {
		return payload, n, err
	}
	length := int64(binary.LittleEndian.Uint32(head[4:]))
	if at+Overhead+length > s.size {
		return nil, 0, ErrShort
	}
	whole, err := s.fill(at, Overhead+int(length))
	if err != nil {
		return nil, 0, err
	}
	return Decode(whole)
}

// next finds the next place at or after the offset where a frame could begin, or the end of the file.
func (s *scanner) next(at int64) (int64, error) {
	for at < s.size {
		b, err := s.fill(at, chunk)
		if err != nil {
			return 0, err
		}
		if i := bytes.Index(b, []byte(magic)); i >= 0 {
			return at + int64(i), nil
		}
		if at+int64(len(b)) >= s.size {
			break
		}
		at += int64(max(len(b)-len(magic)+1, 1))
	}
	return s.size, nil
}
