package similar_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/learn/similar"
	"edgelabel/agent/series"
)

const second = int64(time.Second)

// begin is the first moment of the recording, ns.
var begin = time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC).UnixNano()

// plant is a recording, pictures, and items of both.
type plant struct {
	value func(tag string, at int64) float64
	until int64
	reads int
	blobs map[string][]byte
	items map[string]label.Row
	drawn map[string][]label.Label
	order []string
	pause func()
}

func (p *plant) Window(ctx context.Context, tags []string, from, to int64) (*series.Window, error) {
	p.reads++
	if p.pause != nil {
		p.pause()
	}
	w := &series.Window{From: from, To: to}
	for _, tag := range tags {
		tr := series.Trace{Tag: tag}
		for at := max(begin, (from+second-1)/second*second); at < min(to, p.until); at += second {
			if v := p.value(tag, at); !math.IsNaN(v) {
				tr.T, tr.V, tr.Status = append(tr.T, at), append(tr.V, v), append(tr.Status, 0)
			}
		}
		w.Traces = append(w.Traces, tr)
	}
	return w, ctx.Err()
}

func (p *plant) OpenBlob(sha string) (io.ReadSeekCloser, error) {
	b, ok := p.blobs[sha]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return nopCloser{bytes.NewReader(b)}, nil
}

type nopCloser struct{ io.ReadSeeker }

func (nopCloser) Close() error { return nil }

func (p *plant) Item(_ context.Context, id string) (label.Row, []label.Label, error) {
	r, ok := p.items[id]
	if !ok {
		return r, nil, label.ErrNotFound
	}
	return r, p.drawn[id], nil
}

func (p *plant) Touching(from, to int64) []string {
	var ids []string
	for _, id := range p.order {
		if w := p.items[id].Window; w != nil && w.From < to && w.To > from {
			ids = append(ids, id)
		}
	}
	return ids
}

func (p *plant) Pictures(camera string, _, _ int64) []string { return p.order }

func (p *plant) finder(patience time.Duration) *similar.Finder {
	return similar.New(similar.Config{
		History: p, Items: p, Index: p, Patience: patience, Now: func() time.Time { return time.Unix(0, p.until) },
	})
}

// bumps is noise with the same bump, of growing size, at given seconds.
func bumps(at ...int64) func(tag string, t int64) float64 {
	return func(tag string, t int64) float64 {
		r := rand.New(rand.NewPCG(uint64(t), uint64(len(tag))))
		v := 100 + .1*r.NormFloat64()
		for i, b := range at {
			if k := (t-begin)/second - b; k >= 0 && k < 60 {
				v += float64(i+1) * math.Sin(math.Pi*float64(k)/60) * math.Sin(math.Pi*float64(k)/12)
			}
		}
		return v
	}
}

func TestFindsTheSameShape(t *testing.T) {
	at := []int64{1000, 3000, 6000, 13210}
	p := &plant{value: bumps(at...), until: begin + 14_000*second}
	from := begin + 6000*second
	p.items = map[string]label.Row{
		"judged": {Item: label.Item{ID: "judged", Window: &label.WindowRef{From: begin + 2990*second, To: begin + 3100*second, Tags: []string{"force"}}}},
		"other":  {Item: label.Item{ID: "other", Window: &label.WindowRef{From: begin + 2990*second, To: begin + 3100*second, Tags: []string{"temp"}}}},
	}
	judged := p.items["judged"]
	judged.Verdict, judged.Classes, judged.By = label.NotOK, []string{"jam"}, "li"
	p.items["judged"], p.order = judged, []string{"other", "judged"}
	found, err := p.finder(time.Minute).Similar(context.Background(), label.Likeness{Tags: []string{"force", "pressure"}, From: from, To: from + 60*second, K: 3})
	if err != nil || len(found.Places) != 3 || !found.Complete || found.Searched < 13_000 {
		t.Fatalf("%+v, %v", found, err)
	}
	for _, place := range found.Places {
		got := (place.From - begin) / second
		hit := false
		for _, b := range at {
			hit = hit || b != 6000 && got >= b-2 && got <= b+2
		}
		if !hit || place.To-place.From != 60*second || place.Distance > .5 {
			t.Errorf("at %d: %+v", got, place)
		}
		if (place.Item == "judged") != (got > 2990 && got < 3010) || place.Item != "" && (place.Verdict != label.NotOK || place.Classes[0] != "jam") {
			t.Errorf("%+v", place)
		}
	}
}

