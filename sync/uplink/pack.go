package uplink

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// span is the range of event times in an object.
type span struct {
	min, max int64
	any      bool
}

func (s *span) add(at int64) {
	if !s.any {
		s.min, s.max, s.any = at, at, true
	}
	s.min, s.max = min(s.min, at), max(s.max, at)
}

// built is an object made from rows of the batch.
type built struct {
	journal.Object
	body []byte
}

// wanted is an image that an item of the batch refers to.
type wanted struct {
	item string
	key  string
	im   label.Image
}

// parcel is a batch as it will lie at the centre. The same batch gives the same parcel, byte for byte.
type parcel struct {
	manifest Manifest // without objects
	built    []built
	images   []wanted // each key once
}

// packer turns a batch's entries into a parcel.
type packer struct {
	site, line string // of labels, and of items that do not say
	blobs      Blobs
	z          compression

	parcel parcel
	items  map[partition][]label.Item
	lines  map[string]map[partition]*lines // folder, partition
	seen   map[string]bool                 // image keys
}

// lines is one JSON document a row.
type lines struct {
	buf  bytes.Buffer
	rows int
	span span
}

func (l *lines) add(body []byte, at int64) error {
	if err := json.Compact(&l.buf, body); err != nil {
		return err
	}
	l.buf.WriteByte('\n')
	l.rows++
	l.span.add(at)
	return nil
}

func pack(gateway, site, line string, b journal.Batch, entries []journal.Entry, blobs Blobs, z compression) (*parcel, error) {
	p := &packer{site: site, line: line, blobs: blobs, z: z, items: map[partition][]label.Item{}, seen: map[string]bool{},
		lines: map[string]map[partition]*lines{"items": {}, "labels": {}}}
	p.parcel.manifest = Manifest{Gateway: gateway, Epoch: b.Epoch, Number: b.Number, First: b.First, Last: b.Last, Previous: b.Previous,
		Created: b.Created, Above: len(b.Above), Unasked: len(b.Unasked), Items: []string{}, Labels: []string{}, Gaps: []series.Gap{}, Evictions: []journal.Evicted{}, Taxonomy: []label.Taxonomy{}}
	for i := range entries {
		if err := p.entry(&entries[i]); err != nil {
			e := &entries[i]
			p.parcel.manifest.Unreadable = append(p.parcel.manifest.Unreadable, Unreadable{e.Seq, e.Kind, e.Key, err.Error()})
		}
	}
	if err := p.buildLines(); err != nil {
		return nil, err
	}
	if err := p.buildWindows(); err != nil {
		return nil, err
	}
	slices.SortFunc(p.parcel.built, func(a, b built) int { return cmp.Compare(a.Key, b.Key) })
	slices.SortFunc(p.parcel.images, func(a, b wanted) int { return cmp.Compare(a.key, b.key) })
	return &p.parcel, nil
}

// entry files one entry. An error means that the entry's own body is at fault.
func (p *packer) entry(e *journal.Entry) error {
	m := &p.parcel.manifest
	switch e.Kind {
	case journal.Item:
		return p.item(e.Body)
	case journal.Label:
		return p.label(e.Body)
	case journal.Gap:
		return decodeInto(&m.Gaps, e.Body)
	case journal.Eviction:
		return decodeInto(&m.Evictions, e.Body)
	case journal.Taxonomy:
		return decodeInto(&m.Taxonomy, e.Body)
	}
	return fmt.Errorf("kind %q is not known", e.Kind)
}

func decodeInto[T any](list *[]T, body []byte) error {
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		return err
	}
	*list = append(*list, v)
	return nil
}

