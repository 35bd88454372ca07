package mqtt_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// mosquitto is a real broker on a loopback port of its own.
type mosquitto struct {
	dir  string
	port int
	cmd  *exec.Cmd
}

// newMosquitto writes a configuration that ends with the given lines; with none, everybody may connect. It does not start.
func newMosquitto(t *testing.T, lines ...string) *mosquitto {
	t.Helper()
	program(t, "mosquitto")
	m := &mosquitto{dir: t.TempDir(), port: freePort(t)}
	m.configure(t, append([]string{"allow_anonymous true", "persistence true"}, lines...)...)
	t.Cleanup(m.stop)
	return m
}

func (m *mosquitto) configure(t *testing.T, lines ...string) {
	t.Helper()
	base := []string{"user root", "log_dest none", "persistence_location " + m.dir + "/", fmt.Sprintf("listener %d 127.0.0.1", m.port)}
	m.file(t, "mosquitto.conf", strings.Join(append(base, lines...), "\n"))
}

// program finds an installed program, or skips the test.
func program(t *testing.T, name string) string {
	t.Helper()
	for _, path := range []string{name, "/usr/sbin/" + name} {
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
	}
	if os.Getenv("EDGELABEL_REQUIRE_PEERS") == "1" {
		t.Fatalf("%s: not installed", name)
	}
	t.Skipf("%s: not installed", name)
	return ""
}

func freePort(t *testing.T) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

func (m *mosquitto) file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(m.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (m *mosquitto) start(t *testing.T) {
	t.Helper()
	m.cmd = exec.Command(program(t, "mosquitto"), "-c", filepath.Join(m.dir, "mosquitto.conf"))
	var said bytes.Buffer
	m.cmd.Stderr = &said
	if err := m.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", m.port))
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(end) {
			m.stop()
			t.Fatalf("mosquitto does not listen: %v: %s", err, &said)
		}
	}
}

// stop ends the broker in good order: it saves its sessions.
func (m *mosquitto) stop() {
	if m.cmd == nil {
		return
	}
	m.cmd.Process.Signal(os.Interrupt)
	m.cmd.Wait()
	m.cmd = nil
}

func (m *mosquitto) url() string { return fmt.Sprintf("tcp://127.0.0.1:%d", m.port) }

// publisher is a client that sends at QoS 1 and waits for the broker.
func (m *mosquitto) publisher(t *testing.T, change func(*paho.ClientOptions)) func(topic string, payload any) {
	t.Helper()
	o := paho.NewClientOptions().AddBroker(m.url()).SetClientID("publisher").SetAutoReconnect(false)
	if change != nil {
		change(o)
	}
	c := paho.NewClient(o)
	if token := c.Connect(); !token.WaitTimeout(patience) || token.Error() != nil {
		t.Fatalf("publisher: %v", token.Error())
	}
	t.Cleanup(func() { c.Disconnect(100) })
	return func(topic string, payload any) {
		t.Helper()
		if token := c.Publish(topic, 1, false, payload); !token.WaitTimeout(patience) || token.Error() != nil {
			t.Errorf("publish to %s: %v", topic, token.Error())
		}
	}
}

func trusting(t *testing.T, ca string) *tls.Config {
	t.Helper()
	pem, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &tls.Config{RootCAs: pool}
}

// certificates makes an authority and a server certificate for 127.0.0.1.
func (m *mosquitto) certificates(t *testing.T) (ca, cert, key string) {
	t.Helper()
	caKey, caCert := m.certificate(t, "ca", nil, nil)
	m.certificate(t, "server", caCert, caKey)
	return filepath.Join(m.dir, "ca.pem"), filepath.Join(m.dir, "server.pem"), filepath.Join(m.dir, "server.key")
}

func (m *mosquitto) certificate(t *testing.T, name string, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*ecdsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: parent == nil, BasicConstraintsValid: true,
	}
	if parent == nil {
		parent, parentKey = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	m.file(t, name+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	m.file(t, name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})))
	return key, c
}
