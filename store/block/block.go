// Package block packs samples into columns. A block holds the samples of one or several tags; ../FORMAT.md draws the bytes.
package block

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"

	"edgelabel/agent/series"
	"edgelabel/agent/series/column"

	"github.com/klauspost/compress/zstd"
)

// ErrDamaged is returned for bytes that are no block.
var ErrDamaged = errors.New("block is damaged")

const (
	kindPlanes = 1                     // what a block of before begins with: values in planes, times in deltas of deltas
	kind       = 4                     // what a block begins with; 2 and 3 are taken by others in the same files
	headerSize = 1 + 1 + 8 + 8 + 4 + 4 // kind, compression, first, last, samples, plain length
	maxPlain   = 32 << 20

	mostSamples = 1 << 20 // of one tag; nobody writes nearly as many
	worthwhile  = 160     // bytes below which compressing gains nothing
)

// Header is what can be known of a block without unpacking it.
type Header struct {
	First, Last int64 // UTC ns, smallest and largest event time
	Samples     int
}

// Covers reports whether a sample of the block can lie in the half-open range.
func (h Header) Covers(from, to int64) bool { return h.First < to && h.Last >= from }

// Codec packs and unpacks. It may be used by several goroutines at once.
type Codec struct {
	enc     *zstd.Encoder
	dec     *zstd.Decoder
	scratch sync.Pool // of *scratch: whoever reads block after block makes no garbage
}

// scratch is what unpacking a block needs for the moment.
type scratch struct {
	plain   []byte
	columns column.Memory
	trace   series.Trace
}

// NewCodec makes a codec; it starts no goroutine.
func NewCodec() (*Codec, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(512<<10))
	if err != nil {
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(maxPlain), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, err
	}
	return &Codec{enc: enc, dec: dec, scratch: sync.Pool{New: func() any { return new(scratch) }}}, nil
}

// Compress packs bytes with zstd.
func (c *Codec) Compress(plain []byte) []byte { return c.enc.EncodeAll(plain, nil) }

// Decompress unpacks what Compress made.
func (c *Codec) Decompress(b []byte) ([]byte, error) { return c.dec.DecodeAll(b, nil) }

// Append adds a block with the samples to dst. Samples of one tag keep their order. samples is not empty and is left as it is.
func (c *Codec) Append(dst []byte, samples []series.Sample) []byte {
	plain := encode(samples)
	h := Header{First: math.MaxInt64, Last: math.MinInt64}
	for i := range samples {
		h.First, h.Last = min(h.First, samples[i].Time()), max(h.Last, samples[i].Time())
	}
	body, packed := plain, byte(0)
	if len(plain) >= worthwhile {
		if z := c.enc.EncodeAll(plain, nil); len(z) < len(plain) {
			body, packed = z, 1
		}
	}
	dst = append(dst, kind, packed)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(h.First))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(h.Last))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(samples)))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(plain)))
	return append(dst, body...)
}

// ReadHeader reads a block's header.
func ReadHeader(b []byte) (Header, error) {
	if len(b) < headerSize || b[0] != kind && b[0] != kindPlanes || b[1] > 1 {
		return Header{}, fmt.Errorf("%w: header", ErrDamaged)
	}
	h := Header{
		First:   int64(binary.LittleEndian.Uint64(b[2:])),
		Last:    int64(binary.LittleEndian.Uint64(b[10:])),
		Samples: int(binary.LittleEndian.Uint32(b[18:])),
	}
	if h.First > h.Last || h.Samples == 0 {
		return Header{}, fmt.Errorf("%w: header", ErrDamaged)
	}
	return h, nil
}

// Decode appends to dst the samples of the tags that are wanted; nil wants all. The error wraps ErrDamaged.
func (c *Codec) Decode(dst []series.Sample, b []byte, want map[string]bool) ([]series.Sample, error) {
	out := dst
	err := c.open(b, func(r *reader, _ *series.Trace) error {
		return r.groups(want, func(tag string, n int, flags byte) { out = r.samples(out, tag, n, flags) })
	})
	if err != nil {
		return dst, err
	}
	return out, nil
}

// Traces calls numbers with the event times, values and statuses of each tag that is wanted, valid during the call, and others with the
// samples of a tag that has texts or waves. What was given is good, also if an error comes later. It wraps ErrDamaged.
func (c *Codec) Traces(b []byte, want map[string]bool, numbers func(*series.Trace), others func([]series.Sample)) error {
	return c.open(b, func(r *reader, mem *series.Trace) error {
		return r.groups(want, func(tag string, n int, flags byte) {
			if flags != 0 {
				if list := r.samples(nil, tag, n, flags); r.Err() == nil {
					others(list)
				}
			} else if r.trace(mem, tag, n); r.Err() == nil {
				numbers(mem)
			}
		})
	})
}

// open unpacks a block and gives it to read, with memory for a trace.
func (c *Codec) open(b []byte, read func(*reader, *series.Trace) error) error {
	if _, err := ReadHeader(b); err != nil {
		return err
	}
	length, body := binary.LittleEndian.Uint32(b[22:]), b[headerSize:]
	if length > maxPlain {
		return fmt.Errorf("%w: length", ErrDamaged)
	}
	mem := c.scratch.Get().(*scratch)
	defer c.scratch.Put(mem)
	if b[1] == 1 {
		plain, err := c.dec.DecodeAll(body, mem.plain[:0])
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		body, mem.plain = plain, plain
	}
	if len(body) != int(length) {
		return fmt.Errorf("%w: length", ErrDamaged)
	}
	r := &reader{Reader: column.NewReader(body, &mem.columns), planar: b[0] == kindPlanes}
	return read(r, &mem.trace)
}
