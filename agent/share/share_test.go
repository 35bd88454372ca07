package share_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/export"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/agent/share"
	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

// plant is a data set in memory.
type plant struct {
	records []export.Record
	blobs   map[string][]byte
}

func (p *plant) Each(_ context.Context, yield func(export.Record) error) error {
	for _, r := range p.records {
		if err := yield(r); err != nil {
			return err
		}
	}
	return nil
}

func (p *plant) Taxonomy(context.Context) (label.Taxonomy, error) {
	return label.Taxonomy{Revision: 4, By: "chief", Classes: []label.Class{{ID: "scratch", Name: label.Text{ZH: "划痕", EN: "Scratch"}}}}, nil
}

func (p *plant) OpenBlob(sum string) (io.ReadSeekCloser, error) {
	b, ok := p.blobs[sum]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return struct {
		io.ReadSeeker
		io.Closer
	}{bytes.NewReader(b), io.NopCloser(nil)}, nil
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// add makes an item of a JPEG whose file tells its serial number, with a window, judged once.
func (p *plant) add(t *testing.T, id, class string, at time.Time) *export.Record {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 32, 24))
	for i := range m.Pix {
		m.Pix[i] = 200
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	file := append(b.Bytes()[:2:2], append([]byte("\xff\xfe\x00\x10SERIAL-"+id[:7]), b.Bytes()[2:]...)...) // a comment segment
	sum := uplinktest.Sum(file)
	p.blobs[sum] = file
	it := label.Item{ID: id, Kind: label.KindJoint, At: at.UnixNano(), Place: label.Place{Site: "Suzhou", Line: "line-1", Asset: "press1"},
		Part: label.Part{PartID: "SN-4711", JobID: "job-9"}, CreatedBy: "li",
		Images: []label.Image{{SHA256: sum, Bytes: int64(len(file)), Format: "jpeg", Width: 32, Height: 24, Camera: "top", Name: "SN-4711.jpg", Part: label.Part{PartID: "SN-4711"}}},
		Window: &label.WindowRef{From: at.UnixNano(), To: at.UnixNano() + 10, Tags: []string{"press1.force"}},
		Candidates: []label.Candidate{{ID: "c1", Rule: "press1.force.limit", Tags: []string{"press1.force"}, Explain: label.Text{EN: "press1 too high"}},
			{ID: "c2", Rule: "top.scratch", Image: sum, Explain: label.Text{EN: "on SN-4711"}}}}
	l := label.Label{ID: "L" + id, Item: id, Rev: 1, By: label.Person{ID: "li", Name: "Li Na", Role: "labeler"}, Key: "k-li",
		Draft: label.Draft{Verdict: label.NotOK, Comment: "Wang dropped SN-4711", Terminal: "panel-7", Fault: &label.Fault{Mode: "crack", WorkOrder: "WO-77"},
			Regions: []label.Region{{ID: "r1", Kind: label.Box, Class: class, Image: sum, Rect: &label.Rect{X: 1, Y: 2, W: 3, H: 4}},
				{ID: "r2", Kind: label.Interval, Class: class, Tags: []string{"press1.force"}, To: 5}}}}
	p.records = append(p.records, export.Record{Item: it, Labels: []label.Label{l},
		Window: func(context.Context) (*series.Window, error) {
			return &series.Window{From: at.UnixNano(), To: at.UnixNano() + 10, Traces: []series.Trace{{Tag: "press1.force", T: []int64{at.UnixNano()}, V: []float64{1}, Status: []uint32{0}}}}, nil
		}})
	return &p.records[len(p.records)-1]
}

func newPlant(t *testing.T) *plant {
	p := &plant{blobs: map[string][]byte{}}
	p.add(t, "01KDYAK3480000000000000000", "scratch", noon)
	p.add(t, "01KDYAK3480000000000000001", "scratch", noon.Add(time.Hour))
	p.add(t, "01KDYAK3480000000000000002", "dent", noon)
	p.add(t, "01KDYAK3480000000000000003", "scratch", noon.AddDate(0, 0, 9))
	p.add(t, "01KDYAK3480000000000000004", "scratch", noon).Item.IsSimulated = true
	p.add(t, "01KDYAK3480000000000000005", "scratch", noon).Labels = nil
	return p
}

