package agent

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/collectors"
)

const triggered = `gateway: {id: gw-test}
data: {dir: DIR/data, keep_free: 1MiB}
web: {listen: "127.0.0.1:0"}
assets: [{id: press, part_tag: press.part}]
tags: [{id: press.there, asset: press, kind: bool}, {id: press.part, asset: press, kind: text}]
cameras:
  - {name: top, asset: press, select: all, mm_per_count: 0.001, snapshot: {url: URL, trigger: {tag: press.there, delay: 1ms, stale: 1m}}}
`

// heights is a 16-bit picture that differs for each n.
func heights(n int) []byte {
	m := image.NewGray16(image.Rect(0, 0, 16, 16))
	m.SetGray16(1, 1, color.Gray16{uint16(1000 + n)})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err) // of a picture in memory: cannot happen
	}
	return b.Bytes()
}

// runWith starts an agent and returns it while it runs.
func runWith(t *testing.T, yaml string) *Agent {
	t.Helper()
	cfg, err := config.Parse("test.yaml", []byte(strings.ReplaceAll(yaml, "DIR", t.TempDir())))
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(cfg, Options{Version: "test", Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- a.Run(ctx, func() { close(ready) }) }()
	<-ready
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	return a
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 30 s: %s", what)
		}
	}
}

// TestTriggeredPictureJoinsItsPart lets a part arrive on a line whose clock is an hour late: its picture has its id all the same.
func TestTriggeredPictureJoinsItsPart(t *testing.T) {
	var asked atomic.Int64
	cam := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(heights(int(asked.Add(1)))) }))
	defer cam.Close()
	a := runWith(t, strings.ReplaceAll(triggered, "URL", cam.URL))
	status := a.sources.CameraStatus()["top"]
	eventually(t, "the camera is up", func() bool { return status.Snapshot().State == collectors.Up })
	for n := 1; n <= 2; n++ {
		now := time.Now()
		plc := now.Add(-time.Hour).UnixNano()
		err := a.sink().Samples(context.Background(), []series.Sample{
			{Tag: "press.part", Text: fmt.Sprintf("P%d", n), Source: plc, Receive: now.UnixNano()},
			{Tag: "press.there", Value: 0, Source: plc + 1, Receive: now.UnixNano()},
			{Tag: "press.there", Value: 1, Source: plc + 2, Receive: now.UnixNano() + 2},
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the picture is stored", func() bool { return status.Snapshot().Images == uint64(n) })
		time.Sleep(150 * time.Millisecond) // past the debounce
	}
	s := status.Snapshot()
	if s.Pictures.LastBytes != len(heights(3)) || s.ClockOffset > -59*time.Minute || s.Problems["clock"] == "" {
		t.Errorf("%+v", s)
	}
	page, err := a.store.Items(context.Background(), label.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Rows) != 2 {
		t.Fatalf("%d items, want one for each part", len(page.Rows))
	}
	for i, it := range page.Rows {
		im := it.Images[0]
		if want := fmt.Sprintf("P%d", i+1); it.Part.PartID != want || im.MMPerCount != 0.001 {
			t.Errorf("item %d is of part %q, want %q; %g mm per count", i, it.Part.PartID, want, im.MMPerCount)
		}
		if sum := sha256.Sum256(heights(i + 2)); im.SHA256 != hex.EncodeToString(sum[:]) { // the first was thrown away
			t.Errorf("item %d shows other bytes than the camera's", i)
		}
	}
}
