package opcua_test

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/series"
	"edgelabel/collectors/opcua"
)

// TestMachine runs against another implementation's objects, types, alarms and sign-in: testdata/machine.cjs on node-opcua.
func TestMachine(t *testing.T) {
	if testing.Short() {
		t.Skip("long: left to make test")
	}
	t.Parallel()
	script, err := filepath.Abs(filepath.Join("testdata", "machine.cjs"))
	if err != nil {
		t.Fatal(err)
	}
	p := startNode(t, func(port, control int, pki string) []string {
		return []string{script, fmt.Sprint(port), fmt.Sprint(control), pki}
	})
	for name, test := range map[string]func(*testing.T, *peer){
		"finds nodes by path": byPath, "looks again for a path": later, "holds deadbands": deadbands, "polls": polls,
		"signs in every way": everyWay, "takes a replaced certificate": replaced, "says enumerations": said, "names a structure": structure,
		"follows alarms": alarms,
	} {
		t.Run(name, func(t *testing.T) { test(t, p) })
	}
}

func at(tag, path string) opcua.Node { return opcua.Node{Tag: tag, Path: path} }

// of says what tags there are.
func of(kinds map[string]series.Kind) func(string) (series.Kind, bool) {
	return func(tag string) (series.Kind, bool) {
		k, ok := kinds[tag]
		return k, ok
	}
}

func byPath(t *testing.T, p *peer) {
	c := p.config(t, at("{1}.{name}", "Line1/Press*/*"), at("mode", "Line1/Mode"))
	c.Kind = of(map[string]series.Kind{"Press1.Force": series.Number, "Press2.Force": series.Number, "Press1.Temp": series.Number, "mode": series.Number})
	r := run(t, c)
	r.waitFor(t, "values", func() bool {
		return len(r.sink.Tag("Press2.Force")) > 0 && len(r.sink.Tag("Press1.Temp")) > 0 && len(r.sink.Tag("mode")) > 0
	})
	if s := r.sink.Tag("Press2.Force")[0]; s.Value != 200 {
		t.Errorf("%+v", s)
	}
	if s := r.status.Snapshot(); len(s.Problems) != 1 || !contains(s.Problems["Line1/Press*/*"], "1 of 4 matches have no tag", "Press2.Temp") {
		t.Errorf("problems %v", s.Problems)
	}
	p.tell(t, "/drop")
	r.waitFor(t, "the same nodes again", func() bool { return r.status.Snapshot().Attempts == 2 })
	r.waitUp(t)
	p.tell(t, "/set?node=Press2.Force&v=222")
	r.waitFor(t, "new values", func() bool { all := r.sink.Tag("Press2.Force"); return all[len(all)-1].Value == 222 })
	c.MaxMatches = 2
	if err := opcua.Probe(t.Context(), c); err == nil || !contains(err.Error(), "more than 2 variables") {
		t.Errorf("bounded: %v", err)
	}
}

func later(t *testing.T, p *peer) {
	c := p.config(t, at("late", "Line1/Late?"))
	c.RetryNodes = 200 * time.Millisecond
	if err := opcua.Probe(t.Context(), c); err == nil || !contains(err.Error(), "Line1/Late?", "no variable has such a browse path") {
		t.Errorf("probe: %v", err)
	}
	r := run(t, c)
	r.waitFor(t, "the status to say it", func() bool { return contains(r.status.Snapshot().Problems["Line1/Late?"], "no variable") })
	p.tell(t, "/add?name=Late1")
	r.waitFor(t, "its value", func() bool { return len(r.sink.Tag("late")) > 0 && r.sink.Tag("late")[0].Value == 7 })
	if s := r.status.Snapshot(); len(s.Problems) > 0 || s.Attempts != 1 {
		t.Errorf("status %+v", s)
	}
}

