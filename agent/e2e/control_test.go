//go:build e2e

package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

const controlConfig = `gateway: {id: gw-down, line: l1}
data: {dir: DIR/data, keep_free: 16MiB}
web: {listen: "127.0.0.1:PORT", ingest: {token: e2e-ingest-token}}
assets: [{id: press, before: 1s, after: 1s}]
tags: [{id: level, asset: press, rules: [{limit: {h: 80, hh: 90}}]}]
mqtt:
  - {name: broker, url: "tcp://127.0.0.1:BROKER", topics: [{filter: level, tag: level}]}
cameras: CAMERAS
sync:
  targets: [{name: nas, url: "file:DIR/nas", linger: 100ms}]
  control:
    poll: 300ms
    senders: [{name: hq, key: "KEY", may: [taxonomy, rules, models]}]
`

// outcome is what a gateway says at the centre about a bundle.
type outcome struct {
	Version    uint64
	Trial, Why string
	Refused    string
	Taxonomy   int
	Models     []string
	NewRules   int `json:"new_rules"`
}

// hq is the centre: it signs, publishes and reads what became of it.
type hq struct {
	t       *testing.T
	dir     string
	version int
}

func (h *hq) run(args ...string) string {
	h.t.Helper()
	out, err := command(h.t, nil, binary(h.t), append([]string{"control"}, args...)...)
	if err != nil {
		h.t.Fatalf("control %s: %v\n%s", args[0], err, out)
	}
	return out
}

// send signs what a file says and publishes it.
func (h *hq) send(what, text string, more ...string) {
	h.t.Helper()
	h.version++
	in, out := filepath.Join(h.dir, fmt.Sprint("in-", h.version)), filepath.Join(h.dir, fmt.Sprint("out-", h.version))
	write(h.t, in, text)
	h.run(append([]string{"sign", "--key", filepath.Join(h.dir, "key"), "--version", fmt.Sprint(h.version), "--out", out, "--" + what, in}, more...)...)
	h.run("publish", "--as", "hq", "--to", "file:"+filepath.Join(h.dir, "nas"), out)
}

// show signs and publishes pictures of good parts.
func (h *hq) show(camera, dir string, more ...string) {
	h.t.Helper()
	h.version++
	out := filepath.Join(h.dir, fmt.Sprint("out-", h.version))
	h.run(append([]string{"sign", "--key", filepath.Join(h.dir, "key"), "--version", fmt.Sprint(h.version), "--out", out, "--references", camera + "=" + dir}, more...)...)
	h.run("publish", "--as", "hq", "--to", "file:"+filepath.Join(h.dir, "nas"), "--files", dir, out)
}

// told waits until the gateway has said what became of the newest bundle.
func (h *hq) told(what string, fits func(outcome) bool) {
	h.t.Helper()
	eventually(h.t, 40*time.Second, what, func() error {
		out, err := command(h.t, nil, binary(h.t), "control", "show", "--gateway", "gw-down", "--from", "file:"+filepath.Join(h.dir, "nas"))
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		var r struct{ Outcomes []outcome }
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			return err
		}
		for i := len(r.Outcomes) - 1; i >= 0; i-- {
			if r.Outcomes[i].Version == uint64(h.version) && fits(r.Outcomes[i]) {
				return nil
			}
		}
		return fmt.Errorf("%+v", r.Outcomes)
	})
}

// controlled is a gateway that takes word from a centre, and a device that sends it one signal.
type controlled struct {
	*line
	hq     *hq
	device paho.Client
}

func startControlled(t *testing.T) *controlled {
	t.Helper()
	return startControlledWith(t, "[{name: push, select: none, inspect: {reference: DIR/good, checks: []}}]", func(string) {})
}

