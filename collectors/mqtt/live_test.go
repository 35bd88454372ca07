package mqtt_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	paho "github.com/eclipse/paho.mqtt.golang"

	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/collectortest"
	"edgelabel/collectors/mqtt"
)

// conformance is mosquitto as a collectortest.Peer.
type conformance struct {
	*mosquitto
	publish func(string, any)
}

func (p *conformance) Start(t *testing.T) {
	p.start(t)
	p.publish = p.publisher(t, nil)
}

// Stop lets the broker forget what it kept for the collector, as one does that is set up anew.
func (p *conformance) Stop(t *testing.T) {
	p.stop()
	if err := os.RemoveAll(filepath.Join(p.dir, "mosquitto.db")); err != nil {
		t.Fatal(err)
	}
}

func (p *conformance) Send(_ *testing.T, n int) { p.publish(force, fmt.Sprint(n)) }
func (p *conformance) SendBad(*testing.T)       { p.publish(force, "scrap\xff") }
func (p *conformance) Has(s *collectortest.Sink, n int) bool {
	for _, x := range s.All() {
		if x.Value == float64(n) {
			return true
		}
	}
	return false
}

func TestConformance(t *testing.T) {
	program(t, "mosquitto")
	collectortest.Run(t, func(t *testing.T) (collectors.Collector, collectortest.Peer) {
		m := newMosquitto(t)
		cfg := config(number)
		cfg.URL, cfg.StateDir = m.url(), t.TempDir()
		return newCollector(t, cfg), &conformance{mosquitto: m}
	}, nil)
}

// live is a collector that runs against a real broker.
func live(t *testing.T, m *mosquitto, change func(*mqtt.Config)) *running {
	t.Helper()
	cfg := config(number, mqtt.Topic{Filter: "cam/+", QoS: 1, Payload: mqtt.Image, Camera: "cam1"})
	cfg.URL, cfg.StateDir = m.url(), t.TempDir()
	if change != nil {
		change(&cfg)
	}
	return newRunning(t, cfg)
}

func (r *running) up() {
	r.t.Helper()
	r.eventually("up", func() bool {
		select {
		case err := <-r.err:
			r.t.Fatalf("Run: %v", err)
		default:
		}
		return r.status.Snapshot().State == collectors.Up
	})
}

func TestBrokerKeepsMessagesWhileWeAreAway(t *testing.T) {
	m := newMosquitto(t)
	m.start(t)
	r := live(t, m, nil)
	r.start()
	r.up()
	publish := m.publisher(t, nil)
	publish(force, "0")
	r.has(0)
	r.cancel()
	r.ended()
	want := []float64{0}
	for n := range 200 { // many times what the broker sends without an acknowledgement
		publish(force, fmt.Sprint(n+1))
		want = append(want, float64(n+1))
	}
	m.stop()
	m.start(t)
	r.start()
	r.has(want...)
	if g := r.sink.Gaps(); len(g) > 0 {
		t.Errorf("nothing was lost, but: %+v", g)
	}
}

func TestBacklogComesOverOneConnection(t *testing.T) {
	const n = 5000
	m := newMosquitto(t, "max_queued_messages 10000")
	m.start(t)
	r := live(t, m, nil)
	r.sink.Hold()
	r.start()
	r.up()
	var lines, want = strings.Builder{}, make([]float64, n)
	for i := range n {
		fmt.Fprintln(&lines, i)
		want[i] = float64(i)
	}
	pub := exec.Command(program(t, "mosquitto_pub"), "-h", "127.0.0.1", "-p", fmt.Sprint(m.port), "-l", "-q", "1", "-t", force)
	pub.Stdin = strings.NewReader(lines.String())
	if out, err := pub.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	r.sink.Release(nil)
	r.has(want...)
	if n := r.c.Overflows(); n > 0 {
		t.Errorf("%d overflows", n)
	}
}

func TestBrokerThatForgotIsAGap(t *testing.T) {
	m := newMosquitto(t, "persistence false")
	m.start(t)
	r := live(t, m, nil)
	r.start()
	r.up()
	m.stop()
	if err := r.ended(); err == nil {
		t.Fatal("the broker went away unnoticed")
	}
	m.start(t)
	r.start()
	r.eventually("a gap", func() bool {
		g := r.sink.Gaps()
		return len(g) == 1 && g[0].Reason == series.GapDisconnected
	})
}

