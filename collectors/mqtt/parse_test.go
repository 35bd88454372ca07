package mqtt_test

import (
	"strings"
	"testing"

	"edgelabel/collectors/mqtt"
)

func TestFilterMatches(t *testing.T) {
	for _, c := range []struct {
		filter, topic string
		want          bool
	}{
		{"a/b", "a/b", true}, {"a/b", "a/c", false}, {"a/b", "a", false}, {"a", "a/b", false},
		{"a/+", "a/b", true}, {"a/+", "a", false}, {"a/+", "a/", true}, {"+/b", "a/b", true}, {"+", "a/b", false},
		{"a/#", "a", true}, {"a/#", "a/b/c", true}, {"#", "a/b", true}, {"#", "$SYS/x", false}, {"+/x", "$SYS/x", false},
		{"$SYS/#", "$SYS/x", true}, {"a/{x}/c", "a/b/c", true}, {"$share/g/a/+", "a/b", true},
	} {
		f, err := mqtt.ParseFilter(c.filter)
		if err != nil {
			t.Fatal(err)
		}
		if got := mqtt.Match(f, strings.Split(c.topic, "/")); got != c.want {
			t.Errorf("%s matches %s: %v", c.filter, c.topic, got)
		}
	}
}

func TestFilterRefuses(t *testing.T) {
	for _, s := range []string{"", "a/#/b", "a+", "a/b#", "{a}/{a}", "{1}/b", "{}/b", "x{a}", "a\x00", "\xff", strings.Repeat("a", 70000)} {
		if _, err := mqtt.ParseFilter(s); err == nil {
			t.Errorf("%.20q accepted", s)
		}
	}
}

func TestPathRefuses(t *testing.T) {
	for _, s := range []string{".", "a.", "a..b", "a[", "a[x]", "a[-1]", "a[1", `a["b`, `a["b"`, "a]", "a[1]b", "a[99999999999]"} {
		if _, err := mqtt.ParsePath(s); err == nil {
			t.Errorf("%q accepted", s)
		}
	}
}

func FuzzFilter(f *testing.F) {
	f.Add("plant/{line}/+/#", "plant/l1/x/y/z")
	f.Add("$share/g/#", "$SYS/a")
	f.Fuzz(func(t *testing.T, filter, topic string) {
		p, err := mqtt.ParseFilter(filter)
		if err != nil {
			return
		}
		plain, err := mqtt.ParseFilter(p.String())
		if err != nil {
			t.Fatalf("%q becomes %q: %v", filter, p.String(), err)
		}
		levels := strings.Split(topic, "/")
		if mqtt.Match(p, levels) != mqtt.Match(plain, levels) {
			t.Errorf("%q and %q differ on %q", filter, p.String(), topic)
		}
	})
}

func FuzzTemplate(f *testing.F) {
	f.Add("{line}.{2}", "plant/{line}/+", "plant/l1/force")
	f.Add("a{0}b{", "x", "y")
	f.Fuzz(func(t *testing.T, text, filter, topic string) {
		p, err := mqtt.ParseFilter(filter)
		if err != nil {
			return
		}
		tmpl, err := mqtt.ParseTemplate(text, mqtt.Names(p))
		if err != nil {
			return
		}
		if got, ok := mqtt.Expand(tmpl, strings.Split(topic, "/")); ok && !strings.Contains(text, "{") && got != text {
			t.Errorf("%q without levels expands to %q", text, got)
		}
	})
}

func FuzzPath(f *testing.F) {
	f.Add(`$.a["b.c"][0].d`, `{"a":{"b.c":[{"d":1}]}}`)
	f.Add("", "[]")
	f.Fuzz(func(t *testing.T, path, doc string) {
		p, err := mqtt.ParsePath(path)
		if err != nil {
			return
		}
		root, err := mqtt.ParseJSON([]byte(doc))
		if err != nil {
			return
		}
		if _, ok := p.Walk(root); !ok && len(p) == 0 {
			t.Errorf("the empty path leads nowhere in %q", doc)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, payload := range []string{"1", "NaN", "0x1p-2", `{"v":1,"t":1e3,"q":-1}`, `{"meta":{"ts":5},"d":{}}`, "[1,2]", "\xff\xd8\xff"} {
		for _, topic := range []string{"raw/l1/force", "json/l1/force", "many/l1", "bare/wave", "cam/1/image"} {
			f.Add(topic, []byte(payload), false)
		}
	}
	c := newCollector(f, config(plant...))
	f.Fuzz(func(t *testing.T, topic string, payload []byte, retained bool) {
		samples, picture, reasons, texts := mqtt.Decode(c, topic, payload, retained)
		if len(samples) == 0 && picture == nil && len(reasons) == 0 && !strings.HasPrefix(topic, "many/") {
			t.Error("a message vanished")
		}
		for _, s := range samples {
			if k, known := kindOf(s.Tag); !known || s.Receive != 7 || s.Source < 0 || len(s.Wave) > 0 && k != "wave" {
				t.Errorf("sample %+v", s)
			}
		}
		for _, text := range texts {
			if len(text) > 600 {
				t.Errorf("%d bytes of explanation", len(text))
			}
		}
	})
}
