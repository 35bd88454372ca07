package config_test

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"edgelabel/agent/config"
	"edgelabel/configs"
)

func TestReferenceParsesAndShowsEveryKey(t *testing.T) {
	t.Setenv("EDGELABEL_CAM4_PASSWORD", "4")
	t.Setenv("EDGELABEL_MQTT_PASSWORD", "m")
	t.Setenv("EDGELABEL_OPCUA_PASSWORD", "o")
	t.Setenv("EDGELABEL_CAM3_PASSWORD", "c")
	t.Setenv("EDGELABEL_RESULTS_PASSWORD", "r")
	t.Setenv("EDGELABEL_MODEL_TOKEN", "m")
	text := string(configs.Reference)
	text = strings.ReplaceAll(text, "file:/etc/edgelabel/s3-access-key", "a")
	text = strings.ReplaceAll(text, "file:/etc/edgelabel/s3-secret-key", "b")
	text = strings.ReplaceAll(text, "file:/etc/edgelabel/db-password", "d")
	cfg, err := config.Parse("edgelabel.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := cfg.OPCUA[0].Password.Reveal(); got != "o" {
		t.Errorf("password from the environment: %q", got)
	}
	for _, key := range keys(reflect.TypeFor[config.Config](), nil) {
		if !regexp.MustCompile(`(?m)(^|[\s{,-])` + regexp.QuoteMeta(key) + `:`).MatchString(text) {
			t.Errorf("configs/edgelabel.yaml does not show the key %s", key)
		}
	}
}

func keys(t reflect.Type, seen []string) []string {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return seen
	}
	for i := range t.NumField() {
		if key := t.Field(i).Tag.Get("yaml"); key != "" {
			seen = keys(t.Field(i).Type, append(seen, key))
		}
	}
	return seen
}