func options() share.Options {
	return share.Options{ID: "share-1", For: "OEM", Licence: "contract 12", Expires: noon.AddDate(1, 0, 0), Classes: []string{"scratch"},
		From: noon.UnixNano(), To: noon.AddDate(0, 0, 1).UnixNano(), Salt: []byte("0123456789abcdef"), Now: func() time.Time { return noon },
		Log: slog.New(slog.DiscardHandler)}
}

func write(t *testing.T, p *plant, change func(*share.Options)) (*uplinktest.Memory, *share.Terms) {
	t.Helper()
	opt, at := options(), &uplinktest.Memory{}
	if change != nil {
		change(&opt)
	}
	terms, err := share.Write(t.Context(), p, at, opt)
	if err != nil {
		t.Fatal(err)
	}
	r, err := uplink.Verify(t.Context(), at)
	if err != nil || !r.OK() || len(r.Notes) > 0 || r.Items != terms.Items || r.Labels != terms.Labels {
		t.Fatalf("verify: %+v, %v", r, err)
	}
	if got, err := share.Check(t.Context(), at); err != nil || got == nil || got.ID != "share-1" {
		t.Fatalf("check: %+v, %v", got, err)
	}
	return at, terms
}

// records reads a package back as every other tool does.
func records(t *testing.T, at uplink.Target) (list []uplink.Record, open func(string) (io.ReadSeekCloser, error)) {
	t.Helper()
	b, err := uplink.OpenBucket(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	if err := b.Each(t.Context(), func(r uplink.Record) error { list = append(list, r); return nil }); err != nil {
		t.Fatal(err)
	}
	return list, b.OpenBlob
}

func TestOnlyWhatWasChosen(t *testing.T) {
	at, terms := write(t, newPlant(t), nil)
	if terms.Items != 2 || terms.Images != 2 || terms.LeftOut != (share.LeftOut{Unlabelled: 1, Simulated: 1, Unasked: 2}) {
		t.Errorf("%+v", terms)
	}
	list, _ := records(t, at)
	if len(list) != 2 || list[0].Item.Part.PartID == "" || list[0].Item.Part.PartID != list[1].Item.Part.PartID {
		t.Errorf("the same part is no longer one: %+v", list)
	}
}

// Nothing that names a part, a person, a place or a file is anywhere in the package.
func TestNothingLeaks(t *testing.T) {
	secrets := []string{"4711", "SERIAL", "Suzhou", "line-1", "press1", "panel-7", "Wang", "Li Na", `"li"`, "k-li", "WO-77", "job-9", "chief", "top.scratch"}
	at, _ := write(t, newPlant(t), nil)
	list, open := records(t, at)
	plain := ""
	for _, r := range list {
		b, err := json.Marshal([]any{r.Item, r.Labels})
		if err != nil {
			t.Fatal(err)
		}
		plain += string(b)
		for _, im := range r.Item.Images {
			f, err := open(im.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(f)
			if err != nil {
				t.Fatal(err)
			}
			plain += string(body)
		}
	}
	for key, body := range at.Objects() {
		plain += key + string(body)
	}
	for _, s := range secrets {
		if strings.Contains(plain, s) {
			t.Errorf("%q is in the package", s)
		}
	}
	l := list[0].Labels[0]
	if l.Verdict != label.NotOK || l.Fault.Mode != "crack" || len(l.Regions) != 1 || l.Regions[0].Image != list[0].Item.Images[0].SHA256 || l.Regions[0].Rect.W != 3 {
		t.Errorf("the judgement did not come along: %+v", l)
	}
	if list[0].Item.Window != nil || list[0].Item.Kind != label.KindImage || len(list[0].Item.Candidates) != 1 {
		t.Errorf("%+v", list[0].Item)
	}
}

func TestWithPlacesAndSignals(t *testing.T) {
	at, _ := write(t, newPlant(t), func(o *share.Options) { o.Places, o.Series = true, true })
	list, _ := records(t, at)
	r := list[0]
	if r.Item.Place.Site != "Suzhou" || r.Item.Images[0].Camera != "top" || len(r.Labels[0].Regions) != 2 || strings.Contains(r.Item.Part.PartID, "4711") {
		t.Errorf("%+v", r.Item)
	}
	w, err := r.Window(t.Context())
	if err != nil || len(w.Traces) != 1 || w.Traces[0].V[0] != 1 {
		t.Errorf("%+v, %v", w, err)
	}
}

func TestAreasAreGone(t *testing.T) {
	at, terms := write(t, newPlant(t), func(o *share.Options) {
		for _, text := range []string{"top:4,5,6,7", "other:0,0,32,24", "*:30,20,99,99"} {
			a, err := share.ParseArea(text)
			if err != nil {
				t.Fatal(err)
			}
			o.Areas = append(o.Areas, a)
		}
	})
	list, open := records(t, at)
	f, err := open(list[0].Item.Images[0].SHA256)
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	for x := range 32 {
		for y := range 24 {
			want := uint8(200)
			if p := image.Pt(x, y); p.In(image.Rect(4, 5, 10, 12)) || p.In(image.Rect(30, 20, 32, 24)) {
				want = 0
			}
			if got := color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y; got != want {
				t.Fatalf("%d,%d is %d, want %d", x, y, got, want)
			}
		}
	}
	if len(terms.Areas) != 3 || terms.Areas[0] != "top:4,5,6,7" {
		t.Errorf("%v", terms.Areas)
	}
}

// A picture that cannot be drawn anew stays out, because it may show anything.
func TestUnreadablePicture(t *testing.T) {
	p := newPlant(t)
	sum := p.records[0].Item.Images[0].SHA256
	p.blobs[sum] = []byte("no picture")
	p.records[1].Item.Images[0].SHA256 = strings.Repeat("0", 64)
	_, terms := write(t, p, nil)
	if terms.Items != 0 || terms.LeftOut.Pictures != 2 || terms.LeftOut.Empty != 2 {
		t.Errorf("%+v", terms)
	}
}

func TestAnotherSaltGivesOtherNames(t *testing.T) {
	at, _ := write(t, newPlant(t), nil)
	other, _ := write(t, newPlant(t), func(o *share.Options) { o.Salt = []byte("fedcba9876543210") })
	a, _ := records(t, at)
	b, _ := records(t, other)
	if a[0].Item.Part.PartID == b[0].Item.Part.PartID || a[0].Labels[0].By.ID == b[0].Labels[0].By.ID {
		t.Errorf("%+v", a[0].Item.Part)
	}
}

func TestCheckNotices(t *testing.T) {
	for name, harm := range map[string]func(at *uplinktest.Memory){
		"last manifest gone": func(at *uplinktest.Memory) { at.Delete(find(t, at, "/commits/")) },
		"another hash":       func(at *uplinktest.Memory) { at.Set("SHA256SUMS", []byte("0")) },
		"no hashes":          func(at *uplinktest.Memory) { at.Delete("SHA256SUMS") },
		"no terms":           func(at *uplinktest.Memory) { at.Set("share.json", []byte("[")) },
		"later terms":        func(at *uplinktest.Memory) { at.Set("share.json", []byte(`{"version":2}`)) },
	} {
		at, _ := write(t, newPlant(t), nil)
		harm(at)
		if _, err := share.Check(t.Context(), at); !errors.Is(err, share.ErrTerms) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if terms, err := share.Check(t.Context(), &uplinktest.Memory{}); terms != nil || err != nil {
		t.Errorf("a bucket: %+v, %v", terms, err)
	}
}

func find(t *testing.T, at *uplinktest.Memory, part string) (key string) {
	t.Helper()
	for k := range at.Objects() {
		if strings.Contains(k, part) {
			return k
		}
	}
	t.Fatalf("no %s", part)
	return ""
}

func TestRefusedOptions(t *testing.T) {
	for name, change := range map[string]func(*share.Options){
		"short salt": func(o *share.Options) { o.Salt = o.Salt[:15] },
		"expired":    func(o *share.Options) { o.Expires = noon },
		"no licence": func(o *share.Options) { o.Licence = "" },
		"for nobody": func(o *share.Options) { o.For = "" },
	} {
		opt, at := options(), &uplinktest.Memory{}
		change(&opt)
		if _, err := share.Write(t.Context(), newPlant(t), at, opt); err == nil || count(at) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func count(at *uplinktest.Memory) (n int) {
	for range at.Objects() {
		n++
	}
	return n
}

func FuzzParseArea(f *testing.F) {
	for _, s := range []string{"top:1,2,3,4", "*:0,0,1,1", "top", "top:1,2,3", ":1,2,3,4", "a:1,2,3,4,5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := share.ParseArea(s)
		if err != nil {
			return
		}
		if again, err := share.ParseArea(a.String()); err != nil || again != a {
			t.Errorf("%q: %+v, then %+v, %v", s, a, again, err)
		}
	})
}
