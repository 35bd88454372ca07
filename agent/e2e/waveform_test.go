//go:build e2e

package e2e_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"edgelabel/agent/label"
)

const waveConfig = `gateway: {id: gw-wave}
data: {dir: %s, keep_free: 16MiB}
web: {listen: "127.0.0.1:%d"}
assets: [{id: m, before: 2s, after: 1s}]
tags:
  - {id: m.speed, asset: m, unit: rpm, rules: []}
  - {id: m.v, asset: m, kind: wave, unit: m/s², rate: 12800, rules: [], vibration: {speed: m.speed, gears: [{name: pinion, teeth: 16}]}}
  - {id: m.v.rms, asset: m, rules: [{limit: {h: 5}}]}
mqtt:
  - name: broker
    url: tcp://127.0.0.1:%d
    topics:
      - {filter: "m/v", payload: json, tag: m.v, value: v, time: ts, time_format: unix_ns}
      - {filter: "m/speed", payload: json, tag: m.speed, value: v, time: ts, time_format: unix_ns}
`

const wavePoints = 1024 // of a block, 80 ms

// gearBlock is a block of a shaft that turns ten times a second; the mesh of its 16 teeth has that amplitude.
func gearBlock(amplitude float64) []float64 {
	x := make([]float64, wavePoints)
	for i := range x {
		at := 2 * math.Pi * float64(i) / 12800
		x[i] = math.Sin(at*310) + amplitude*math.Sin(at*160)
	}
	return x
}

// TestWaveforms sends blocks of vibration through mosquitto. When the teeth of a gear begin to ring the item has the waveform, and its
// candidate the spectrum of the block that opened it, with the gear's frequency.
func TestWaveforms(t *testing.T) {
	b := openBroker(t)
	dir, web := t.TempDir(), freePort(t)
	data := filepath.Join(dir, "data")
	l := &line{t: t, dir: dir, run: binary(t), url: fmt.Sprintf("http://127.0.0.1:%d", web),
		config: write(t, filepath.Join(dir, "edgelabel.yaml"), fmt.Sprintf(waveConfig, data, web, b.port))}
	password := write(t, filepath.Join(dir, "password"), "anna-password\n")
	if out, err := command(t, nil, l.run, "user", "add", "anna", "-d", data, "--password-file", password); err != nil {
		t.Fatalf("user add: %v\n%s", err, out)
	}
	l.start()
	l.up("broker", 30*time.Second)
	sender := paho.NewClient(paho.NewClientOptions().AddBroker(fmt.Sprintf("tcp://127.0.0.1:%d", b.port)).SetClientID("gear"))
	if token := sender.Connect(); !token.WaitTimeout(10*time.Second) || token.Error() != nil {
		t.Fatalf("sender: %v", token.Error())
	}
	defer sender.Disconnect(100)
	publish := func(topic string, v any) {
		t.Helper()
		message, err := json.Marshal(map[string]any{"v": v, "ts": time.Now().UnixNano()})
		if err != nil {
			t.Fatal(err)
		}
		if token := sender.Publish(topic, 1, false, message); !token.WaitTimeout(10*time.Second) || token.Error() != nil {
			t.Fatalf("%s: %v", topic, token.Error())
		}
	}
	publish("m/speed", 600)
	began := time.Now()
	for n := range 40 {
		amplitude := 1.0
		if n >= 20 && n < 25 {
			amplitude = 20
		}
		publish("m/v", gearBlock(amplitude))
		time.Sleep(100 * time.Millisecond)
	}
	c := signIn(t, l.url, "anna", "anna-password")
	var row label.Row
	eventually(t, 30*time.Second, "the item is whole", func() error {
		var page label.Page
		if err := c.send(http.MethodGet, "/api/v1/items", nil, nil, &page); err != nil {
			return err
		}
		if len(page.Rows) != 1 || page.Rows[0].IsPartial {
			return fmt.Errorf("%d items", len(page.Rows))
		}
		row = page.Rows[0]
		return nil
	})
	ringing(t, row)
	got, _ := l.samples(c, "m.v", began.Add(time.Second), began.Add(1100*time.Millisecond))
	if len(got.v) < wavePoints/2 || slices.Max(got.v) > 2.1 {
		t.Errorf("%d points of the waveform before it rings", len(got.v))
	}
}

// ringing checks what the candidate says.
func ringing(t *testing.T, row label.Row) {
	t.Helper()
	c := row.Candidates[0]
	if c.Rule != "m.v.rms.limit" || c.Spectrum == nil || c.Spectrum.Tag != "m.v" || c.Spectrum.At != c.From {
		t.Fatalf("%+v", c)
	}
	s, highest := c.Spectrum, 0
	for k, v := range s.Amplitude {
		if v > s.Amplitude[highest] {
			highest = k
		}
	}
	if at := float64(highest) * s.Step; at > 160 || at+s.Step < 150 || s.Amplitude[highest] < 15 {
		t.Errorf("highest is %g m/s² at %g Hz, want the teeth's 20 at 160", s.Amplitude[highest], at)
	}
	if !slices.Contains(s.Lines, label.Line{Name: "pinion", Hz: 160}) {
		t.Errorf("lines %+v", s.Lines)
	}
	if row.Window == nil || !slices.Contains(row.Window.Tags, "m.v") {
		t.Errorf("window %+v", row.Window)
	}
}