func TestTheSearchIsBoundedByPatience(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	p := &plant{value: bumps(1000), until: begin + 14_000*second}
	q := label.Likeness{Tags: []string{"force"}, From: begin + 1000*second, To: begin + 1060*second}
	p.pause = func() {
		if p.reads == 4 {
			cancel()
		}
	}
	if _, err := p.finder(time.Minute).Similar(ctx, q); !errors.Is(err, context.Canceled) || p.reads > 4 {
		t.Errorf("%d reads, %v", p.reads, err)
	}
	p.pause = nil
	found, err := p.finder(time.Nanosecond).Similar(context.Background(), q)
	if !errors.Is(err, context.DeadlineExceeded) && (err != nil || found.Complete) {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestNothingToCompare(t *testing.T) {
	p := &plant{value: func(string, int64) float64 { return 7 }, until: begin + 5000*second}
	_, err := p.finder(0).Similar(context.Background(), label.Likeness{Tags: []string{"force"}, From: begin + 1000*second, To: begin + 1060*second})
	if !errors.Is(err, label.ErrInvalid) {
		t.Error(err)
	}
}

// stripes draws a patch of horizontal or vertical stripes on grey.
func stripes(box image.Rectangle, upright bool) []byte {
	m := image.NewGray(image.Rect(0, 0, 200, 160))
	for i := range m.Pix {
		m.Pix[i] = 90
	}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			k := y
			if upright {
				k = x
			}
			m.SetGray(x, y, color.Gray{Y: uint8(60 + 120*(k/3%2))})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func pictures() *plant {
	p := &plant{blobs: map[string][]byte{}, items: map[string]label.Row{}, drawn: map[string][]label.Label{}, until: begin + 1}
	for n := range 8 {
		id := fmt.Sprint("i", n)
		box := image.Rect(20+10*n, 30+5*n, 60+10*n, 70+5*n)
		p.blobs[id] = stripes(box, n%2 == 0)
		row := label.Row{Item: label.Item{ID: id, At: int64(n), Images: []label.Image{{SHA256: id, Camera: "cam", Width: 200, Height: 160}}}}
		region := label.Region{
			Kind: label.Box, Image: id, Rect: &label.Rect{X: float64(box.Min.X), Y: float64(box.Min.Y), W: float64(box.Dx()), H: float64(box.Dy())},
		}
		if n < 4 {
			row.Verdict = label.NotOK
			p.drawn[id] = []label.Label{{Draft: label.Draft{Regions: []label.Region{region}}}}
		} else {
			row.Candidates = []label.Candidate{{Regions: []label.Region{region}}}
		}
		p.items[id], p.order = row, append(p.order, id)
	}
	return p
}

func TestFindsRegionsThatLookAlike(t *testing.T) {
	p := pictures()
	f := p.finder(time.Minute)
	q := label.Likeness{Item: "i0", Image: "i0", Rect: &label.Rect{X: 21, Y: 30, W: 39, H: 40}, K: 5, Since: 0, Until: 100}
	for range 2 { // the second time from what is kept
		found, err := f.Similar(context.Background(), q)
		if err != nil || len(found.Places) != 5 || found.Searched != 7 || !found.Complete {
			t.Fatalf("%+v, %v", found, err)
		}
		for i, place := range found.Places {
			if upright := (place.Item[1]-'0')%2 == 0; upright != (i < 3) {
				t.Errorf("%d: %+v", i, place)
			}
		}
		clear(p.blobs)
	}
	if _, err := f.Similar(context.Background(), label.Likeness{Item: "i1", Image: "i1", Rect: &label.Rect{W: 5, H: 5}, Until: 100}); !errors.Is(err, label.ErrNotFound) {
		t.Errorf("a picture that is gone: %v", err)
	}
	for _, q := range []label.Likeness{
		{Item: "i0", Image: "another"}, {Item: "i0", Image: "i0", Rect: &label.Rect{W: -1, H: 2}}, {Item: "i0", Image: "i0", Rect: &label.Rect{W: math.NaN(), H: 2}},
	} {
		if _, err := f.Similar(context.Background(), q); !errors.Is(err, label.ErrInvalid) {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

func TestWholeImages(t *testing.T) {
	found, err := pictures().finder(0).Similar(context.Background(), label.Likeness{Item: "i2", Image: "i2", K: 7, Until: 100})
	if err != nil || len(found.Places) != 7 || found.Places[0].Rect != nil || found.Places[0].Item == "i2" {
		t.Errorf("%+v, %v", found, err)
	}
}
