package control_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/control"
	"edgelabel/agent/label"
	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

func (s *site) taxonomy() label.Taxonomy {
	s.t.Helper()
	tax, err := s.store.Taxonomy(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return tax
}

func TestTaxonomyThatDropsAClassInUse(t *testing.T) {
	for name, c := range map[string]struct {
		proposes string
		left     []label.Class
		why      string
	}{
		"labelled":  {"", classes[1:], `drops class "scratch", which item ` + itemA},
		"proposed":  {"scratch", classes[1:], "which the configuration of a camera proposes"},
		"kept":      {"scratch", classes, ""},
		"not there": {"hole", classes, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.proposes = c.proposes
			s.restart()
			s.send("centre", key('a'), control.Bundle{Version: 1, Change: classed(c.left)})
			s.rounds()
			if o := s.report("00001"); (c.why == "") != (o.Why == "") || !strings.Contains(o.Why, c.why) {
				t.Errorf("%+v, want %q", o, c.why)
			}
			if tax := s.taxonomy(); len(tax.Classes) == 0 || tax.Classes[0].ID != "scratch" {
				t.Errorf("%+v", s.taxonomy())
			}
		})
	}
}

// A taxonomy that people's labels do not fit goes; what they made with it meanwhile stays readable, and so does a newer task.
func TestTaxonomyIsRolledBack(t *testing.T) {
	s := newSite(t)
	s.send("centre", key('a'), control.Bundle{Version: 1, Change: classed(append(classes, label.Class{ID: "pit", Name: label.Text{ZH: "坑", EN: "Pit"}}))})
	s.rounds()
	if o := s.report("00001"); o.Trial != control.Running || o.Tax != 2 {
		t.Fatalf("%+v", o)
	}
	d := label.Draft{Verdict: label.NotOK, Classes: []string{"dent"}}
	if _, err := s.store.AddLabel(t.Context(), itemB, d, label.Person{ID: "li", Role: "labeler"}, "k2"); err != nil {
		t.Fatal(err)
	}
	task := label.Text{ZH: "标出凹坑。", EN: "Mark dents."}
	s.send("centre", key('a'), control.Bundle{Version: 2, Task: &task})
	s.rounds()
	s.rules.pulse.Refused = control.DefaultRefused + 1
	s.rounds()
	if o := s.report("00001"); o.Trial != control.RolledBack || !strings.Contains(o.Why, "11 labels did not fit") {
		t.Errorf("%+v", o)
	}
	tax := s.taxonomy()
	dent, used := tax.Class("dent")
	if _, there := tax.Class("pit"); there || !used || !dent.Retired || tax.Task != task {
		t.Errorf("%+v", tax)
	}
}

// What an admin changed during the trial stays.
func TestTaxonomyOfTheFloorStays(t *testing.T) {
	s := newSite(t)
	s.send("centre", key('a'), control.Bundle{Version: 1, Change: classed(classes)})
	s.rounds()
	mine := s.taxonomy()
	mine.Classes = append(mine.Classes, label.Class{ID: "stain", Name: label.Text{ZH: "污渍", EN: "Stain"}})
	if _, err := s.store.PutTaxonomy(t.Context(), mine, "chief"); err != nil {
		t.Fatal(err)
	}
	s.rules.pulse.Refused = 100
	s.rounds()
	s.holds(0, "00001", control.RolledBack, "100 labels")
	if tax := s.taxonomy(); len(tax.Classes) != 3 || tax.By != "chief" {
		t.Errorf("%+v", tax)
	}
}

// Trials of different things run beside each other.
func TestTrialsBesideEachOther(t *testing.T) {
	s := newSite(t)
	s.rules.h = 480
	s.send("centre", key('a'), control.Bundle{Version: 1, Change: classed(classes)})
	s.send("centre", key('a'), control.Bundle{Version: 2, Change: control.Change{Rules: raised}, Trial: &control.Trial{Candidates: 5}})
	s.rounds()
	s.holds(500, "00001", control.Running, "")
	s.rules.pulse.Candidates = 6
	s.rounds()
	s.holds(480, "00002", control.RolledBack, "6 candidates")
	s.holds(480, "00001", control.Running, "")
	if len(s.taxonomy().Classes) != 2 {
		t.Errorf("%+v", s.taxonomy())
	}
}

const camera = "cam1"

// picture is a file of a model, and its content.
func picture(name, content string) control.File {
	sum := sha256.Sum256([]byte(content))
	return control.File{Name: name, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content))}
}

func pictures(files ...control.File) control.Change {
	return control.Change{Models: []control.Model{{Camera: camera, Kind: control.References, Files: files}}}
}