func TestReferenceDefaultsAreTheDefaults(t *testing.T) {
	empty, err := config.Parse("empty.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	empty.Gateway.ID = ""
	if want := config.Default(); !reflect.DeepEqual(empty, want) {
		t.Errorf("an empty file gives %+v, want %+v", empty, want)
	}
	text := string(configs.Reference)
	for line, value := range map[string]any{
		"session": empty.Web.Session, "listen": empty.Web.Listen, "level": empty.Log.Level, "format": empty.Log.Format,
	} {
		want := strings.TrimSuffix(strings.TrimSuffix(fmt.Sprint(value), "0s"), "0m")
		if !regexp.MustCompile(line + `: ` + regexp.QuoteMeta(want) + `\s+# default`).MatchString(text) {
			t.Errorf("configs/edgelabel.yaml: %s does not show its default %v", line, value)
		}
	}
}

func TestBrokenConfigurations(t *testing.T) {
	for name, c := range map[string]struct{ yaml, want string }{
		"unknown key":      {"gateway:\n  idd: a\n", "x.yaml:2:3: gateway.idd: unknown key; want one of area, id, line, simulated, site"},
		"wrong type":       {"opcua: 7\n", "x.yaml:1:8: opcua: want a list, got \"7\""},
		"bad duration":     {"web:\n  session: 5 parsecs\n", "x.yaml:2:12: web.session: \"5 parsecs\" is not a duration"},
		"bad size":         {"data:\n  images: many\n", "x.yaml:2:11: data.images: \"many\" is not a size"},
		"limits crossed":   {"tags:\n  - id: a\n    rules:\n      - limit: {h: 5, hh: 4}\n", "x.yaml:4:27: tags[0].rules[0].limit.hh: 4 is not above h 5"},
		"novelty":          {"tags:\n  - id: a\n    rules:\n      - novelty: {learn: 3}\n", "x.yaml:4:26: tags[0].rules[0].novelty.learn: 3: want 16 to"},
		"budget of none":   {"assets:\n  - id: m\n    budget: {}\n", "x.yaml:3:13: assets[0].budget.candidates: 0, want more than 0"},
		"budget of a wink": {"assets:\n  - id: m\n    budget: {candidates: 3, per: 1s}\n", "assets[0].budget.per: 1s, want 1m0s to 744h0m0s"},
		"together alone":   {"assets:\n  - id: m\n    multivariate: {}\ntags: [{id: a, asset: m}]\n", "x.yaml:3:19: assets[0].multivariate: the asset has 1 signals with numbers"},
		"formula":          {"tags:\n  - id: a\n    rules:\n      - expression: {of: 'a > gone'}\n", "x.yaml:4:31: tags[0].rules[0].expression.of: \"a > gone\": no tag \"gone\""},
		"condition":        {"tags:\n  - id: a\n    rules:\n      - {stuck: {for: 1s}, when: a + 1}\n", "x.yaml:4:34: tags[0].rules[0].when: \"a + 1\" is a number"},
		"formula in lines": {"tags:\n  - id: a\n    rules:\n      - expression:\n          of: |\n            a >\n", "x.yaml:5:15: tags[0].rules[0].expression.of: \"a >\\n\": line"},
		"number, no limit": {"tags:\n  - id: a\n    rules:\n      - expression: {of: a * 2}\n", "want at least one of ll, l, h and hh"},
		"setpoint":         {"tags:\n  - id: a\n    rules:\n      - deviation: {from: b, h: 1}\n", "x.yaml:4:27: tags[0].rules[0].deviation.from: \"b\": want the tag"},
		"deviation":        {"tags:\n  - {id: b}\n  - id: a\n    rules:\n      - deviation: {from: b, h: -1}\n", "x.yaml:5:33: tags[1].rules[0].deviation.h: -1, want low"},
		"chart":            {"tags:\n  - id: a\n    rules:\n      - spc: {rules: [9]}\n", "tags[0].rules[0].spc.rules: 9, want numbers from 1 to 8"},
		"wrong unit":       {"tags:\n  - {id: a, kind: wave, rate: 12800, unit: kN, vibration: {}}\n", "x.yaml:2:59: tags[0].vibration: unit: \"kN\" is no acceleration"},
		"zones too slow":   {"tags:\n  - {id: a, kind: wave, rate: 100, unit: g, vibration: {zones: {bc: 1, cd: 2}}}\n", "takes a rate of 2560 points"},
		"no speed":         {"tags:\n  - {id: a, kind: wave, rate: 100, unit: g, vibration: {speed: b}}\n", "want the tag of the shaft's speed"},
		"two rules in one": {"tags:\n  - id: a\n    rules:\n      - limit: {h: 5}\n        stuck: {for: 1s}\n", "x.yaml:4:9: tags[0].rules[0]: want exactly one of"},
		"doubled name":     {"tags: [{id: a}, {id: a}]\n", "x.yaml:1:22: tags[1].id: tag \"a\" is already at tags[0].id"},
		"dangling name":    {"tags: [{id: a, asset: m}]\n", "x.yaml:1:23: tags[0].asset: no asset is called \"m\""},
		"missing secret":   {"web: {ingest: {token: \"${EDGELABEL_NOT_SET}\"}}\n", "x.yaml:1:23: web.ingest.token: environment variable EDGELABEL_NOT_SET is not set"},
		"syntax":           {"gateway:\n\tid: a\n", "x.yaml:2:1: line 2: found character that cannot start any token"},
		"path and node":    {"opcua: [{name: p, endpoint: opc.tcp://h:1, nodes: [{tag: a, node: i=1, path: A/B}]}]\ntags: [{id: a}, {id: t, kind: text}]\n", "opcua[0].nodes[0]: want either node or path"},
		"glob for one tag": {"opcua: [{name: p, endpoint: opc.tcp://h:1, nodes: [{tag: a, path: A/*}]}]\ntags: [{id: a}, {id: t, kind: text}]\n", "opcua[0].nodes[0].tag: a path with *, ? or [ ] may match several nodes"},
		"unknown group":    {"opcua: [{name: p, endpoint: opc.tcp://h:1, nodes: [{tag: a, node: i=1, group: slow}]}]\ntags: [{id: a}, {id: t, kind: text}]\n", "slow"},
		"two deadbands":    {"opcua: [{name: p, endpoint: opc.tcp://h:1, groups: [{name: g, deadband: 1, deadband_percent: 2}], nodes: [{tag: a, node: i=1}]}]\ntags: [{id: a}, {id: t, kind: text}]\n", "opcua[0].groups[0]: want either deadband or deadband_percent"},
		"polled deadband":  {"opcua: [{name: p, endpoint: opc.tcp://h:1, groups: [{name: g, deadband: 1, poll: 1s}], nodes: [{tag: a, node: i=1}]}]\ntags: [{id: a}, {id: t, kind: text}]\n", "deadbands and discard need a subscription"},
		"event of text":    {"opcua: [{name: p, endpoint: opc.tcp://h:1, events: [{tag: t}]}]\ntags: [{id: a}, {id: t, kind: text}]\n", "opcua[0].events[0].tag: tag t is text; a severity wants a number"},
		"no security":      {"opcua: [{name: p, endpoint: opc.tcp://h:1, security: {mode: None}, nodes: [{tag: a, node: ns=1;s=a}]}]\ntags: [{id: a}]\n", "x.yaml:1:54: opcua[0].security: a connection without security wants allow_insecure: true"},
		"doubled key":      {"log: {level: info, level: warn}\n", "x.yaml:1:20: log.level: the key is there twice"},
		"two documents":    {"log: {}\n---\nlog: {}\n", "x.yaml:1:1: more than one YAML document"},
		"topic filter":     {"mqtt: [{name: b, url: \"tcp://h:1\", topics: [{filter: a/#/b, tag: t}]}]\ntags: [{id: t}]\n", "x.yaml:1:54: mqtt[0].topics[0].filter: \"a/#/b\": # stands only at the end"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Parse("x.yaml", []byte(c.yaml))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestEveryProblemAtOnceInOrder(t *testing.T) {
	_, err := config.Parse("x.yaml", []byte("log: {level: loud}\nweb:\n  listen: nowhere\n  colour: red\ndata: {series: 1B}\n"))
	var all config.Problems
	if !errors.As(err, &all) || len(all) != 4 {
		t.Fatalf("got %v, want four problems", err)
	}
	for i, line := range []int{1, 3, 4, 5} {
		if all[i].Line != line {
			t.Errorf("problem %d is at line %d, want %d: %v", i, all[i].Line, line, all[i])
		}
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	cfg, err := config.Parse("x.yaml", []byte("web: {ingest: {token: hunter2hunter2}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, cfg); strings.Contains(text, "hunter2") {
			t.Errorf("%s prints the secret: %s", format, text)
		}
	}
	if cfg.Web.Ingest.Token.Reveal() != "hunter2hunter2" {
		t.Error("the secret is lost")
	}
}

func TestTaxonomyParses(t *testing.T) {
	tax, err := config.ParseTaxonomy("taxonomy.yaml", configs.Taxonomy)
	if err != nil {
		t.Fatal(err)
	}
	if c, ok := tax.Class("scratch"); !ok || c.Name.ZH != "划痕" || c.Name.EN != "Scratch" || c.Limit != 3 {
		t.Errorf("scratch: %+v", c)
	}
	if _, err := config.ParseTaxonomy("t.yaml", []byte("classes: [{id: A b, name: {en: x}}]\n")); err == nil {
		t.Error("a malformed id and a missing name pass")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(configs.Reference)
	f.Add([]byte("tags: [{id: a, rules: [{limit: {h: 1e400}}]}]"))
	f.Add([]byte("a: &x [*x]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := config.Parse("f.yaml", data)
		var all config.Problems
		if err != nil && !errors.As(err, &all) {
			t.Fatalf("not a Problems: %v", err)
		}
	})
}
