package mqtt_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"edgelabel/agent/series"
	"edgelabel/collectors/mqtt"
)

func TestDecodeBatches(t *testing.T) {
	c := newCollector(t, config(plant...))
	for topic, payload := range map[string]string{
		"batch/l1":        `{"data":{"rows":[{"ts":1000,"v":1},{"ts":2000,"v":2}]}}`,
		"pairs/l1":        `[[1000,1],[2000,2]]`,
		"csv/l1":          "1000; 1\r\n2000;2\r\n",
		"table/l1":        "force,other\n1,x\n2,y\n",
		"shared/l1/force": "1",
	} {
		got, _, reasons, texts := mqtt.Decode(c, topic, []byte(payload), false)
		want := []series.Sample{{Tag: "l1.force", Source: 1e9, Receive: 7, Value: 1}, {Tag: "l1.force", Source: 2e9, Receive: 7, Value: 2}}
		switch topic {
		case "table/l1":
			want[0].Source, want[1].Source = 0, 0
		case "shared/l1/force":
			want = []series.Sample{{Tag: "l1.force", Receive: 7, Value: 1}}
		}
		if !slices.EqualFunc(got, want, func(a, b series.Sample) bool { return a.Same(b) && a.Receive == b.Receive }) || len(reasons) > 0 {
			t.Errorf("%s = %+v %v %v", topic, got, reasons, texts)
		}
	}
}

func TestDecodeBatchLosesOnlyWhatIsBroken(t *testing.T) {
	c := newCollector(t, config(plant...))
	for _, tc := range []struct {
		topic, payload, reason string
		samples                int
	}{
		{"batch/l1", `{"data":{"rows":[{"ts":1000,"v":1},{"ts":"noon","v":2},{"ts":3000,"v":"hot"},{"ts":4000,"v":4}]}}`, "time", 2},
		{"batch/l1", `{"data":{"rows":{}}}`, "path", 0},
		{"batch/l1", `{"data":{"rows":[]}}`, "", 0},
		{"csv/l1", "1000;1;B1\n2000;hot\n3000;3\n", "number", 3}, // force and batch of the first line, force of the third
		{"csv/l1", "1000;\"1\n", "csv", 0},
		{"table/l1", "force,other\n1\n", "csv", 0},
		{"table/l1", "other\n1\n", "path", 0},
	} {
		got, _, reasons, _ := mqtt.Decode(c, tc.topic, []byte(tc.payload), false)
		if len(got) != tc.samples || tc.reason == "" && len(reasons) > 0 || tc.reason != "" && (len(reasons) == 0 || reasons[0] != tc.reason) {
			t.Errorf("%s %q = %+v %v; want %d samples and %s", tc.topic, tc.payload, got, reasons, tc.samples, tc.reason)
		}
	}
}

func TestDecodeImageBesideItsMetadata(t *testing.T) {
	c := newCollector(t, config(plant...))
	data := []byte{0xff, 0xd8, 0xff, 0x01}
	message := func(image string) string {
		return fmt.Sprintf(`{"image":{"data":%q},"at":1700000000,"file":"C:\\out\\a.jpg","part":"P-9","recipe":12,"verdict":"NG"}`, image)
	}
	for _, image := range []string{base64.StdEncoding.EncodeToString(data), base64.RawStdEncoding.EncodeToString(data),
		"data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(data)} {
		_, p, reasons, _ := mqtt.Decode(c, "shot/P-1", []byte(message(image)), false)
		if p == nil || !bytes.Equal(p.Data, data) || p.Name != "a.jpg" || p.Part != "P-1" || p.Recipe != "12" || p.Result != "not_ok" || p.Taken != 1700000000e9 {
			t.Errorf("%+v %v", p, reasons)
		}
	}
	for payload, reason := range map[string]string{
		message("%%%"): "image", message(""): "image", message("data:image/png,x"): "image", `{"image":1}`: "path", `{`: "json",
		`{"image":{"data":"/9j/"},"at":1,"part":[]}`: "type", `{"image":{"data":"/9j/"}}`: "path",
	} {
		if _, p, reasons, _ := mqtt.Decode(c, "shot/P-1", []byte(payload), false); p != nil || len(reasons) != 1 || reasons[0] != reason {
			t.Errorf("%s = %+v %v; want %s", payload, p, reasons, reason)
		}
	}
}

// letters are the files of a dead-letter folder, oldest first: their first lines and payloads.
func letters(t *testing.T, dir string) (heads []map[string]any, payloads []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.msg"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		head, payload, _ := bytes.Cut(b, []byte("\n"))
		var h map[string]any
		if err := json.Unmarshal(head, &h); err != nil {
			t.Fatal(err)
		}
		heads, payloads = append(heads, h), append(payloads, string(payload))
	}
	return heads, payloads
}

