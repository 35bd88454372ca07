package centre_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgelabel/agent/centre"
	"edgelabel/agent/config"
	"edgelabel/agent/control"
	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
	"edgelabel/agent/vision/beside"
	"edgelabel/ui"
)

// gateway has one tag with one rule, and one camera that is judged.
type gateway struct {
	t      *testing.T
	dir    string
	rules  map[string]bool
	learnt []string // folders of pictures, the newest last
	works  *centre.Works
}

const camera = "top/1"

func newGateway(t *testing.T) *gateway {
	g := &gateway{t: t, dir: t.TempDir(), rules: map[string]bool{"level.limit": true}}
	g.start()
	return g
}

// start opens what the centre gave as the program does.
func (g *gateway) start() {
	g.t.Helper()
	added, err := centre.OpenNewRules(g.dir, []config.Tag{{ID: "level", Kind: "number"}, {ID: "speed", Kind: "number"}})
	if err != nil {
		g.t.Fatal(err)
	}
	shown, err := centre.OpenModels(g.dir, control.References)
	if err != nil {
		g.t.Fatal(err)
	}
	files, err := centre.OpenModels(g.dir, control.ONNX)
	if err != nil {
		g.t.Fatal(err)
	}
	now := func() int64 { return 7 }
	added.Rules, added.Line, added.Now = g, g, now
	shown.Judge, shown.Try, shown.Now = g, g.try, now
	files.Judge, files.Try, files.Now, files.Ended = g, g.try, now, func(string) uint64 { return 6 }
	g.works = &centre.Works{Settings: &centre.Settings{Rules: g, Now: now}, NewRules: added, References: shown, ONNX: files, Taxonomy: taxonomy,
		Failures: func() uint64 { return 3 }, Refused: func() uint64 { return 5 }}
	g.t.Cleanup(func() {
		if err := errors.Join(added.Close(), shown.Close(), files.Close()); err != nil {
			g.t.Error(err)
		}
	})
}

func (g *gateway) Rules() (all []ui.Rule) {
	for name := range g.rules {
		all = append(all, ui.Rule{Name: name, Candidates: 2})
	}
	return all
}

func (g *gateway) Serve(context.Context, label.Person, string, ui.Service) error { return nil }

func (g *gateway) Add(_ context.Context, _ string, r detect.Rule) error {
	g.rules[r.Name] = true
	return nil
}

func (g *gateway) Drop(_ context.Context, rule string) error {
	if !g.rules[rule] {
		return label.ErrNotFound
	}
	delete(g.rules, rule)
	return nil
}

func (g *gateway) Stats() map[string]beside.Stats {
	return map[string]beside.Stats{camera: {Suspect: 4, Failed: 1}}
}

func (g *gateway) Renew(_ context.Context, of string) error {
	g.learnt = append(g.learnt, g.holds())
	return nil
}

// holds is the folder with the good pictures.
func (g *gateway) holds() string {
	_, dir := g.works.References.Held(camera)
	return dir
}

func taxonomy(context.Context) (label.Taxonomy, error) {
	return label.Taxonomy{Classes: []label.Class{{ID: "dent"}}}, nil
}

func (g *gateway) try(_ context.Context, m control.Model, dir string) error {
	b, err := os.ReadFile(filepath.Join(dir, m.Files[0].Name))
	if err == nil && string(b) == "noise" {
		err = errors.New("all alike")
	}
	return err
}

func (g *gateway) set(c control.Change) control.Change {
	g.t.Helper()
	was, err := g.works.Before(g.t.Context(), c)
	if err != nil {
		g.t.Fatal(err)
	}
	for range 2 { // a power cut has it done again
		if err := g.works.Set(g.t.Context(), "hq", "why", c); err != nil {
			g.t.Fatal(err)
		}
	}
	return was
}

func added(name, rule string) control.Change {
	return control.Change{NewRules: []control.NewRule{{Tag: "level", Name: name, Rule: json.RawMessage(rule)}}}
}

func (g *gateway) extended() (names []string) {
	all := []pipeline.Tag{{Tag: series.Tag{ID: "level", Kind: series.Number}, Rules: []detect.Rule{}}}
	g.works.NewRules.Extend(all, slog.New(slog.DiscardHandler))
	for _, r := range all[0].Rules {
		names = append(names, fmt.Sprint(r.Name, " ", r.Kind))
	}
	return names
}

func TestNewRules(t *testing.T) {
	g := newGateway(t)
	was := g.set(added("burst", `{"rate": {"max": 5}, "severity": 700}`))
	if !g.rules["level.burst"] {
		t.Fatalf("%+v", g.rules)
	}
	if p := g.works.Pulse(added("burst", "")); p != (control.Pulse{Candidates: 2, Errors: 3, Refused: 5}) {
		t.Errorf("%+v", p)
	}
	g.start()
	if got := g.extended(); len(got) != 1 || got[0] != "level.burst rate" {
		t.Errorf("after a restart: %v", got)
	}
	next := g.set(added("burst", `{"limit": {"h": 9}}`))
	if got := g.extended(); len(got) != 1 || got[0] != "level.burst limit" {
		t.Errorf("the same name again: %v", got)
	}
	for _, back := range []control.Change{next, was} {
		if err := g.works.Restore(t.Context(), "hq", "rolled back", back); err != nil {
			t.Fatal(err)
		}
	}
	if got := g.extended(); len(got) != 0 || g.rules["level.burst"] {
		t.Errorf("%v %v", got, g.rules)
	}
}

