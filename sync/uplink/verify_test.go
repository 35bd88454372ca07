package uplink_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

// filled is a store with everything that Fill makes.
func filled(t *testing.T) (at *uplinktest.Memory, out *uplinktest.Outbox, blobs uplinktest.Blobs) {
	at, out, blobs = &uplinktest.Memory{}, &uplinktest.Outbox{}, uplinktest.Blobs{}
	synctest.Test(t, func(t *testing.T) {
		uplinktest.Fill(t, out, blobs, "A", items)
		run(t, config(out, blobs, at), empty(out))
	})
	return at, out, blobs
}

func key(t *testing.T, at *uplinktest.Memory, part string) string {
	t.Helper()
	for key := range at.Objects() {
		if strings.Contains(key, part) {
			return key
		}
	}
	t.Fatalf("no object with %s", part)
	return ""
}

// Whatever is done to a store, Verify notices it and says where.
func TestVerifyNotices(t *testing.T) {
	for name, c := range map[string]struct {
		part, what string
		harm       func(at *uplinktest.Memory, key string, b []byte)
	}{
		"flipped bit in a blob":   {"/blobs/", "differs", flip},
		"flipped bit in items":    {"/items/", "differs", flip},
		"flipped bit in labels":   {"/labels/", "differs", flip},
		"flipped bit in windows":  {"/windows/", "differs", flip},
		"blob gone":               {"/blobs/", "no such object", remove},
		"windows gone":            {"/windows/", "no such object", remove},
		"manifest gone":           {"00000000000000000002.json", "1 missing", remove},
		"manifest edited":         {"00000000000000000001.json", "chain broken", edit(`"gw-1"`, `"gw-1" `)},
		"manifest of another":     {"00000000000000000002.json", "says it is batch", edit(`"gw": "gw-1"`, `"gw": "gw-2"`)},
		"manifest not JSON":       {"00000000000000000002.json", "not a manifest", edit("{", "[")},
		"manifest from tomorrow":  {"00000000000000000002.json", "version 9", edit(`"version": 1`, `"version": 9`)},
		"item id taken out":       {"00000000000000000001.json", "they are not the same", edit(`"A0008"`, `"A000X"`)},
		"item twice":              {"00000000000000000002.json", "is also in", edit(`"A0004"`, `"A0007"`)},
		"rows miscounted":         {"00000000000000000001.json", "the manifest says", edit(`"rows": 2`, `"rows": 7`)},
		"foreign file in a chain": {"00000000000000000001.json", "not a manifest", plant("v1/commits/gw=gw-1/notes.txt")},
		"number zero":             {"00000000000000000001.json", "not a manifest", plant("v1/commits/gw=gw-1/epoch=1/00000000000000000000.json")},
		"object outside":          {"00000000000000000003.json", "not a folder of this layout", edit(`"key": "v1/items/`, `"key": "v1/elsewhere/`)},
	} {
		t.Run(name, func(t *testing.T) {
			at, _, _ := filled(t)
			k := key(t, at, c.part)
			if strings.Contains(name, "outside") {
				old := key(t, at, "/items/")
				at.Set(strings.Replace(old, "/items/", "/elsewhere/", 1), uplinktest.Read(t, at, old))
			}
			c.harm(at, k, uplinktest.Read(t, at, k))
			r, err := uplink.Verify(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(r.Findings, func(f uplink.Finding) bool { return strings.Contains(f.What, c.what) }) {
				t.Errorf("findings %v, want %q", r.Findings, c.what)
			}
		})
	}
}

func flip(at *uplinktest.Memory, key string, b []byte) {
	b = bytes.Clone(b)
	b[len(b)/2] ^= 1
	at.Set(key, b)
}

func remove(at *uplinktest.Memory, key string, _ []byte) { at.Delete(key) }

func edit(old, new string) func(*uplinktest.Memory, string, []byte) {
	return func(at *uplinktest.Memory, key string, b []byte) {
		at.Set(key, bytes.Replace(b, []byte(old), []byte(new), 1))
	}
}

func plant(other string) func(*uplinktest.Memory, string, []byte) {
	return func(at *uplinktest.Memory, _ string, b []byte) { at.Set(other, b) }
}

func TestVerifyNotesStrangers(t *testing.T) {
	at, _, _ := filled(t)
	at.Set("v1/blobs/sha256/00/00/stranger.jpg", []byte("x"))
	r, err := uplink.Verify(t.Context(), at)
	if err != nil || !r.OK() || len(r.Notes) != 1 || r.Notes[0].What != "named by no manifest" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestVerifyOfAnEmptyStore(t *testing.T) {
	r, err := uplink.Verify(t.Context(), &uplinktest.Memory{})
	if err != nil || !r.OK() || r.Manifests != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// A store that cannot be read is an error, never a clean report.
func TestVerifyOfAStoreThatFails(t *testing.T) {
	at, _, _ := filled(t)
	for n, hit := 0, true; hit; n++ {
		faulty := &uplinktest.Faulty{Target: at, Choose: func(call int, _, _ string) uplinktest.Fault {
			if call == n {
				return uplinktest.Refused
			}
			return uplinktest.None
		}}
		_, err := uplink.Verify(t.Context(), faulty)
		hit = n < faulty.Calls()
		if hit != errors.Is(err, uplinktest.ErrInjected) {
			t.Fatalf("call %d: %v", n, err)
		}
	}
}

func TestReadBack(t *testing.T) {
	at, out, blobs := filled(t)
	synctest.Test(t, func(t *testing.T) { // a later revision, in a batch of its own
		l := label.Label{ID: "L2", Item: "A0004", Rev: 2, Draft: label.Draft{Verdict: label.OK}}
		out.Add(t, journal.Label, l.ID, l)
		out.Add(t, journal.Taxonomy, "2", label.Taxonomy{Revision: 2})
		run(t, config(out, blobs, at), empty(out))
	})
	at.Set("v1/items/site=x/line=y/date=2026-01-01/stranger.jsonl.gz", []byte("not trusted"))
	b, err := uplink.OpenBucket(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if tax, err := b.Taxonomy(t.Context()); err != nil || tax.Revision != 2 {
		t.Errorf("taxonomy %+v, %v", tax, err)
	}
	var ids []string
	err = b.Each(t.Context(), func(r uplink.Record) error {
		ids = append(ids, r.Item.ID)
		checkRecord(t, b, r, blobs)
		return nil
	})
	if err != nil || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != items || len(ids) != items {
		t.Errorf("%v, %v", ids, err)
	}
	if _, err := b.OpenBlob(uplinktest.Sum([]byte("unknown"))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("unknown blob: %v", err)
	}
}

func checkRecord(t *testing.T, b *uplink.Bucket, r uplink.Record, blobs uplinktest.Blobs) {
	t.Helper()
	revisions := 1
	if r.Item.ID == "A0004" {
		revisions = 2
	}
	if len(r.Labels) != revisions || r.Labels[revisions-1].Rev != revisions || r.Labels[0].Comment != "划痕\n第二行" {
		t.Errorf("%s: labels %+v", r.Item.ID, r.Labels)
	}
	f, err := b.OpenBlob(r.Item.Images[0].SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, blobs[r.Item.Images[0].SHA256]) {
		t.Errorf("%s: image %q, %v", r.Item.ID, got, err)
	}
	if r.Item.Kind != label.KindJoint {
		if r.Window != nil {
			t.Errorf("%s has a window", r.Item.ID)
		}
		return
	}
	w, err := r.Window(t.Context())
	if err != nil || w.From != r.Item.Window.From || w.To != r.Item.Window.To || len(w.Traces) != 2 {
		t.Fatalf("%s: window %+v, %v", r.Item.ID, w, err)
	}
	tr := w.Traces[1]
	if w.Traces[0].Tag != "Accel" || tr.Tag != "force" || tr.Unit != "kN" || len(tr.T) != 50 || tr.T[3] != r.Item.At+3 || tr.V[3] != 3 ||
		!math.IsNaN(tr.V[7]) || tr.Status[7] != 0x80000000 {
		t.Errorf("%s: trace %+v", r.Item.ID, tr)
	}
}

func TestReaderRefusesDamage(t *testing.T) {
	for _, part := range []string{"/items/", "/labels/", "/commits/"} {
		at, _, _ := filled(t)
		k := key(t, at, part)
		at.Set(k, uplinktest.Read(t, at, k)[1:])
		b, err := uplink.OpenBucket(t.Context(), at)
		if err == nil {
			err = b.Each(t.Context(), func(uplink.Record) error { return nil })
			b.Close()
		}
		if err == nil || !strings.Contains(err.Error(), k) {
			t.Errorf("%s: %v", part, err)
		}
	}
}

// The layout is a contract with other programs.
func TestLayout(t *testing.T) {
	at, _, _ := filled(t)
	got := map[string]int{}
	for key, b := range at.Objects() {
		folder := key[:strings.LastIndex(key, "/")+1]
		if strings.Contains(folder, "/blobs/") {
			folder = "v1/blobs/"
		}
		got[folder]++
		if strings.HasSuffix(key, ".jsonl.gz") {
			checkLines(t, key, b)
		}
	}
	day := "site=Plant%201/line=press%2F2/date=2026-03-0"
	for _, folder := range []string{"v1/blobs/", "v1/items/" + day + "1/", "v1/items/" + day + "2/", "v1/items/" + day + "3/", "v1/labels/" + day + "1/",
		"v1/labels/" + day + "2/", "v1/labels/" + day + "3/", "v1/windows/" + day + "1/", "v1/windows/" + day + "2/", "v1/windows/" + day + "3/",
		"v1/commits/gw=gw-1/epoch=1/", "v1/state/gw=gw-1/"} {
		if got[folder] == 0 {
			t.Errorf("nothing in %s", folder)
		}
		delete(got, folder)
	}
	if len(got) > 0 {
		t.Errorf("more folders: %v", got)
	}
}

func checkLines(t *testing.T, key string, b []byte) {
	t.Helper()
	if !bytes.Equal(b[4:8], make([]byte, 4)) {
		t.Errorf("%s: the gzip header carries a time", key)
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(z); ; {
		var row map[string]any
		if err := d.Decode(&row); errors.Is(err, io.EOF) {
			return
		} else if err != nil || row["id"] == "" {
			t.Fatalf("%s: %v, %v", key, row, err)
		}
	}
}

// rewrite puts body in place of an object and makes its manifest agree, as a writer with bad intentions could.
func rewrite(t testing.TB, at *uplinktest.Memory, manifest, object string, body []byte) {
	t.Helper()
	m, err := uplink.ParseManifest(uplinktest.Read(t, at, manifest))
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Objects {
		if m.Objects[i].Key == object {
			m.Objects[i].Size, m.Objects[i].SHA256 = int64(len(body)), uplinktest.Sum(body)
		}
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	at.Set(object, body)
	at.Set(manifest, b)
}

const (
	firstManifest = "v1/commits/gw=gw-1/epoch=1/00000000000000000001.json"
	thirdManifest = "v1/commits/gw=gw-1/epoch=1/00000000000000000003.json" // of the items of the first day: the newest leave first
)

// Objects whose hash is right and whose content is not give a finding, and never bring the reader down.
func TestMalformedContent(t *testing.T) {
	for _, part := range []string{"/windows/", "/items/", "/labels/"} {
		store, _, _ := filled(t)
		k := key(t, store, part+"site=Plant%201/line=press%2F2/date=2026-03-01/gw-1-00000000000000000003")
		whole := uplinktest.Read(t, store, k)
		for n := range 12 {
			b := bytes.Clone(whole)
			for i := range 1 + n%3 {
				b[(n*7919+i*104729)%len(b)] ^= byte(1 + n)
			}
			if n == 0 {
				b = []byte("PAR1 nothing PAR1")
			}
			rewrite(t, store, thirdManifest, k, b)
			if _, err := uplink.Verify(t.Context(), store); err != nil {
				t.Fatalf("%s: %v", k, err)
			}
			readEverything(t, store)
		}
	}
}

// readEverything reads as far as it gets.
func readEverything(t *testing.T, at *uplinktest.Memory) {
	b, err := uplink.OpenBucket(t.Context(), at)
	if err != nil {
		return
	}
	defer b.Close()
	err = b.Each(t.Context(), func(r uplink.Record) error {
		if r.Window != nil {
			if w, err := r.Window(t.Context()); (w == nil) == (err == nil) {
				t.Errorf("window %v, %v", w, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Log(err)
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(`{"version":1,"gw":"a","objects":[{"key":"k","size":1,"sha256":"00"}]}`))
	f.Add([]byte(`{"version":1,"objects":null,"gaps":[{"source":"x"}]}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := uplink.ParseManifest(b)
		if err != nil {
			if !errors.Is(err, uplink.ErrManifest) || m != nil {
				t.Errorf("%v, %v", m, err)
			}
			return
		}
		for _, o := range m.Objects {
			if len(o.SHA256) != 64 {
				t.Errorf("object %+v", o)
			}
		}
	})
}
