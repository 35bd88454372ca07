//go:build e2e

package e2e_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"
)

// certificate writes a self-signed certificate for loopback and returns the paths of certificate and key.
func certificate(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	priv, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &priv.PublicKey, priv)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(priv)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write(t, cert, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	write(t, key, string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})))
	return cert, key
}

// broker is a mosquitto with TLS and one user, agent / s3cret.
type broker struct {
	*process
	t          *testing.T
	port       int
	conf, cert string
}

func startBroker(t *testing.T) *broker {
	t.Helper()
	need(t, "mosquitto", installed("mosquitto") && installed("mosquitto_passwd"))
	dir := t.TempDir()
	cert, key := certificate(t, dir)
	passwd := write(t, filepath.Join(dir, "passwd"), "agent:s3cret\n")
	if out, err := command(t, nil, "mosquitto_passwd", "-U", passwd); err != nil {
		t.Fatalf("mosquitto_passwd: %v\n%s", err, out)
	}
	b := &broker{t: t, port: freePort(t), cert: cert}
	b.conf = write(t, filepath.Join(dir, "mosquitto.conf"), fmt.Sprintf(`user root
listener %d 127.0.0.1
cafile %[2]s
certfile %[2]s
keyfile %[3]s
allow_anonymous false
password_file %[4]s
persistence true
persistence_location %[5]s/
autosave_interval 1
max_queued_messages 100000
`, b.port, cert, key, passwd, dir))
	b.start()
	return b
}

func (b *broker) start() {
	b.process = start(b.t, "mosquitto", nil, "mosquitto", "-c", b.conf)
	eventually(b.t, 10*time.Second, "mosquitto listens", func() error {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", b.port))
		if err == nil {
			c.Close()
		}
		return err
	})
}

// plc is the node-opcua peer, which nobody here wrote.
type plc struct {
	*process
	t       *testing.T
	port    int
	control string
	args    []string
}

func startPLC(t *testing.T, args ...string) *plc {
	t.Helper()
	script := filepath.Join(peers(), "plant", "opcua-server.cjs")
	need(t, "node-opcua", installed("node") && exists(filepath.Join(peers(), "plant", "node_modules", "node-opcua")))
	p := &plc{t: t, port: freePort(t)}
	control := freePort(t)
	p.control = fmt.Sprintf("http://127.0.0.1:%d", control)
	p.args = append([]string{script, "--port", fmt.Sprint(p.port), "--ctl", fmt.Sprint(control), "--pki", filepath.Join(t.TempDir(), "pki")}, args...)
	p.args = append(p.args, "--vars", "20") // the first of two counts
	p.start()
	return p
}

func (p *plc) start() {
	p.process = start(p.t, "node-opcua", nil, "node", p.args...)
	p.expect(p.t, `READY (\S+)`, time.Minute)
}

func (p *plc) ask(path string) string {
	p.t.Helper()
	res, err := http.Get(p.control + path)
	if err != nil {
		p.t.Fatalf("node-opcua %s: %v", path, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(b)
}
