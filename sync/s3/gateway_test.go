package s3_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"edgelabel/sync/s3"
)

// gateway is a real store, VersityGW or MinIO, that serves the bucket "plant" out of a folder.
type gateway struct {
	kind
	addr, folder, cert, key string
	insecure                bool
	cmd                     *exec.Cmd
}

// kind is a program that speaks S3.
type kind struct {
	name   string // of the file
	closed int    // what it answers to nobody in particular once it can serve; 0: it can when it listens
	env    []string
	args   func(g *gateway) []string
}

const accessKey, secretKey = "plant-access", "plant-secret-key"

func versityGW() kind {
	return kind{"versitygw", 0, []string{"ROOT_ACCESS_KEY=" + accessKey, "ROOT_SECRET_KEY=" + secretKey}, func(g *gateway) []string {
		args := []string{"--port", g.addr, "--quiet"}
		if !g.insecure {
			args = append(args, "--cert", g.cert, "--key", g.key)
		}
		return append(args, "posix", g.folder)
	}}
}

func minIO() kind {
	env := []string{"MINIO_ROOT_USER=" + accessKey, "MINIO_ROOT_PASSWORD=" + secretKey, "MINIO_BROWSER=off", "MINIO_UPDATE=off"}
	return kind{"minio", http.StatusForbidden, env, func(g *gateway) []string {
		args := []string{"server", "--quiet", "--address", g.addr}
		if !g.insecure {
			args = append(args, "--certs-dir", filepath.Dir(g.cert))
		}
		return append(args, g.folder)
	}}
}

func newGateway(t *testing.T, k kind, insecure bool) *gateway {
	t.Helper()
	if _, err := os.Stat(k.program()); err != nil {
		if os.Getenv("EDGELABEL_REQUIRE_PEERS") == "1" {
			t.Fatalf("%s: %v", k.name, err)
		}
		t.Skipf("%s: not installed", k.name)
	}
	g := &gateway{kind: k, insecure: insecure, folder: t.TempDir(), addr: freePort(t)}
	g.certificate(t)
	g.start(t)
	t.Cleanup(func() { g.stop(t) })
	return g
}

// onEach runs a test on every kind of store.
func onEach(t *testing.T, test func(*testing.T, *gateway)) {
	for _, k := range []kind{versityGW(), minIO()} {
		t.Run(k.name, func(t *testing.T) { test(t, newGateway(t, k, false)) })
	}
}

func (k kind) program() string {
	peers := os.Getenv("EDGELABEL_PEERS")
	if home, err := os.UserHomeDir(); peers == "" && err == nil {
		peers = filepath.Join(home, ".cache", "edgelabel-peers")
	}
	return filepath.Join(peers, "bin", k.name)
}

func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (g *gateway) certificate(t *testing.T) {
	dir := t.TempDir()
	g.cert, g.key = filepath.Join(dir, "public.crt"), filepath.Join(dir, "private.key")
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalECPrivateKey(key)
	err = errors.Join(err, os.WriteFile(g.cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600),
		os.WriteFile(g.key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: raw}), 0o600))
	if err != nil {
		t.Fatal(err)
	}
}

// start returns when the gateway accepts connections and has the bucket, which is a folder of either kind.
func (g *gateway) start(t *testing.T) {
	t.Helper()
	g.cmd = exec.Command(g.program(), g.args(g)...)
	g.cmd.Env = append(os.Environ(), g.env...)
	if err := g.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); !g.answers(); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			t.Fatalf("%s does not answer", g.name)
		}
	}
	if err := os.MkdirAll(filepath.Join(g.folder, "plant"), 0o700); err != nil {
		t.Fatal(err)
	}
}

func (g *gateway) answers() bool {
	if g.closed == 0 {
		conn, err := net.Dial("tcp", g.addr)
		return err == nil && conn.Close() == nil
	}
	scheme := "https://"
	if g.insecure {
		scheme = "http://"
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	res, err := client.Get(scheme + g.addr)
	return err == nil && res.Body.Close() == nil && res.StatusCode == g.closed
}

// stop kills the gateway in the middle of whatever it does.
func (g *gateway) stop(t *testing.T) {
	t.Helper()
	if err := g.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = g.cmd.Wait() // it says that it was killed
}

func (g *gateway) target(t *testing.T, prefix string) *s3.Target {
	t.Helper()
	cfg := s3.Config{Endpoint: g.addr, Bucket: "plant", Prefix: prefix, AccessKey: accessKey, SecretKey: secretKey, PathStyle: true, Insecure: g.insecure,
		Timeout: 10 * time.Second}
	if !g.insecure {
		cfg.CAFile = g.cert
	}
	to, err := s3.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := to.Close(); err != nil {
			t.Error(err)
		}
	})
	return to
}

// prefixes keeps the tests of one gateway apart.
func prefixes() func() string {
	n := 0
	return func() string {
		n++
		return fmt.Sprintf("site/%d", n)
	}
}