func TestTLSWithPassword(t *testing.T) {
	m := newMosquitto(t)
	ca, cert, key := m.certificates(t)
	passwords := m.file(t, "passwords", "")
	if out, err := exec.Command(program(t, "mosquitto_passwd"), "-b", passwords, "agent", "s3cret").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	m.configure(t, "allow_anonymous false", "password_file "+passwords, "certfile "+cert, "keyfile "+key)
	m.start(t)
	url := strings.Replace(m.url(), "tcp", "ssl", 1)
	secure := func(c *mqtt.Config) {
		c.URL, c.User, c.Password, c.TLS.CAFile = url, "agent", "s3cret", ca
	}

	r := live(t, m, secure)
	r.start()
	r.up()
	publishTLS(t, m, url, ca)(force, "3")
	r.has(3)
	r.cancel()
	r.ended()

	for name, c := range map[string]struct {
		change func(*mqtt.Config)
		says   string
	}{
		"wrong password":      {func(c *mqtt.Config) { c.Password = "wrong" }, "refuses the user or the password"},
		"unknown authority":   {func(c *mqtt.Config) { c.TLS.CAFile = "" }, "certificate signed by unknown authority"},
		"wrong name":          {func(c *mqtt.Config) { c.TLS.ServerName = "broker.example" }, "broker.example"},
		"missing authorities": {func(c *mqtt.Config) { c.TLS.CAFile = "/nowhere.pem" }, "/nowhere.pem"},
		"plain to TLS":        {func(c *mqtt.Config) { c.URL = m.url() }, "connect"},
	} {
		r := live(t, m, func(cfg *mqtt.Config) { secure(cfg); c.change(cfg) })
		r.start()
		if err := r.ended(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v; want %q", name, err, c.says)
		}
	}

	r = live(t, m, func(c *mqtt.Config) { secure(c); c.TLS = mqtt.TLS{InsecureSkipVerify: true, AllowInsecure: true} })
	r.start()
	r.up()
}

func publishTLS(t *testing.T, m *mosquitto, url, ca string) func(string, any) {
	return m.publisher(t, func(o *paho.ClientOptions) {
		o.Servers = nil
		o.AddBroker(url).SetUsername("agent").SetPassword("s3cret").SetTLSConfig(trusting(t, ca))
	})
}

func TestLargeAndBrokenMessagesDoNotStopTheRest(t *testing.T) {
	m := newMosquitto(t)
	m.start(t)
	r := live(t, m, func(c *mqtt.Config) { c.MaxPayload = 1 << 20 })
	r.start()
	r.up()
	publish := m.publisher(t, nil)
	for n := range 30 { // more than the broker's window: unacknowledged, they would block it
		publish(force, strings.Repeat("?", n))
	}
	publish("cam/1", make([]byte, 20<<20))
	publish(force, "7")
	r.has(7)
	s := r.status.Snapshot()
	if s.Rejected["too_large"] != 1 || s.Rejected["number"] != 29 || s.Rejected["empty"] != 1 || s.State != collectors.Up {
		t.Errorf("status %+v", s)
	}
	if p := s.Problems["cam/1"]; !strings.Contains(p, "20971520") || !strings.Contains(p, "1048576") {
		t.Errorf("problem %q does not name size and limit", p)
	}
}

const security = `{"defaultACLAccess":{"publishClientSend":true,"publishClientReceive":true,"subscribe":false,"unsubscribe":true},
"anonymousGroup":"all","groups":[{"groupname":"all","roles":[{"rolename":"raw"}]}],
"roles":[{"rolename":"raw","acls":[{"acltype":"subscribePattern","topic":"raw/#","allow":true}]}]}`

func TestBrokerRefusesByACL(t *testing.T) {
	m := newMosquitto(t)
	plugins, _ := filepath.Glob("/usr/lib/*/mosquitto_dynamic_security.so") // the pattern is well-formed
	if len(plugins) == 0 {
		t.Skip("mosquitto's dynamic security plugin: not installed")
	}
	m.configure(t, "allow_anonymous true", "plugin "+plugins[0], "plugin_opt_config_file "+m.file(t, "security.json", security))
	m.start(t)
	r := live(t, m, nil)
	r.start()
	r.up()
	if p := r.status.Snapshot().Problems; !strings.Contains(p["cam/+"], "refused") || len(p) != 1 {
		t.Errorf("problems %v", p)
	}
	m.publisher(t, nil)(force, "3")
	r.has(3)
}
