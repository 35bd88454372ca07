package store_test

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store"
)

// TestGolden holds the logs and the sidecar to the bytes that FORMAT.md draws.
func TestGolden(t *testing.T) {
	dir := t.TempDir()
	ctx := t.Context()
	x := open(t, dir, store.Options{
		Now: func() time.Time { return time.Unix(0, t0) }, Rand: nil2{}, Targets: []string{"s3"},
		Taxonomy: label.Taxonomy{Classes: []label.Class{{ID: "dent", Name: label.Text{ZH: "凹坑", EN: "dent"}}}},
	})
	must(x.AddImage(ctx, label.Image{Camera: "c", Name: "1.png", Format: "png", Width: 3, Height: 2}, []byte("picture")))(t)
	check(t, x.CreateItem(ctx, label.Item{ID: newID(1), Kind: label.KindImage, At: t0}))
	must(x.AddLabel(ctx, newID(1), label.Draft{Verdict: label.NotOK, Classes: []string{"dent"}}, label.Person{ID: "li", Role: "labeller"}, "k"))(t)
	check(t, x.AddGap(ctx, series.Gap{Source: "plc", From: 1, To: 2, Reason: series.GapSilent}))
	sendAll(t, x.Store, "s3")
	x.close()
	for name, got := range map[string]string{
		"labels":  hex.Dump(must(os.ReadFile(filepath.Join(dir, "labels.log")))(t)),
		"journal": hex.Dump(must(os.ReadFile(filepath.Join(dir, "journal", "0000000000000001.log")))(t)),
		"sidecar": string(must(os.ReadFile(filepath.Join(dir, "blobs", sha("picture")[:2], sha("picture")[2:4], sha("picture")+".json")))(t)) + "\n",
	} {
		want, err := os.ReadFile("testdata/" + name + ".golden")
		if err != nil || got != string(want) {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got, want)
		}
	}
}
