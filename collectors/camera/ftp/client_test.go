package ftp_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"image"
	"image/png"
	"math/big"
	mrand "math/rand/v2"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"edgelabel/collectors"
	"edgelabel/collectors/camera/ftp"
	"edgelabel/collectors/collectortest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// picture is a PNG that differs for each n and does not compress.
func picture(t *testing.T, n, size int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, size, size))
	r := mrand.New(mrand.NewPCG(uint64(n), 1))
	for i := range m.Pix {
		m.Pix[i] = uint8(r.Uint32()) | 1
	}
	var b bytes.Buffer
	must(t, png.Encode(&b, m))
	return b.Bytes()
}

// rig is a server under test.
type rig struct {
	t      *testing.T
	addr   string
	sink   *collectortest.Sink
	status *collectors.Status
	stop   func()
}

func config() ftp.Config {
	return ftp.Config{
		Name: "ftp", Address: "127.0.0.1:0", LoginPause: time.Millisecond, Wait: 20 * time.Second,
		Users: []ftp.User{{Name: "cam", Password: "pw", Camera: "cam1"}, {Name: "other", Password: "pw2", Camera: "cam2"}},
	}
}

func serve(t *testing.T, change func(*ftp.Config)) *rig {
	t.Helper()
	r := &rig{t: t, sink: collectortest.NewSink(), status: collectors.NewStatus("ftp", time.Now)}
	cfg := config()
	cfg.Listen = func(network, address string) (net.Listener, error) {
		ln, err := net.Listen(network, address)
		if err == nil {
			r.addr = ln.Addr().String()
		}
		return ln, err
	}
	if change != nil {
		change(&cfg)
	}
	s, err := ftp.New(cfg)
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, r.sink, r.status) }()
	r.stop = func() {
		if cancel != nil {
			cancel()
			cancel = nil
			must(t, <-ended)
		}
	}
	t.Cleanup(r.stop)
	r.eventually("up", func() bool { return r.status.Snapshot().State == collectors.Up })
	return r
}

func (r *rig) eventually(what string, ok func() bool) {
	r.t.Helper()
	collectortest.Eventually(r.t, what, ok, func() any { return r.status.Snapshot() })
}

// stored expects exactly these pictures on disk.
func (r *rig) stored(pictures ...[]byte) {
	r.t.Helper()
	got := r.sink.Images()
	if len(got) != len(pictures) {
		r.t.Fatalf("%d pictures stored, want %d", len(got), len(pictures))
	}
	for i, p := range pictures {
		if !bytes.Equal(got[i].Data, p) {
			r.t.Errorf("picture %d differs from what was sent", i)
		}
	}
}

// client speaks FTP by hand.
type client struct {
	t *testing.T
	*textproto.Conn
	raw net.Conn
}

func (r *rig) dial() *client {
	r.t.Helper()
	conn, err := net.Dial("tcp", r.addr)
	must(r.t, err)
	must(r.t, conn.SetDeadline(time.Now().Add(collectortest.Patience)))
	c := &client{r.t, textproto.NewConn(conn), conn}
	r.t.Cleanup(func() { c.Close() })
	c.expect(220)
	return c
}

func (r *rig) signIn() *client {
	r.t.Helper()
	c := r.dial()
	c.do(331, "USER cam")
	c.do(230, "PASS pw")
	c.do(200, "TYPE I")
	return c
}

func (c *client) expect(code int) string {
	c.t.Helper()
	got, text, err := c.ReadResponse(code)
	if err != nil {
		c.t.Fatalf("want %d, got %d %s: %v", code, got, text, err)
	}
	return text
}

func (c *client) do(code int, command string) string {
	c.t.Helper()
	must(c.t, c.PrintfLine("%s", command))
	return c.expect(code)
}

var epsv = regexp.MustCompile(`\|\|\|(\d+)\|`)

// passive makes a data connection.
func (c *client) passive() net.Conn {
	c.t.Helper()
	port, err := strconv.Atoi(epsv.FindStringSubmatch(c.do(229, "EPSV"))[1])
	must(c.t, err)
	host, _, err := net.SplitHostPort(c.raw.RemoteAddr().String())
	must(c.t, err)
	conn, err := net.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	must(c.t, err)
	c.t.Cleanup(func() { conn.Close() })
	return conn
}

// begin starts an upload, of which data is the first part.
func (c *client) begin(command string, data []byte) net.Conn {
	c.t.Helper()
	conn := c.passive()
	c.do(150, command)
	_, err := conn.Write(data)
	must(c.t, err)
	return conn
}

// send uploads data whole.
func (c *client) send(code int, command string, data []byte) string {
	c.t.Helper()
	must(c.t, c.begin(command, data).Close())
	return c.expect(code)
}

// certificate writes a self-signed one.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "gateway"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Public(), k)
	must(t, err)
	pk, err := x509.MarshalECPrivateKey(k)
	must(t, err)
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	pemCert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	must(t, os.WriteFile(cert, pemCert, 0o600))
	must(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: pk}), 0o600))
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(pemCert)
	return cert, key, pool
}

// secure puts TLS on the control connection.
func (c *client) secure(pool *x509.CertPool) {
	c.t.Helper()
	c.do(234, "AUTH TLS")
	conn := tls.Client(c.raw, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"})
	must(c.t, conn.Handshake())
	c.Conn = textproto.NewConn(conn)
}