func TestModelIsTriedAndRolledBack(t *testing.T) {
	s := newSite(t)
	dir := filepath.Join(t.TempDir(), "good")
	if err := os.MkdirAll(filepath.Join(dir, camera), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, camera, "a.png"), []byte("golden"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := control.Bundle{Version: 1, Change: pictures(picture("a.png", "golden"))}
	if err := control.PublishFiles(t.Context(), s.bucket, &b, dir); err != nil {
		t.Fatal(err)
	}
	s.send("centre", key('a'), b)
	s.rounds()
	if o := s.report("00001"); o.Trial != control.Running || len(o.Models) != 1 || s.rules.good != "a.png" || s.rules.staged["a.png"] != "golden" {
		t.Errorf("%+v %+v", o, s.rules)
	}
	s.rules.pulse.Candidates = control.DefaultCandidates + 1
	s.rounds()
	if o := s.report("00001"); o.Trial != control.RolledBack || !strings.Contains(o.Why, "101 candidates") || s.rules.good != "" {
		t.Errorf("%+v %+v", o, s.rules)
	}

	b = control.Bundle{Version: 2, Change: pictures(picture("a.png", "changed"))}
	if err := control.PublishFiles(t.Context(), s.bucket, &b, dir); err == nil {
		t.Error("a file that was changed since is published")
	}
	s.send("centre", key('a'), b)
	s.rounds()
	s.holds(0, "00002", "", "a.png is not at the centre")
}

// A model in a file and the good pictures of the same camera are tried beside each other: each has its own counters.
func TestModelThatEndsItsProgramIsRolledBack(t *testing.T) {
	s := newSite(t)
	file := picture("defects.onnx", "layers")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, file.Name), []byte("layers"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := control.Bundle{Version: 1, Change: control.Change{Models: []control.Model{
		{Camera: camera, Kind: control.ONNX, Files: []control.File{file}, Settings: &control.ModelSettings{Threshold: .4}},
	}}}
	if err := control.PublishFiles(t.Context(), s.bucket, &b, dir); err != nil {
		t.Fatal(err)
	}
	s.send("centre", key('a'), b)
	s.rounds()
	s.send("centre", key('a'), control.Bundle{Version: 2, Change: pictures()})
	s.rounds()
	s.rules.pulse.Ended = control.DefaultEnded
	s.rounds()
	s.holds(0, "00001", control.Running, "")
	s.restart()
	s.rules.pulse.Ended = 1 // of this run of the program
	s.rounds()
	s.holds(0, "00001", control.RolledBack, "the program that runs the model ended 4 times, at most 3")
}

func TestModelsThatAreNone(t *testing.T) {
	good := picture("a.png", "golden")
	for name, m := range map[string]control.Model{
		"no camera":            {Kind: control.References, Files: []control.File{good}},
		"another kind":         {Camera: camera, Kind: "oracle", Files: []control.File{good}},
		"a folder":             {Camera: camera, Kind: control.References, Files: []control.File{picture("../a.png", "golden")}},
		"hidden":               {Camera: camera, Kind: control.References, Files: []control.File{picture(".a.png", "golden")}},
		"twice":                {Camera: camera, Kind: control.References, Files: []control.File{good, good}},
		"no hash":              {Camera: camera, Kind: control.References, Files: []control.File{{Name: "a.png", Size: 1}}},
		"empty file":           {Camera: camera, Kind: control.References, Files: []control.File{{Name: "a.png", SHA256: good.SHA256}}},
		"two models":           {Camera: camera, Kind: control.ONNX, Files: []control.File{good, picture("b.onnx", "layers")}},
		"settings of pictures": {Camera: camera, Kind: control.References, Files: []control.File{good}, Settings: &control.ModelSettings{Threshold: .5}},
		"settings of nothing":  {Camera: camera, Kind: control.ONNX, Settings: &control.ModelSettings{Threshold: .5}},
		"no share":             {Camera: camera, Kind: control.ONNX, Files: []control.File{good}, Settings: &control.ModelSettings{Threshold: 2}},
		"half a class":         {Camera: camera, Kind: control.ONNX, Files: []control.File{good}, Settings: &control.ModelSettings{Classes: []control.ModelClass{{Type: "dent"}}}},
		"a large one":          {Camera: camera, Kind: control.ONNX, Files: []control.File{{Name: "a.onnx", SHA256: good.SHA256, Size: control.MaxModelSize + 1}}},
		"too large":            {Camera: camera, Kind: control.References, Files: []control.File{{Name: "a.png", SHA256: good.SHA256, Size: control.MaxModelSize + 1}}},
	} {
		b := control.Bundle{Version: 1, NotAfter: 1, Change: control.Change{Models: []control.Model{m}}}
		if _, err := control.Seal(b, key('a')); err == nil {
			t.Errorf("%s: sealed", name)
		}
	}
}

// The file of a program that tried rules alone, one bundle at a time, is read as it stands.
func TestTrialOfAnEarlierProgram(t *testing.T) {
	s := newSite(t)
	s.rules.h = 500
	until := time.Now().Add(time.Hour).UnixNano()
	file := fmt.Sprintf(`{"applied":{"centre":1},"outcomes":[],"trial":{"sender":"centre","bundle":1,"key":%q,"until":%d,"bounds":{"candidates":20,"errors":100},
		"rules":[{"rule":%q,"values":{"h":500}}],"was":[{"rule":%q,"values":{"h":480}}],"starts":0,"past":{"candidates":7,"errors":0}}}`,
		uplink.ControlKey("", "centre", 1), until, force, force)
	if err := os.WriteFile(filepath.Join(s.dir, "control.json"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	s.restart()
	s.rules.pulse.Candidates = 14
	s.rounds()
	s.holds(480, "00001", control.RolledBack, "21 candidates")
	if b, err := os.ReadFile(filepath.Join(s.dir, "control.json")); err != nil || strings.Contains(string(b), `"trial":{`) {
		t.Errorf("%s, %v", b, err)
	}
}

// Settings that end the program while they are set are given up.
func TestChangeThatEndsTheProgram(t *testing.T) {
	s := newSite(t)
	s.rules.h, s.rules.fails = 480, fmt.Errorf("power cut")
	s.send("centre", key('a'), control.Bundle{Version: 1, Change: control.Change{Rules: raised}})
	s.rounds()
	for range 4 {
		s.restart()
	}
	s.rules.fails = nil
	s.rounds()
	s.holds(480, "00001", control.RolledBack, "began anew 4 times")
	if len(uplinktest.Read(t, s.bucket, uplink.ControlReport("gw-1"))) == 0 {
		t.Error("nothing is reported")
	}
}
