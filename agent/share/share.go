// Package share makes a package of labelled items for somebody outside: chosen classes and a period, serial numbers and people masked,
// pictures without metadata and with areas in black, terms, and a list of hashes. It has the layout of a bucket, so that verify, export
// and report read it.
package share

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"edgelabel/agent/export"
	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/sync/uplink"
)

// Options choose what is shared and how.
type Options struct {
	ID       string // of the package; it stands where a bucket has the gateway
	For      string // who gets it
	Licence  string // what they may do
	Expires  time.Time
	Classes  []string // of the newest label; empty takes all
	From, To int64    // event time, UTC ns; 0 is open
	Salt     []byte   // secret, MinSalt bytes or more
	Areas    []Area
	Places   bool // keep the names of sites, lines and assets
	Series   bool // bring signals along
	Now      func() time.Time
	Log      *slog.Logger
}

// A batch is closed when it has as many entries or bytes of pictures: memory is bounded by it.
const (
	batchEntries = 1000
	batchBytes   = 32 << 20
)

// packager turns records into batches.
type packager struct {
	opt    Options
	mask   *masker
	source export.Source
	to     *uplink.Depositor

	terms   Terms
	seq     journal.Seq
	entries []journal.Entry
	blobs   blobs
	bytes   int64
}

// blobs are the pictures and windows of a batch.
type blobs map[string][]byte

// OpenBlob implements uplink.Blobs.
func (b blobs) OpenBlob(sha256 string) (io.ReadSeekCloser, error) {
	body, ok := b[sha256]
	if !ok {
		return nil, fmt.Errorf("blob %s: %w", sha256, fs.ErrNotExist)
	}
	return opened{bytes.NewReader(body)}, nil
}

type opened struct{ *bytes.Reader }

func (opened) Close() error { return nil }

// Write makes the package at a target, which must be empty. Simulated items, unlabelled ones and those whose label was taken back are
// left out and counted.
func Write(ctx context.Context, from export.Source, to uplink.Target, opt Options) (*Terms, error) {
	p, err := newPackager(from, to, opt)
	if err != nil {
		return nil, err
	}
	tax, err := from.Taxonomy(ctx)
	if err != nil {
		return nil, fmt.Errorf("taxonomy: %w", err)
	}
	tax.By = ""
	if err := p.add(journal.Taxonomy, fmt.Sprint(tax.Revision), tax); err != nil {
		return nil, err
	}
	if err := from.Each(ctx, func(r export.Record) error { return p.record(ctx, &r) }); err != nil {
		return nil, err
	}
	if err := p.flush(ctx); err != nil {
		return nil, err
	}
	return &p.terms, p.terms.seal(ctx, to)
}

func newPackager(from export.Source, to uplink.Target, opt Options) (*packager, error) {
	if opt.ID == "" || opt.For == "" || opt.Licence == "" || !opt.Expires.After(opt.Now()) {
		return nil, errors.New("want an id, a recipient, a licence and an expiry in the future")
	}
	mask, err := newMasker(opt.Salt, opt.Places, opt.Series)
	if err != nil {
		return nil, err
	}
	p := &packager{opt: opt, mask: mask, source: from, blobs: blobs{}}
	p.to, err = uplink.NewDepositor(uplink.Config{Gateway: opt.ID, Site: "shared", Name: "share", Target: to, Blobs: p.blobs, Now: opt.Now, Log: opt.Log})
	p.terms = opt.terms()
	return p, err
}

func (p *packager) record(ctx context.Context, r *export.Record) error {
	newest := len(r.Labels) - 1
	switch {
	case newest < 0 || r.Labels[newest].Verdict == label.Undefined:
		p.terms.LeftOut.Unlabelled++
	case r.Item.IsSimulated:
		p.terms.LeftOut.Simulated++
	case !p.chosen(r):
		p.terms.LeftOut.Unasked++
	default:
		return p.take(ctx, r)
	}
	return nil
}

func (p *packager) chosen(r *export.Record) bool {
	if p.opt.From != 0 && r.Item.At < p.opt.From || p.opt.To != 0 && r.Item.At >= p.opt.To {
		return false
	}
	classes := r.Labels[len(r.Labels)-1].AllClasses()
	return len(p.opt.Classes) == 0 || slices.ContainsFunc(classes, func(c string) bool { return slices.Contains(p.opt.Classes, c) })
}

func (p *packager) take(ctx context.Context, r *export.Record) error {
	images := map[string]label.Image{}
	for _, im := range r.Item.Images {
		if err := p.picture(im, images); err != nil {
			return fmt.Errorf("item %s: image %s: %w", r.Item.ID, im.SHA256, err)
		}
	}
	it := p.mask.item(r.Item, images)
	if len(it.Images) == 0 && it.Window == nil {
		p.terms.LeftOut.Empty++
		return nil
	}
	if err := p.window(ctx, r, &it); err != nil {
		return fmt.Errorf("item %s: %w", r.Item.ID, err)
	}
	if err := p.add(journal.Item, it.ID, it); err != nil {
		return err
	}
	p.terms.Items++
	p.terms.Images += len(it.Images)
	for _, l := range r.Labels {
		masked := p.mask.label(l, images)
		if err := p.add(journal.Label, l.ID, masked); err != nil {
			return err
		}
		p.terms.Labels++
	}
	if len(p.entries) >= batchEntries || p.bytes >= batchBytes {
		return p.flush(ctx)
	}
	return nil
}

// picture draws a picture anew. One that is gone or cannot be read is left out: as it is, it might show what nobody else may see.
func (p *packager) picture(im label.Image, into map[string]label.Image) error {
	f, err := p.source.OpenBlob(im.SHA256)
	if errors.Is(err, fs.ErrNotExist) {
		p.terms.LeftOut.Pictures++
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	now, body, err := redraw(im, f, p.opt.Areas)
	if err != nil {
		p.opt.Log.Warn("picture left out", "sha256", im.SHA256, "error", err)
		p.terms.LeftOut.Pictures++
		return nil
	}
	now.Part = p.mask.part(im.Part)
	if !p.opt.Places {
		now.Camera = p.mask.name("camera", im.Camera)
	}
	into[im.SHA256] = now
	p.keep(now.SHA256, body)
	return nil
}

func (p *packager) keep(sum string, body []byte) {
	p.blobs[sum] = body
	p.bytes += int64(len(body))
}

func (p *packager) window(ctx context.Context, r *export.Record, it *label.Item) error {
	if it.Window == nil || r.Window == nil {
		return nil
	}
	w, err := r.Window(ctx)
	if err != nil {
		return err
	}
	body, err := series.EncodeWindow(w)
	if err != nil {
		return err
	}
	ref := *it.Window
	ref.SHA256, ref.Bytes = digest(body), int64(len(body))
	it.Window = &ref
	p.keep(ref.SHA256, body)
	return nil
}

func (p *packager) add(kind journal.Kind, key string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("%s %s: %w", kind, key, err)
	}
	p.seq++
	p.entries = append(p.entries, journal.Entry{Seq: p.seq, Kind: kind, Key: key, At: p.opt.Now().UnixNano(), Body: body})
	return nil
}

func (p *packager) flush(ctx context.Context) error {
	if len(p.entries) == 0 {
		return nil
	}
	r, err := p.to.Add(ctx, p.entries)
	if err != nil {
		return err
	}
	p.terms.Manifests, p.terms.Last = r.Number, r.SHA256
	p.entries, p.bytes = nil, 0
	clear(p.blobs)
	return nil
}