func (p *packer) item(body []byte) error {
	var it label.Item
	if err := json.Unmarshal(body, &it); err != nil {
		return err
	}
	if it.ID == "" {
		return errors.New("item without an id")
	}
	part := partitionOf(cmp.Or(it.Place.Site, p.site), cmp.Or(it.Place.Line, p.line), it.At)
	if err := p.row("items", part, body, it.At); err != nil {
		return err
	}
	p.parcel.manifest.Items = append(p.parcel.manifest.Items, it.ID)
	for _, im := range it.Images {
		p.image(it.ID, im)
	}
	if it.Window != nil && it.Window.SHA256 != "" {
		p.items[part] = append(p.items[part], it)
	}
	return nil
}

func (p *packer) image(item string, im label.Image) {
	if !isDigest(im.SHA256) {
		p.missing(item, im.SHA256, "not a sha256")
		return
	}
	if key := blobKey(im.SHA256, im.Format); !p.seen[key] {
		p.seen[key] = true
		p.parcel.images = append(p.parcel.images, wanted{item, key, im})
	}
}

func (p *packer) missing(item, sha256, reason string) {
	p.parcel.manifest.Missing = append(p.parcel.manifest.Missing, Missing{item, sha256, reason})
}

// label files a label under the day on which the gateway saved it: the page's own clock may be wrong.
func (p *packer) label(body []byte) error {
	var l label.Label
	if err := json.Unmarshal(body, &l); err != nil {
		return err
	}
	if l.ID == "" || l.Item == "" {
		return errors.New("label without an id or an item")
	}
	if err := p.row("labels", partitionOf(p.site, p.line, l.Saved), body, l.Saved); err != nil {
		return err
	}
	p.parcel.manifest.Labels = append(p.parcel.manifest.Labels, l.ID)
	return nil
}

func (p *packer) row(folder string, part partition, body []byte, at int64) error {
	l := p.lines[folder][part]
	if l == nil {
		l = &lines{}
		p.lines[folder][part] = l
	}
	return l.add(body, at)
}

func (p *packer) add(folder string, part partition, ext string, body []byte, rows int, s span) {
	sum := sha256.Sum256(body)
	m := &p.parcel.manifest
	o := journal.Object{Size: int64(len(body)), SHA256: hex.EncodeToString(sum[:]), Rows: rows, MinTS: s.min, MaxTS: s.max}
	o.Key = dataKey(folder, part, m.Gateway, m.Number, o.SHA256, ext)
	p.parcel.built = append(p.parcel.built, built{o, body})
}

func (p *packer) buildLines() error {
	for folder, parts := range p.lines {
		for part, l := range parts {
			body, err := p.z.pack(l.buf.Bytes())
			if err != nil {
				return err
			}
			p.add(folder, part, "jsonl."+p.z.ext, body, l.rows, l.span)
		}
	}
	return nil
}

func (p *packer) buildWindows() error {
	for part, items := range p.items {
		slices.SortFunc(items, func(a, b label.Item) int { return cmp.Compare(a.ID, b.ID) })
		w := newWindowWriter()
		for i := range items {
			win, err := p.openWindow(items[i].Window.SHA256)
			if reason := lost(err); reason != "" {
				p.missing(items[i].ID, items[i].Window.SHA256, reason)
				continue
			}
			if err == nil {
				err = w.add(items[i].ID, win)
			}
			if err != nil {
				return fmt.Errorf("window of item %s: %w", items[i].ID, err)
			}
		}
		body, err := w.close()
		if err != nil {
			return fmt.Errorf("windows of %s: %w", part.path(), err)
		}
		if w.rows > 0 {
			p.add("windows", part, "parquet", body, w.rows, w.span)
		}
	}
	return nil
}

// lost says why a blob will not come back, or "" when the error may pass or there is none. The words are constant: they become part of
// the manifest.
func lost(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "not on the gateway"
	case errors.Is(err, series.ErrCorrupt), errors.Is(err, errDamaged):
		return "damaged on the gateway"
	}
	return ""
}

func (p *packer) openWindow(sha256 string) (*series.Window, error) {
	if !isDigest(sha256) {
		return nil, errDamaged
	}
	f, err := p.blobs.OpenBlob(sha256)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return series.DecodeWindow(b)
}
