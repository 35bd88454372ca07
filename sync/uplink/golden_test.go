package uplink_test

import (
	"flag"
	"os"
	"regexp"
	"testing"
	"testing/synctest"

	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

var update = flag.Bool("update", false, "write testdata/manifest.json anew")

// A manifest's form is a contract with other programs. Hashes and sizes are masked: they hang on the compressor's version.
func TestGoldenManifest(t *testing.T) {
	at := &uplinktest.Memory{}
	synctest.Test(t, func(t *testing.T) {
		out, blobs := &uplinktest.Outbox{}, uplinktest.Blobs{}
		uplinktest.Fill(t, out, blobs, "A", 3)
		for name, b := range blobs {
			if len(b) > 20 { // the window
				delete(blobs, name)
			}
		}
		out.AddRaw("item", "torn", []byte("{"))
		cfg := config(out, blobs, at)
		cfg.MaxBatchEntries = 100
		run(t, cfg, func(f *uplink.Forwarder) bool { return out.Left() == 0 })
	})
	got := uplinktest.Read(t, at, firstManifest)
	got = regexp.MustCompile(`\b[0-9a-f]{64}\b`).ReplaceAll(got, []byte("<sha256>"))
	got = regexp.MustCompile(`-[0-9a-f]{12}\.|/[0-9a-f]{2}/[0-9a-f]{2}/`).ReplaceAll(got, []byte("-<sha>-"))
	got = regexp.MustCompile(`"size": \d+`).ReplaceAll(got, []byte(`"size": <n>`))
	if *update {
		if err := os.WriteFile("testdata/manifest.json", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("manifest is\n%s\nwant\n%s", got, want)
	}
}