func deadbands(t *testing.T, p *peer) {
	in := func(group, tag, id string) opcua.Node {
		return opcua.Node{Tag: tag, NodeID: "ns=1;s=" + id, Group: group, Kind: series.Number}
	}
	c := p.config(t, in("coarse", "force", "Press1.Force"), in("percent", "temp", "Press1.Temp"), in("percent", "level", "Press2.Force"), in("", "all", "Press1.Force"))
	c.Groups = []opcua.Group{
		{Name: "coarse", Publish: 100 * time.Millisecond, Sampling: 10 * time.Millisecond, Queue: 7, DiscardNewest: true, Deadband: opcua.Deadband{Value: 1}},
		{Name: "percent", Deadband: opcua.Deadband{Value: 10, Percent: true}},
		{Name: "unused"},
	}
	r := run(t, c)
	r.waitUp(t)
	for _, v := range []string{"50", "50.5", "50.9", "53"} {
		p.tell(t, "/set?node=Press1.Force&v="+v)
		r.waitFor(t, "every change", func() bool { all := r.sink.Tag("all"); return fmt.Sprint(all[len(all)-1].Value) == v })
	}
	r.waitFor(t, "the large change", func() bool { all := r.sink.Tag("force"); return len(all) > 0 && all[len(all)-1].Value == 53 })
	for _, s := range r.sink.Tag("force") {
		if s.Value == 50.5 || s.Value == 50.9 {
			t.Errorf("reported %v", s.Value)
		}
	}
	if s := r.status.Snapshot(); len(s.Problems) != 1 || !contains(s.Problems["level deadband"], "BadMonitoredItemFilterUnsupported", "EURange") && !contains(s.Problems["level deadband"], "BadDeadbandFilterInvalid", "EURange") {
		t.Errorf("problems %v", s.Problems)
	}
	if len(r.sink.Tag("level")) == 0 || len(r.sink.Tag("temp")) == 0 {
		t.Error("no values where the deadband was refused, or was not")
	}
}

func polls(t *testing.T, p *peer) {
	c := p.config(t, peerNode("Press1.Force", series.Number), peerNode("Missing", series.Number))
	c.Poll = 50 * time.Millisecond
	for _, n := range []string{"Press2.Force", "Press1.Temp", "Press2.Temp", "Level", "Mode", "Ready"} {
		c.Nodes = append(c.Nodes, peerNode(n, ""))
	}
	r := run(t, c)
	for _, v := range []float64{11, 12} {
		p.tell(t, fmt.Sprintf("/set?node=Press1.Force&v=%v", v))
		r.waitFor(t, "the value", func() bool {
			return slices.ContainsFunc(r.sink.Tag("Press1.Force"), func(s series.Sample) bool { return s.Value == v })
		})
	}
	if n := len(r.sink.Tag("Press2.Force")); n != 1 {
		t.Errorf("a value that stands was stored %d times", n)
	}
	if s := r.status.Snapshot(); len(s.Problems) != 1 || !contains(s.Problems["Missing"], "BadNodeIDUnknown") || s.Attempts != 1 {
		t.Errorf("status %+v", s)
	}
	p.tell(t, "/drop")
	r.waitFor(t, "a gap", func() bool { return len(r.sink.Gaps()) == 1 })
}

