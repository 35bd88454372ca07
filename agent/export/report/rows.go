// Package report writes what a data set is worth: counts, the machine's verdict against people's, agreement between people, indicators.
//
//	Source ─ each item ─▶ rows.jsonl.gz ─▶ tally ─▶ report.json ─▶ report.html
//
// Everything in the report follows from the rows beside it, which name no person, so that anybody can compute it again.
package report

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"strconv"

	"edgelabel/agent/export"
	"edgelabel/agent/label"
)

// head is the first line of the rows.
type head struct {
	Version   int            `json:"version"`
	Taxonomy  label.Taxonomy `json:"taxonomy"`
	Simulated bool           `json:"simulated"` // simulated items count as well
}

const rowsVersion = 1

// row is what the report needs to know about an item.
type row struct {
	Item      string        `json:"item"`
	Kind      label.Kind    `json:"kind"`
	At        int64         `json:"at"`
	Line      string        `json:"line,omitempty"`
	Asset     string        `json:"asset,omitempty"`
	HasPart   bool          `json:"hasPart"`
	Simulated bool          `json:"simulated,omitempty"`
	Partial   bool          `json:"partial,omitempty"`
	Images    []string      `json:"images,omitempty"` // sha256
	Machine   label.Verdict `json:"machine"`
	Labels    []judgement   `json:"labels,omitempty"`
	Revisions int           `json:"revisions"` // of all people
}

// judgement is the newest revision of one person.
type judgement struct {
	Person   string         `json:"person"` // P1, P2 … by first appearance
	Rev      int            `json:"rev"`
	Parent   int            `json:"parent"` // revision that was on screen
	Verdict  label.Verdict  `json:"verdict"`
	Classes  map[string]int `json:"classes,omitempty"` // regions of each class, merges followed; 0 where the class is the whole item's
	Saved    int64          `json:"saved"`
	Seconds  float64        `json:"seconds,omitempty"` // from opening to deciding
	Valid    bool           `json:"valid"`             // against the taxonomy
	Taxonomy int            `json:"taxonomy"`
}

// gatherer turns items into rows.
type gatherer struct {
	tax    label.Taxonomy
	people map[string]string
}

func (g *gatherer) row(r *export.Record) row {
	it := &r.Item
	out := row{Item: it.ID, Kind: it.Kind, At: it.At, Line: it.Place.Line, Asset: it.Place.Asset, HasPart: it.Part.PartID != "",
		Simulated: it.IsSimulated, Partial: it.IsPartial, Machine: it.Machine, Revisions: len(r.Labels)}
	for _, im := range it.Images {
		out.Images = append(out.Images, im.SHA256)
	}
	for _, l := range export.Judgements(r.Labels) {
		out.Labels = append(out.Labels, g.judgement(it, &l))
	}
	return out
}

func (g *gatherer) judgement(it *label.Item, l *label.Label) judgement {
	alias, known := g.people[l.By.ID]
	if !known {
		alias = "P" + strconv.Itoa(len(g.people)+1)
		g.people[l.By.ID] = alias
	}
	j := judgement{Person: alias, Rev: l.Rev, Parent: l.Parent, Verdict: l.Verdict, Classes: map[string]int{}, Saved: l.Saved,
		Valid: l.Check(it, &g.tax) == nil, Taxonomy: l.Taxonomy}
	d := g.tax.Followed(l.Draft) // a merged class counts as what it became, as in an export; validity is that of the label as it was given
	for _, id := range d.Classes {
		j.Classes[id] += 0
	}
	for i := range d.Regions {
		if id := d.Regions[i].Class; id != "" {
			j.Classes[id]++
		}
	}
	if l.Opened > 0 && l.Decided >= l.Opened {
		j.Seconds = float64(l.Decided-l.Opened) / 1e9
	}
	return j
}

// writer writes lines of JSON and their hash, before they are packed.
type writer struct {
	f *os.File
	z *gzip.Writer
	h hash.Hash
}

func newWriter(file string) (*writer, error) {
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	return &writer{f, gzip.NewWriter(f), sha256.New()}, nil
}

func (w *writer) line(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = io.MultiWriter(w.z, w.h).Write(append(b, '\n'))
	return err
}

func (w *writer) close() (sum string, err error) {
	return hex.EncodeToString(w.h.Sum(nil)), errors.Join(w.z.Close(), w.f.Close())
}

// gather writes the rows of a source and hands each on.
func gather(ctx context.Context, src export.Source, file string, simulated bool) (*tally, string, error) {
	tax, err := src.Taxonomy(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("taxonomy: %w", err)
	}
	w, err := newWriter(file)
	if err != nil {
		return nil, "", err
	}
	g, h := gatherer{tax: tax, people: map[string]string{}}, head{rowsVersion, tax, simulated}
	t := newTally(h)
	err = w.line(h)
	if err == nil {
		err = src.Each(ctx, func(r export.Record) error {
			row := g.row(&r)
			t.add(&row)
			return errors.Join(ctx.Err(), w.line(&row))
		})
	}
	sum, closed := w.close()
	return t, sum, errors.Join(err, closed)
}

// read counts the rows of a file.
func read(r io.Reader) (*tally, string, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, "", fmt.Errorf("rows: %w", err)
	}
	sum := sha256.New()
	d := json.NewDecoder(bufio.NewReader(io.TeeReader(z, sum)))
	var h head
	if err := d.Decode(&h); err != nil {
		return nil, "", fmt.Errorf("rows: head: %w", err)
	}
	if h.Version != rowsVersion {
		return nil, "", fmt.Errorf("rows: version %d, want %d", h.Version, rowsVersion)
	}
	t := newTally(h)
	for n := 1; ; n++ {
		var row row
		if err := d.Decode(&row); errors.Is(err, io.EOF) {
			return t, hex.EncodeToString(sum.Sum(nil)), nil
		} else if err != nil {
			return nil, "", fmt.Errorf("rows: row %d: %w", n, err)
		}
		t.add(&row)
	}
}