// What another sender changed since stays as it is.
func TestRestoreLeavesWhatOthersSaid(t *testing.T) {
	g := newGateway(t)
	was := g.set(added("burst", `{"rate": {"max": 5}}`))
	if err := g.works.Set(t.Context(), "oem", "", added("burst", `{"rate": {"max": 6}}`)); err != nil {
		t.Fatal(err)
	}
	if err := g.works.Restore(t.Context(), "hq", "", was); err != nil || !g.rules["level.burst"] {
		t.Errorf("%v %v", err, g.rules)
	}
}

func TestNewRulesThatDoNotFit(t *testing.T) {
	g := newGateway(t)
	for name, c := range map[string]struct {
		change control.Change
		want   error
		says   string
	}{
		"the configuration's own": {added("limit", `{"limit": {"h": 9}}`), label.ErrInvalid, "its settings can be sent"},
		"nothing to take back":    {added("burst", ""), label.ErrNotFound, "level.burst"},
		"an unknown key":          {added("burst", `{"limit": {"hhh": 9}}`), label.ErrInvalid, "hhh"},
		"two kinds":               {added("burst", `{"limit": {"h": 9}, "rate": {"max": 5}}`), label.ErrInvalid, "exactly one"},
		"limits in a wrong order": {added("burst", `{"limit": {"h": 9, "hh": 8}}`), label.ErrInvalid, "hh"},
		"a formula over nothing":  {added("burst", `{"expression": {"of": "tag(\"gone\") > 1"}}`), label.ErrInvalid, "gone"},
		"no such tag":             {control.Change{NewRules: []control.NewRule{{Tag: "gone", Name: "x", Rule: json.RawMessage(`{"limit":{"h":9}}`)}}}, label.ErrInvalid, "gone"},
	} {
		if _, err := g.works.Before(t.Context(), c.change); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// centreFiles is what lies at the centre, by hash.
type centreFiles map[string]string

func (c centreFiles) model(contents ...string) control.Model {
	m := control.Model{Camera: camera, Kind: control.References}
	for i, content := range contents {
		sum := sha256.Sum256([]byte(content))
		f := control.File{Name: string(rune('a'+i)) + ".png", SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content))}
		c[f.SHA256] = content
		m.Files = append(m.Files, f)
	}
	return m
}

func (c centreFiles) open(_ context.Context, f control.File) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader([]byte(c[f.SHA256]))), nil
}

func (g *gateway) show(c centreFiles, m control.Model) control.Change {
	g.t.Helper()
	if err := g.works.Stage(g.t.Context(), m, c.open); err != nil {
		g.t.Fatal(err)
	}
	return g.set(control.Change{Models: []control.Model{m}})
}

func TestReferences(t *testing.T) {
	g, at := newGateway(t), centreFiles{}
	first := at.model("golden", "another")
	was := g.show(at, first)
	dir := g.holds()
	if b, err := os.ReadFile(filepath.Join(dir, "b.png")); err != nil || string(b) != "another" || g.learnt[len(g.learnt)-1] != dir {
		t.Fatalf("%s %v %v", b, err, g.learnt)
	}
	if p := g.works.Pulse(control.Change{Models: []control.Model{first}}); p.Candidates != 4 || p.Errors != 4 {
		t.Errorf("%+v", p)
	}
	g.start()
	if g.holds() != dir {
		t.Error("forgotten with a restart")
	}
	second := g.show(at, at.model("new part"))
	if err := g.works.Restore(t.Context(), "hq", "rolled back", second); err != nil || g.holds() != dir {
		t.Errorf("%v: %s, want %s", err, g.holds(), dir)
	}
	for i := range 5 {
		g.show(at, at.model(fmt.Sprint("part ", i)))
	}
	kept, err := os.ReadDir(filepath.Dir(dir))
	if err != nil || len(kept) > 3 {
		t.Errorf("%d folders are kept, %v", len(kept), err)
	}
	if was.Models[0].Files != nil {
		t.Errorf("%+v", was)
	}
	g.set(was)
	if dir := g.holds(); dir != "" {
		t.Errorf("%s instead of the configuration's", dir)
	}
}

func TestReferencesThatDoNotFit(t *testing.T) {
	g, at := newGateway(t), centreFiles{}
	other := at.model("golden")
	other.Camera = "gone"
	forged := at.model("golden")
	forged.Files[0].SHA256 = strings.Repeat("0", 64)
	at[forged.Files[0].SHA256] = "silver"
	long := at.model("golden")
	at[long.Files[0].SHA256] = "golden and more"
	for name, c := range map[string]struct {
		model control.Model
		want  error
	}{
		"a camera that is not judged": {other, label.ErrNotFound},
		"another content":             {forged, control.ErrFile},
		"a longer file":               {long, control.ErrFile},
		"what cannot be learnt":       {at.model("noise"), label.ErrInvalid},
	} {
		if err := g.works.Stage(t.Context(), c.model, at.open); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if g.holds() != "" {
		t.Error("something holds")
	}
}
