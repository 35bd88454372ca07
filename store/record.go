package store

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store/block"
)

// record is one line of the journal or of the label log: something that happened. The index is what applying all of them gives, and
// applying one twice changes nothing. Exactly one of the pointers is set.
type record struct {
	Seq      journal.Seq       `json:"seq"`
	At       int64             `json:"at"`              // UTC ns
	Clock    *Clock            `json:"clock,omitempty"` // when At was read
	Entry    journal.Seq       `json:"entry,omitempty"` // number of the item's outbox entry that was written together with this
	Item     json.RawMessage   `json:"item,omitempty"`  // label.Item
	First    journal.Seq       `json:"first,omitempty"` // in a rewritten journal: number of the item's first record
	Label    json.RawMessage   `json:"label,omitempty"` // label.Label
	Gap      *series.Gap       `json:"gap,omitempty"`
	Evicted  *journal.Evicted  `json:"evicted,omitempty"`
	Taxonomy *label.Taxonomy   `json:"taxonomy,omitempty"`
	Frozen   *journal.Batch    `json:"frozen,omitempty"`
	Receipt  *journal.Receipt  `json:"receipt,omitempty"`
	Sent     map[string]*owing `json:"sent,omitempty"` // by target, in a rewritten journal
	Epoch    uint64            `json:"epoch,omitempty"`
	Segments *segmentsRecord   `json:"segments,omitempty"`
}

// owing says which entries a target lacked when the journal was rewritten: all up to Through are there but Except.
type owing struct {
	Through journal.Seq   `json:"through"`
	Except  []journal.Seq `json:"except,omitempty"`
}

// errDamaged is returned for a value of the index or a record whose checksum does not fit.
var errDamaged = errors.New("index value is damaged")

// packer turns documents into checked bytes and back: a flag (0 plain, 1 zstd), the CRC-32C of what follows, the document.
type packer struct{ codec *block.Codec }

func newPacker() (packer, error) {
	codec, err := block.NewCodec()
	return packer{codec}, err
}

const (
	packHeader = 5
	packAbove  = 512 // bytes from which on compressing is tried
)

func (p packer) pack(plain []byte) []byte {
	flag, body := byte(0), plain
	if len(plain) > packAbove {
		if z := p.codec.Compress(plain); len(z) < len(plain) {
			flag, body = 1, z
		}
	}
	b := append(make([]byte, 0, packHeader+len(body)), flag)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
	return append(b, body...)
}

func (p packer) unpack(b []byte) ([]byte, error) {
	if len(b) < packHeader || b[0] > 1 {
		return nil, errDamaged
	}
	body := b[packHeader:]
	if crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)) != binary.LittleEndian.Uint32(b[1:]) {
		return nil, errDamaged
	}
	if b[0] == 0 {
		return body, nil
	}
	plain, err := p.codec.Decompress(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return plain, nil
}

func (p packer) packJSON(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", label.ErrInvalid, err) // NaN and infinity have no JSON
	}
	return p.pack(b), nil
}

func (p packer) unpackJSON(b []byte, v any) error {
	plain, err := p.unpack(b)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	return nil
}

// packAll makes frames' payloads of records, in their order.
func (p packer) packAll(list []*record) ([][]byte, error) {
	slices.SortStableFunc(list, func(a, b *record) int { return cmp.Compare(a.Seq, b.Seq) })
	var payloads [][]byte
	for _, r := range list {
		b, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		payloads = append(payloads, p.pack(b))
	}
	return payloads, nil
}
