//go:build e2e

package e2e_test

import (
	"bytes"
	enc "encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestBadInput sends everything wrong that a plant sends: each gets a clear message and a counter, and everything else goes on.
func TestBadInput(t *testing.T) {
	l := startLine(t)
	l.up("plc", 30*time.Second)
	l.up("broker", 30*time.Second)
	c := signIn(t, l.url, "anna", "anna-password")
	pub := newPublisher(t, l.broker, "line/count")

	for _, message := range []string{`{"v": 1, "t": `, `{"v": "twelve"}`, `{"w": 3}`, `[]`, "\xff\xfe", ``} {
		if !pub.send([]byte(message)) {
			t.Fatalf("broker did not take %q", message)
		}
	}
	drop(t, l, "truncated_ok.png", whole(t)[:200])
	drop(t, l, "flood_ok.png", flood())
	drop(t, l, "notes_ok.png", []byte("these are not pixels"))
	for name, want := range map[string]string{"flood.png": " 422 ", "broken.png": " 415 "} {
		data := flood()
		if name == "broken.png" {
			data = whole(t)[:200]
		}
		if err := l.push(name, data); err == nil || !strings.Contains(" "+err.Error(), want) {
			t.Errorf("push %s: %v, want%s", name, err, want)
		}
	}

	eventually(t, 20*time.Second, "every bad input is counted", func() error {
		all := l.metrics()
		if n := sum(all, "edgelabel_rejected_total", `"broker"`); n < 6 {
			return fmt.Errorf("%g bad messages counted, want 6", n)
		}
		if n := sum(all, "edgelabel_rejected_total", `"board"`); n < 3 {
			return fmt.Errorf("%g bad files counted, want 3", n)
		}
		if n := sum(all, "edgelabel_rejected_total", `"plc"`); n < 1 {
			return fmt.Errorf("the text on a number's tag is not counted")
		}
		return nil
	})
	problems := sourceProblems(t, c)
	for _, tag := range []string{"plc.gone", "plc.batch"} {
		if text := problems["plc"][tag]; text == "" {
			t.Errorf("status says nothing about %s: %v", tag, problems)
		} else {
			t.Logf("%s: %s", tag, text)
		}
	}
	if files, err := filepath.Glob(filepath.Join(l.dir, "drop", "bad", "*")); err != nil || len(files) < 3 {
		t.Errorf("bad files set aside: %v, %v", files, err)
	}

	before := sum(l.metrics(), "edgelabel_samples_total", "")
	drop(t, l, "good_ok.jpg", boards(t)[0])
	if !pub.send([]byte(fmt.Sprintf(`{"v": 7, "t": %d}`, time.Now().UnixMilli()))) {
		t.Fatal("broker did not take a good message")
	}
	eventually(t, 20*time.Second, "everything else goes on", func() error {
		all := l.metrics()
		if n := sum(all, "edgelabel_samples_total", ""); n <= before {
			return fmt.Errorf("no new samples")
		}
		var page struct {
			Items []struct{ Images []struct{ Name string } }
		}
		if err := c.get("/api/v1/items?camera=board", &page); err != nil {
			return err
		}
		for _, it := range page.Items {
			if len(it.Images) == 1 && it.Images[0].Name == "good_ok.jpg" {
				return nil
			}
		}
		return fmt.Errorf("the good image is not there yet")
	})
}

// TestBrokenConfigurations holds that the command line names every mistake with its place and exits with 1.
func TestBrokenConfigurations(t *testing.T) {
	for i, c := range []struct{ text, want string }{
		{"gatway: {}\n", ":1:1: gatway: unknown key"},
		{"web: {listen: 8080}\n", ":1:15: web.listen: \"8080\": want host:port"},
		{"data: {images: lots}\n", ":1:16: data.images: \"lots\" is not a size"},
		{"web: {session: soon}\n", ":1:16: web.session: \"soon\" is not a duration"},
		{"tags: [{id: a, rules: [{limit: {l: 3, h: 2}}]}]\n", "limit.h: 2 is not above l 3"},
		{"tags: [{id: a}, {id: a}]\n", "tag \"a\" is already at tags[0].id"},
		{"opcua: [{name: p, endpoint: http://x, nodes: []}]\n", "want opc.tcp://host:port/path"},
		{"mqtt: [{name: b, url: tcp://h:1, topics: [{filter: a, payload: xml, tag: t}]}]\n", "\"xml\": want number, json, csv, image"},
		{"sync: {targets: [{name: c, url: ftp://x}]}\n", "want s3://bucket/prefix"},
		{"tags:\n\t- a\n", "line 2"},
	} {
		file := write(t, filepath.Join(t.TempDir(), "broken.yaml"), c.text)
		out, err := command(t, nil, binary(t), "check", "-c", file)
		if err == nil || !strings.Contains(out, c.want) || !strings.Contains(out, file+":") {
			t.Errorf("%d: %v\ngot  %swant %s", i, err, out, c.want)
		}
	}
}

func drop(t *testing.T, l *line, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(l.dir, "drop", name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func sourceProblems(t *testing.T, c *client) map[string]map[string]string {
	t.Helper()
	var status struct {
		Sources []struct {
			Name     string
			Problems map[string]string
		}
	}
	if err := c.get("/api/v1/status", &status); err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]string{}
	for _, s := range status.Sources {
		all[s.Name] = s.Problems
	}
	return all
}

func whole(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	m := image.NewGray(image.Rect(0, 0, 64, 64))
	for i := range m.Pix {
		m.Pix[i] = byte(i*i>>3 ^ i*37)
	}
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// flood is the header of a PNG of 50 000 by 50 000 pixels.
func flood() []byte {
	ihdr := append([]byte("IHDR"), 0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50, 8, 6, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	return enc.BigEndian.AppendUint32(append(b, ihdr...), crc32.ChecksumIEEE(ihdr))
}
