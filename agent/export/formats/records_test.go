package formats_test

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"edgelabel/agent/export"
	"edgelabel/agent/label"
)

// records takes a TFRecord file apart.
func records(t *testing.T, b []byte) (list [][]byte) {
	t.Helper()
	check := func(body, sum []byte) {
		c := crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli))
		if want := (c>>15 | c<<17) + 0xa282ead8; want != binary.LittleEndian.Uint32(sum) {
			t.Fatalf("checksum %x, want %x", sum, want)
		}
	}
	for len(b) > 0 {
		n := binary.LittleEndian.Uint64(b)
		check(b[:8], b[8:])
		check(b[12:12+n], b[12+n:])
		list, b = append(list, b[12:12+n]), b[16+n:]
	}
	return list
}

// features reads a tf.train.Example: what stands under each key, as text.
func features(t *testing.T, message []byte) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, entry := range fields(t, one(t, fields(t, message), 1))[1] {
		kv := fields(t, entry)
		for kind, lists := range fields(t, one(t, kv, 2)) {
			all[string(one(t, kv, 1))] = values(t, kind, fields(t, lists[0])[1])
		}
	}
	return all
}

func values(t *testing.T, kind protowire.Number, lists [][]byte) (out []string) {
	t.Helper()
	for _, b := range lists {
		switch {
		case kind == 1:
			out = append(out, string(b))
		case kind == 2:
			for ; len(b) > 0; b = b[4:] {
				out = append(out, fmt.Sprint(math.Float32frombits(binary.LittleEndian.Uint32(b))))
			}
		default:
			for len(b) > 0 {
				v, n := protowire.ConsumeVarint(b)
				out, b = append(out, fmt.Sprint(int64(v))), b[n:]
			}
		}
	}
	return out
}

func one(t *testing.T, fields map[protowire.Number][][]byte, n protowire.Number) []byte {
	t.Helper()
	if len(fields[n]) != 1 {
		t.Fatalf("field %d is there %d times", n, len(fields[n]))
	}
	return fields[n][0]
}

func fields(t *testing.T, b []byte) map[protowire.Number][][]byte {
	t.Helper()
	all := map[protowire.Number][][]byte{}
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 || typ != protowire.BytesType {
			t.Fatalf("field %d of type %d", num, typ)
		}
		v, m := protowire.ConsumeBytes(b[n:])
		if m < 0 {
			t.Fatal(protowire.ParseError(m))
		}
		all[num], b = append(all[num], v), b[n+m:]
	}
	return all
}

// entries lists a tar file.
func entries(t *testing.T, b []byte) (names []string, bodies map[string][]byte) {
	t.Helper()
	bodies = map[string][]byte{}
	for r := tar.NewReader(bytes.NewReader(b)); ; {
		h, err := r.Next()
		if err == io.EOF {
			return names, bodies
		}
		if err != nil {
			t.Fatal(err)
		}
		if bodies[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
}

// dumpRecords is a file of records as text.
func dumpRecords(t *testing.T, name string, b []byte) string {
	var out strings.Builder
	if strings.HasSuffix(name, ".tar") {
		names, bodies := entries(t, b)
		for _, n := range names {
			fmt.Fprintf(&out, "%s: %s\n", n, bodies[n])
		}
		return out.String()
	}
	for _, r := range records(t, b) {
		f := features(t, r)
		for _, key := range sortedKeys(f) {
			fmt.Fprintf(&out, "%s: %q\n", key, f[key])
		}
	}
	return out.String()
}

func sortedKeys[V any](m map[string]V) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// The pictures of an item share its key, and loaders find them one behind the other; two people's words on one item are two examples.
func TestWebDatasetKeys(t *testing.T) {
	s := newSource()
	s.picture("01ITEM", label.OK)
	second := s.picture("02ITEM", label.OK).Item.Images[0]
	r := &s.records[0]
	r.Item.Images = append(r.Item.Images, second, r.Item.Images[0])
	r.Labels = append(r.Labels, label.Label{ID: "L.2", Item: "01ITEM", Rev: 2, By: label.Person{ID: "wang"}, Draft: label.Draft{Verdict: label.NotOK}})
	dir, _ := run(t, s, "webdataset", export.Options{Policy: export.Every})
	b, err := os.ReadFile(filepath.Join(dir, "all-000000.tar"))
	if err != nil {
		t.Fatal(err)
	}
	names, bodies := entries(t, b)
	want := []string{"01ITEM.json", "01ITEM.png", "01ITEM.1.png", "01ITEM-L_2.json", "01ITEM-L_2.png", "01ITEM-L_2.1.png", "02ITEM.json", "02ITEM.png"}
	if !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
	if string(bodies["01ITEM.1.png"]) != string(bodies["02ITEM.png"]) || len(bodies["02ITEM.png"]) == 0 {
		t.Error("the second picture of an item is not the one it should be")
	}
	if _, err := os.Stat(filepath.Join(dir, "images")); !os.IsNotExist(err) {
		t.Errorf("images/: %v", err)
	}
}

// GNU tar, or whichever tar is there, lists and unpacks a shard.
func TestTarReadsShards(t *testing.T) {
	if _, err := exec.LookPath("tar"); err != nil {
		t.Skip("tar: not installed")
	}
	s := newSource()
	s.picture("01ITEM", label.OK)
	dir, _ := run(t, s, "webdataset", export.Options{})
	shard, to := filepath.Join(dir, "all-000000.tar"), t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "tar", "-xf", shard, "-C", to).CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%v: %s", err, out)
	}
	if b, err := os.ReadFile(filepath.Join(to, "01ITEM.png")); err != nil || string(b) != "picture 01ITEM" {
		t.Errorf("%q, %v", b, err)
	}
}