func TestMessagesThatCannotBeDecodedAreKeptThenAcknowledged(t *testing.T) {
	b := newBroker(t)
	cfg := config(number)
	cfg.URL, cfg.DeadDir, cfg.DeadBytes = b.url(), filepath.Join(t.TempDir(), "dead"), 700
	r := newRunning(t, cfg)
	r.start()
	p := b.accept(false)
	p.publish(1, force, "scr\xffap\n1", flags{})
	p.publish(2, "raw/l9/nobody", "1", flags{}) // a matter of the configuration, not of the message
	p.acked(1, 2)
	heads, payloads := letters(t, cfg.DeadDir)
	if len(heads) != 1 || payloads[0] != "scr\xffap\n1" || heads[0]["topic"] != force || heads[0]["source"] != "press" {
		t.Fatalf("%v %q", heads, payloads)
	}
	if reasons := heads[0]["reasons"].([]any); len(reasons) != 1 || reasons[0] != "utf8" {
		t.Errorf("reasons %v", reasons)
	}
	for n := range uint16(5) {
		p.publish(n+3, force, fmt.Sprint("bad ", n), flags{})
		p.acked(n + 3)
	}
	_, payloads = letters(t, cfg.DeadDir)
	if len(payloads) == 0 || len(payloads) > 4 || payloads[len(payloads)-1] != "bad 4" {
		t.Errorf("the folder holds %q: want the newest that fit", payloads)
	}
	p.publish(20, force, "7", flags{})
	p.acked(20)
	r.has(7)
}

// TestTheOldestDeadLettersGoFirstWhateverTheClockSays sets the clock by a year in the middle of the letters.
func TestTheOldestDeadLettersGoFirstWhateverTheClockSays(t *testing.T) {
	for _, by := range []time.Duration{-8760 * time.Hour, 8760 * time.Hour} {
		b := newBroker(t)
		cfg := config(number)
		var shift atomic.Int64
		cfg.Now = func() time.Time { return time.Now().Add(time.Duration(shift.Load())) }
		cfg.URL, cfg.DeadDir, cfg.DeadBytes = b.url(), filepath.Join(t.TempDir(), "dead"), 700
		r := newRunning(t, cfg)
		r.start()
		p := b.accept(false)
		for n := range uint16(10) {
			if n == 7 {
				shift.Store(int64(by))
			}
			p.publish(n+1, force, fmt.Sprint("bad ", n), flags{})
			p.acked(n + 1)
		}
		_, payloads := letters(t, cfg.DeadDir)
		want := []string{"bad 6", "bad 7", "bad 8", "bad 9"}
		if n := len(payloads); n < 2 || n > len(want) || !slices.Equal(payloads, want[len(want)-n:]) {
			t.Errorf("set by %v, the folder holds %q: want the newest that fit", by, payloads)
		}
	}
}

func TestDeadLettersDoNotStandInTheWay(t *testing.T) {
	b := newBroker(t)
	cfg := config(number)
	occupied := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(occupied, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.URL, cfg.DeadDir = b.url(), filepath.Join(occupied, "dead")
	r := newRunning(t, cfg)
	r.start()
	p := b.accept(false)
	p.publish(1, force, "scrap", flags{})
	p.publish(2, force, "7", flags{})
	p.acked(1, 2)
	r.has(7)
}

func TestMutualTLS(t *testing.T) {
	m := newMosquitto(t)
	caKey, ca := m.certificate(t, "ca", nil, nil)
	m.certificate(t, "server", ca, caKey)
	m.certificate(t, "client", ca, caKey)
	m.certificate(t, "stranger", nil, nil)
	pem := func(name string) string { return filepath.Join(m.dir, name) }
	m.configure(t, "cafile "+pem("ca.pem"), "certfile "+pem("server.pem"), "keyfile "+pem("server.key"), "require_certificate true", "use_identity_as_username true", "allow_anonymous false")
	m.start(t)
	as := func(name string) *running {
		r := live(t, m, func(c *mqtt.Config) {
			c.URL = strings.Replace(m.url(), "tcp", "ssl", 1)
			c.TLS.CAFile = pem("ca.pem")
			if name != "" {
				c.TLS.CertFile, c.TLS.KeyFile = pem(name+".pem"), pem(name+".key")
			}
		})
		r.start()
		return r
	}
	for _, name := range []string{"", "stranger"} {
		if err := as(name).ended(); err == nil {
			t.Errorf("the broker let %q in", name)
		}
	}
	as("client").up()
}

func TestSharedSubscription(t *testing.T) {
	m := newMosquitto(t)
	m.start(t)
	var both []*running
	for _, id := range []string{"a", "b"} {
		r := live(t, m, func(c *mqtt.Config) {
			c.ClientID, c.Topics[0].Filter = id, "$share/floor/raw/{line}/{signal}"
		})
		r.start()
		r.up()
		both = append(both, r)
	}
	publish := m.publisher(t, nil)
	for n := range 20 {
		publish(force, fmt.Sprint(n))
	}
	both[0].eventually("each message goes to one of the two", func() bool {
		all := append(both[0].values(), both[1].values()...)
		slices.Sort(all)
		return len(slices.Compact(all)) == 20 && len(all) == 20 && len(both[0].values()) > 0 && len(both[1].values()) > 0
	})
}
