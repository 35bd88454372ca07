// Package block packs samples into columns. A block holds the samples of one or several tags; ../FORMAT.md draws the bytes.
package block

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"edgelabel/agent/series"

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
	plain  []byte
	times  []int64
	values []uint64
	floats []float64
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

// Decode appends to dst the samples of the tags that want accepts; nil accepts all. The error wraps ErrDamaged.
func (c *Codec) Decode(dst []series.Sample, b []byte, want func(tag string) bool) ([]series.Sample, error) {
	if _, err := ReadHeader(b); err != nil {
		return dst, err
	}
	length, body := binary.LittleEndian.Uint32(b[22:]), b[headerSize:]
	if length > maxPlain {
		return dst, fmt.Errorf("%w: length", ErrDamaged)
	}
	mem := c.scratch.Get().(*scratch)
	defer c.scratch.Put(mem)
	if b[1] == 1 {
		plain, err := c.dec.DecodeAll(body, mem.plain[:0])
		if err != nil {
			return dst, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		body, mem.plain = plain, plain
	}
	if len(body) != int(length) {
		return dst, fmt.Errorf("%w: length", ErrDamaged)
	}
	return (&reader{b: body, mem: mem, planar: b[0] == kindPlanes}).groups(dst, want)
}

// columns of a group that are there only when a sample needs them
const (
	hasText = 1 << iota
	hasWave
)

func encode(samples []series.Sample) []byte {
	groups := make(map[string][]int)
	var tags []string
	for i := range samples {
		if groups[samples[i].Tag] == nil {
			tags = append(tags, samples[i].Tag)
		}
		groups[samples[i].Tag] = append(groups[samples[i].Tag], i)
	}
	slices.Sort(tags)
	w := writer{}
	w.uint(uint64(len(tags)))
	for _, tag := range tags {
		w.group(tag, samples, groups[tag])
	}
	return w.b
}

type writer struct{ b []byte }

func (w *writer) uint(v uint64) { w.b = binary.AppendUvarint(w.b, v) }
func (w *writer) string(s string) {
	w.uint(uint64(len(s)))
	w.b = append(w.b, s...)
}

func (w *writer) group(tag string, samples []series.Sample, at []int) {
	var flags byte
	for _, i := range at {
		if samples[i].Text != "" {
			flags |= hasText
		}
		if samples[i].Wave != nil {
			flags |= hasWave
		}
	}
	w.string(tag)
	w.uint(uint64(len(at)))
	w.b = append(w.b, flags)
	times := make([]int64, len(at))
	for k, i := range at {
		times[k] = samples[i].Source
	}
	w.integers(times)
	for k, i := range at {
		times[k] = samples[i].Receive
	}
	w.integers(times)
	values := make([]float64, len(at))
	for k, i := range at {
		values[k] = samples[i].Value
	}
	w.values(values)
	w.runs(at, samples)
	if flags&hasText != 0 {
		for _, i := range at {
			w.string(samples[i].Text)
		}
	}
	if flags&hasWave != 0 {
		w.waves(at, samples)
	}
}

// planes writes the bits of the values byte by byte: all lowest bytes first. Neighbours compress better so.
func (w *writer) planes(values []float64) {
	for shift := 0; shift < 64; shift += 8 {
		for _, v := range values {
			w.b = append(w.b, byte(math.Float64bits(v)>>shift))
		}
	}
}

func (w *writer) runs(at []int, samples []series.Sample) {
	for k := 0; k < len(at); {
		run, code := 1, samples[at[k]].Status
		for k+run < len(at) && samples[at[k+run]].Status == code {
			run++
		}
		w.uint(uint64(run))
		w.uint(uint64(code))
		k += run
	}
}

// waves writes the number of points of each block plus one (zero: no block), then the points of all.
func (w *writer) waves(at []int, samples []series.Sample) {
	var points []float64
	for _, i := range at {
		if samples[i].Wave == nil {
			w.uint(0)
			continue
		}
		w.uint(uint64(len(samples[i].Wave)) + 1)
		points = append(points, samples[i].Wave...)
	}
	w.planes(points)
}
