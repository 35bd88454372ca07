package s3_test

import (
	"context"
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
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"edgelabel/sync/s3"
)

// gateway is a VersityGW that serves the bucket "plant" out of a folder.
type gateway struct {
	program, addr, folder, cert, key string
	insecure                         bool
	cmd                              *exec.Cmd
}

func newGateway(t *testing.T, insecure bool) *gateway {
	t.Helper()
	peers := os.Getenv("EDGELABEL_PEERS")
	if home, err := os.UserHomeDir(); peers == "" && err == nil {
		peers = filepath.Join(home, ".cache", "edgelabel-peers")
	}
	g := &gateway{program: filepath.Join(peers, "bin", "versitygw"), insecure: insecure, folder: t.TempDir()}
	if _, err := os.Stat(g.program); err != nil {
		if os.Getenv("EDGELABEL_REQUIRE_PEERS") == "1" {
			t.Fatalf("versitygw: %v", err)
		}
		t.Skip("versitygw: not installed")
	}
	if err := os.Mkdir(filepath.Join(g.folder, "plant"), 0o700); err != nil {
		t.Fatal(err)
	}
	g.addr = freePort(t)
	g.certificate(t)
	g.start(t)
	t.Cleanup(func() { g.stop(t) })
	return g
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
	g.cert, g.key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
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

// start returns when the gateway accepts connections.
func (g *gateway) start(t *testing.T) {
	t.Helper()
	args := []string{"--port", g.addr, "--quiet"}
	if !g.insecure {
		args = append(args, "--cert", g.cert, "--key", g.key)
	}
	g.cmd = exec.Command(g.program, append(args, "posix", g.folder)...)
	g.cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY=key", "ROOT_SECRET_KEY=secret")
	if err := g.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		if conn, err := g.dial(ctx); err == nil {
			conn.Close()
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal("versitygw does not answer")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (g *gateway) dial(ctx context.Context) (net.Conn, error) {
	if g.insecure {
		return (&net.Dialer{}).DialContext(ctx, "tcp", g.addr)
	}
	return (&tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}).DialContext(ctx, "tcp", g.addr)
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
	cfg := s3.Config{Endpoint: g.addr, Bucket: "plant", Prefix: prefix, AccessKey: "key", SecretKey: "secret", PathStyle: true, Insecure: g.insecure,
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