func everyWay(t *testing.T, p *peer) {
	cert, key := userPair(t, t.TempDir())
	for _, policy := range []string{"Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss", opcua.None} {
		for _, mode := range []string{"Sign", "SignAndEncrypt", opcua.None} {
			if (policy == opcua.None) != (mode == opcua.None) {
				continue
			}
			for _, who := range []string{"nobody", "user", "certificate"} {
				t.Run(strings.Join([]string{policy, mode, who}, " "), func(t *testing.T) {
					c := p.config(t, peerNode("Level", series.Number))
					c.Policy, c.Mode, c.AllowInsecure, c.User = policy, mode, policy == opcua.None, ""
					switch who {
					case "user":
						c.User = "agent"
					case "certificate":
						c.UserCert, c.UserKey = cert, key
					}
					if err := opcua.Probe(t.Context(), c); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
}

// userPair writes a certificate to sign in with, and its key.
func userPair(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	private, der, err := serverCertificate(time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "user.der"), filepath.Join(dir, "user.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)})
	for file, b := range map[string][]byte{key: text, cert: der} {
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func replaced(t *testing.T, p *peer) {
	dir := t.TempDir()
	c := p.config(t, peerNode("Level", series.Number))
	c.User = ""
	c.UserCert, c.UserKey = userPair(t, dir)
	r := run(t, c)
	r.waitUp(t)
	userPair(t, dir)
	r.waitFor(t, "a connection with the new user's certificate", func() bool { return r.status.Snapshot().Attempts == 2 })
	r.waitUp(t)
	own := filepath.Join(c.PKI, "own")
	if err := os.Remove(filepath.Join(own, "key.pem")); err != nil {
		t.Fatal(err)
	}
	cert, key := userPair(t, dir) // half of the new pair is not taken
	for from, to := range map[string]string{cert: "cert.der", key: "key.pem"} {
		if err := os.Rename(from, filepath.Join(own, to)); err != nil {
			t.Fatal(err)
		}
	}
	userPair(t, dir)
	r.waitFor(t, "a connection with the new own certificate", func() bool { return r.status.Snapshot().Attempts >= 3 })
}

func said(t *testing.T, p *peer) {
	r := run(t, p.config(t, peerNode("Mode", series.Text), peerNode("Ready", series.Text)))
	r.waitFor(t, "the words", func() bool { return len(r.sink.Tag("Mode")) > 0 && len(r.sink.Tag("Ready")) > 0 })
	if m, s := r.sink.Tag("Mode")[0], r.sink.Tag("Ready")[0]; m.Text != "Automatic" || s.Text != "ready" {
		t.Errorf("%q, %q", m.Text, s.Text)
	}
}

func structure(t *testing.T, p *peer) {
	err := opcua.Probe(t.Context(), p.config(t, peerNode("Recipe", "")))
	if err == nil || !contains(err.Error(), "Recipe", "unsupported type Structure", "BuildInfo") {
		t.Errorf("structure: %v", err)
	}
}

func alarms(t *testing.T, p *peer) {
	p.tell(t, "/alarm?v=50")
	c := p.config(t)
	c.Backfill, c.StateDir = true, t.TempDir()
	c.Events = []opcua.Event{{Tag: "alarm", Text: "what", Sources: []string{"*Line1"}, MinSeverity: 1}}
	r := run(t, c)
	r.waitUp(t)
	level := func() float64 {
		all := r.sink.Tag("alarm")
		if len(all) == 0 {
			return -1
		}
		return all[len(all)-1].Value
	}
	r.waitFor(t, "nothing is active", func() bool { return level() == 0 })
	p.tell(t, "/alarm?v=95")
	r.waitFor(t, "the alarm", func() bool { return level() > 0 })
	var told []happened
	r.waitFor(t, "what it says", func() bool { told = texts(t, r); return len(told) > 0 })
	last := told[len(told)-1]
	if last.Source != "1:Line1" || last.Active == nil || !*last.Active || last.Acked == nil || *last.Acked || last.Limit != "HighHigh" || last.Severity < 1 ||
		last.Message == "" || last.Type != "ExclusiveLimitAlarmType" || last.ID == "" {
		t.Errorf("told %+v", last)
	}
	p.tell(t, "/drop")
	r.waitFor(t, "a second connection", func() bool { return r.status.Snapshot().Attempts == 2 })
	r.waitUp(t)
	r.waitFor(t, "the state that stands, again", func() bool { return level() > 0 && len(r.sink.Tag("alarm")) >= 3 })
	p.tell(t, "/alarm?v=50")
	r.waitFor(t, "the end", func() bool { return level() == 0 })
	ids := map[string]bool{}
	for _, h := range texts(t, r) {
		if ids[h.ID] {
			t.Errorf("told twice: %+v", h)
		}
		ids[h.ID] = true
	}
	if s := r.status.Snapshot(); len(s.Problems) > 0 {
		t.Errorf("problems %v", s.Problems)
	}
}

type happened struct {
	ID, Type, Source, Message, Limit string
	Severity                         int
	Active, Acked                    *bool
}

func texts(t *testing.T, r *running) (all []happened) {
	t.Helper()
	for _, s := range r.sink.Tag("what") {
		var h happened
		if err := json.Unmarshal([]byte(s.Text), &h); err != nil {
			t.Fatalf("%q: %v", s.Text, err)
		}
		all = append(all, h)
	}
	return all
}

// TestServerOf1970 is a whole server that lost its time.
func TestServerOf1970(t *testing.T) {
	if testing.Short() {
		t.Skip("long: left to make test")
	}
	t.Parallel()
	clock, err := filepath.Abs(filepath.Join("testdata", "clock.cjs"))
	if err != nil {
		t.Fatal(err)
	}
	p := startNode(t, func(port, control int, pki string) []string {
		return []string{"-r", clock, "opcua-server.cjs", "--port", fmt.Sprint(port), "--ctl", fmt.Sprint(control), "--pki", pki, "--vars", "4"}
	})
	c := p.config(t, peerNode("V000", series.Number))
	c.Policy, c.Mode, c.AllowInsecure, c.User = opcua.None, opcua.None, true, ""
	r := run(t, c)
	r.waitFor(t, "data", func() bool { return len(r.sink.Tag("V000")) > 10 })
	s := r.status.Snapshot()
	if off := time.Since(time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC)); !s.ClockKnown || (s.ClockOffset+off).Abs() > 5*time.Minute {
		t.Errorf("offset %v", s.ClockOffset)
	}
	if !contains(s.Problems["clock"], "behind") || s.State != "up" {
		t.Errorf("status %+v", s)
	}
	if h := holes(r.sink.Tag("V000"), nil); len(h) > 0 {
		t.Error(h)
	}
}