// startControlledWith gives the gateway cameras, and first the files that they want in DIR.
func startControlledWith(t *testing.T, cameras string, prepare func(dir string)) *controlled {
	t.Helper()
	b := openBroker(t)
	h := &hq{t: t, dir: t.TempDir()}
	key := regexp.MustCompile(`(?m)^\S+=$`).FindString(h.run("keygen", "--out", filepath.Join(h.dir, "key")))
	port := freePort(t)
	for _, dir := range []string{"nas", "good"} {
		if err := os.Mkdir(filepath.Join(h.dir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(h.dir, "good", "left.png"), string(part(t, 60)))
	prepare(h.dir)
	c := &controlled{line: &line{t: t, dir: h.dir, data: filepath.Join(h.dir, "data"), run: binary(t), url: fmt.Sprintf("http://127.0.0.1:%d", port)}, hq: h}
	c.config = write(t, filepath.Join(h.dir, "edgelabel.yaml"), strings.NewReplacer("DIR", h.dir, "PORT", fmt.Sprint(port), "BROKER", fmt.Sprint(b.port), "KEY", key).Replace(strings.Replace(controlConfig, "CAMERAS", cameras, 1)))
	person(t, c.data, "chief", "admin")
	c.start()
	c.up("broker", 30*time.Second)
	c.device = paho.NewClient(paho.NewClientOptions().AddBroker(fmt.Sprintf("tcp://127.0.0.1:%d", b.port)).SetClientID("plc"))
	if token := c.device.Connect(); !token.WaitTimeout(10*time.Second) || token.Error() != nil {
		t.Fatal(token.Error())
	}
	t.Cleanup(func() { c.device.Disconnect(100) })
	return c
}

// publish has the device send values of the level, one after the other.
func (c *controlled) publish(values ...float64) {
	c.t.Helper()
	for _, v := range values {
		if token := c.device.Publish("level", 1, false, fmt.Sprint(v)); !token.WaitTimeout(10*time.Second) || token.Error() != nil {
			c.t.Fatal(token.Error())
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// candidates waits until rules of a kind have flagged so many.
func (c *controlled) candidates(of string, want float64) {
	c.t.Helper()
	eventually(c.t, 20*time.Second, "the rule has flagged", func() error {
		if got := sum(c.metrics(), "edgelabel_candidates_total", of); got != want {
			return fmt.Errorf("%.0f candidates by %s, want %.0f", got, of, want)
		}
		return nil
	})
}

// TestRulesFromTheCentre sends settings of a rule down to a running gateway: good ones are tried and kept, bad ones are rolled back, over
// a kill of the gateway, and the rule does each time what is in force.
func TestRulesFromTheCentre(t *testing.T) {
	l := startControlled(t)
	h, publish := l.hq, l.publish
	candidates := func(want float64) { t.Helper(); l.candidates("limit", want) }
	publish(50, 85, 50)
	candidates(1)

	h.send("rules", `{"rule": "level.limit", "values": {"h": 95, "hh": 99}}`, "--trial", "3s", "--comment", "new press")
	h.told("the rules are on trial", func(o outcome) bool { return o.Trial == "running" })
	publish(85, 50)
	h.told("the rules are kept", func(o outcome) bool { return o.Trial == "kept" })
	publish(85, 50, 97, 50)
	candidates(2) // the last one alone

	h.send("rules", `{"rule": "level.limit", "values": {"h": 20, "hh": 30}}`, "--trial", "1h", "--candidates", "2")
	h.told("the next rules are on trial", func(o outcome) bool { return o.Trial == "running" })
	publish(10, 25, 10)
	candidates(3)
	l.stop(syscall.SIGKILL)
	l.start()
	l.up("broker", 30*time.Second)
	publish(10, 25, 10, 25, 10, 25, 10)
	h.told("the rules are rolled back", func(o outcome) bool {
		return o.Trial == "rolled_back" && strings.Contains(o.Why, "candidates, at most 2")
	})
	before := sum(l.metrics(), "edgelabel_candidates_total", "limit")
	publish(25, 85, 50, 97, 50)
	candidates(before + 1) // as kept: 95

	h.send("rules", `{"rule": "level.limit", "values": {"h": 99.5}}`)
	h.told("a limit above the next one is not taken", func(o outcome) bool { return o.Trial == "" && strings.Contains(o.Why, "hh") })

	h.send("task", "zh-CN: 标出超压。\nen: Mark what was pressed too hard.\n")
	h.told("the task is a revision", func(o outcome) bool { return o.Taxonomy == 2 })
	chief := signIn(t, l.url, "chief", "chief-password")
	var tax struct{ Task map[string]string }
	if err := chief.get("/api/v1/taxonomy", &tax); err != nil || tax.Task["en"] != "Mark what was pressed too hard." {
		t.Errorf("%+v, %v", tax, err)
	}

	h.send("rules", `{"rule": "level.limit", "values": {"h": 96, "hh": 98}}`, "--trial", "1h", "--candidates", "1")
	h.told("the last rules are on trial", func(o outcome) bool { return o.Trial == "running" })
	if err := chief.send(http.MethodPut, "/api/v1/rules/level.limit/tuning", map[string]any{"field": "h", "value": 94, "reason": "by ear"}, nil, nil); err != nil {
		t.Fatal(err)
	}
	publish(50, 95, 50, 95, 50)
	h.told("the last rules are rolled back", func(o outcome) bool { return o.Trial == "rolled_back" })
	var tuned struct{ Tunings []tuning }
	if err := chief.get("/api/v1/tunings", &tuned); err != nil {
		t.Fatal(err)
	}
	want := []tuning{{"h", 94, "chief"}, {"hh", 99, "hq"}} // what a person set meanwhile stays
	if !slices.Equal(tuned.Tunings, want) {
		t.Errorf("%+v, want %+v", tuned.Tunings, want)
	}
}

type tuning struct {
	Field string
	Value float64
	By    string
}

// part is a picture of a part with a hole at a place.
func part(t *testing.T, at int) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 240, 160))
	for i := range m.Pix {
		x, y := i%240, i/240
		if m.Pix[i] = byte(120 + x/8 + (x*7+y*13)%5); (x-at)*(x-at)+(y-80)*(y-80) < 400 {
			m.Pix[i] = 20
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestModelsAndNewRulesFromTheCentre sends a rule that the gateway does not have and pictures of another good part: both hold at once and
// after a kill, and are taken back when they cry wolf.
func TestModelsAndNewRulesFromTheCentre(t *testing.T) {
	l := startControlled(t)
	h := l.hq
	l.publish(50, 60)
	h.send("new-rules", `{"tag": "level", "name": "fast", "rule": {"rate": {"max": 100}}}`, "--candidates", "3")
	h.told("the new rule is on trial", func(o outcome) bool { return o.Trial == "running" && o.NewRules == 1 })
	l.publish(60, 10, 10)
	l.candidates("rate", 1)

	judged := func(result string, want float64) {
		t.Helper()
		eventually(t, 20*time.Second, "pictures are judged", func() error {
			if got := sum(l.metrics(), "edgelabel_inspections_total", fmt.Sprintf("result=%q", result)); got < want { // one that a kill met is judged again
				return fmt.Errorf("%.0f %s, want %.0f", got, result, want)
			}
			return nil
		})
	}
	show := func(name string, at int) {
		t.Helper()
		if err := l.push(name, append(part(t, at), name...)); err != nil {
			t.Fatal(err)
		}
	}
	show("a.png", 60)
	judged("good", 1)
	show("b.png", 180)
	judged("suspect", 1)
	next := filepath.Join(h.dir, "next")
	if err := os.Mkdir(next, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(next, "right.png"), string(part(t, 180)))
	h.show("push", next, "--candidates", "2")
	h.told("the pictures are on trial", func(o outcome) bool { return o.Trial == "running" && slices.Equal(o.Models, []string{"push"}) })
	show("c.png", 180)
	judged("good", 2)

	l.stop(syscall.SIGKILL)
	l.start()
	l.up("broker", 30*time.Second)
	show("d.png", 180)
	judged("good", 1)
	l.publish(10, 60, 60)
	l.candidates("rate", 1)
	for i := range 3 {
		show(fmt.Sprintf("e%d.png", i), 60+i)
	}
	h.told("the pictures are rolled back", func(o outcome) bool {
		return o.Trial == "rolled_back" && strings.Contains(o.Why, "3 candidates, at most 2")
	})
	show("f.png", 60)
	judged("good", 2)
	l.publish(10, 10, 60, 60, 10, 10, 60, 60)
	h.version = 1
	h.told("the new rule is rolled back", func(o outcome) bool {
		return o.Trial == "rolled_back" && strings.Contains(o.Why, "candidates, at most 3")
	})
	var rules struct{ Rules []struct{ Name string } }
	if err := signIn(t, l.url, "chief", "chief-password").get("/api/v1/rules", &rules); err != nil || len(rules.Rules) != 1 {
		t.Errorf("%+v, %v", rules, err)
	}
}
