package opcua_test

import (
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gopcua/opcua/ua"

	"edgelabel/collectors"
)

func TestFirstCertificateIsPinnedAndAnotherRefused(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	p.Start(t)
	r := run(t, p.config())
	r.waitUp(t)
	r.stop()
	pinned := filepath.Join(p.pki, "trusted", "press.der")
	real := readFile(t, pinned)

	_, other, err := serverCertificate(time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, pinned, other)
	r = run(t, p.config())
	r.waitFor(t, "both thumbprints", func() bool {
		return contains(r.status.Snapshot().Err, "not trusted", fmt.Sprintf("%X", sha1.Sum(real)), fmt.Sprintf("%X", sha1.Sum(other)), "rejected")
	})
	if s := r.status.Snapshot(); s.Samples > 0 || s.State == collectors.Up {
		t.Errorf("status %+v", s)
	}
	if err := os.Rename(filepath.Join(p.pki, "rejected", "press.der"), pinned); err != nil {
		t.Fatal(err)
	}
	r.waitUp(t)
	if got := readFile(t, pinned); string(got) != string(real) {
		t.Error("the rejected certificate was not the server's")
	}
}

func TestNamedCertificateIsTheOnlyOne(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	p.Start(t)
	first := run(t, p.config())
	first.waitUp(t)
	first.stop()
	der := readFile(t, filepath.Join(p.pki, "trusted", "press.der"))
	c := p.config()
	c.PKI, c.ServerCert = t.TempDir(), filepath.Join(t.TempDir(), "server.pem")
	r := run(t, c)
	r.waitFor(t, "the missing file is named", func() bool { return contains(r.status.Snapshot().Err, "server.pem") })
	writeFile(t, c.ServerCert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	r.waitUp(t)
}

func TestExpiredCertificateIsToldAndNeverPinned(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	p.Start(t)
	first := run(t, p.config())
	first.waitUp(t)
	first.stop()
	later := p.config()
	later.Now = func() time.Time { return time.Now().AddDate(6, 0, 0) }
	known := run(t, later)
	known.waitUp(t)
	if s := known.status.Snapshot(); !contains(s.Problems["server certificate"], "expired on") {
		t.Errorf("problems %v", s.Problems)
	}
	later.PKI = t.TempDir()
	unknown := run(t, later)
	unknown.waitFor(t, "a refusal", func() bool { return contains(unknown.status.Snapshot().Err, "never seen before", "expired on") })
}

func TestInsecureSourceIsMarked(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	p.Start(t)
	c := p.insecure()
	c.PKI = "" // nothing to keep there
	r := run(t, c)
	r.waitUp(t)
	r.waitFor(t, "data", func() bool { return p.Has(r.sink, 1) })
	if s := r.status.Snapshot(); !contains(s.Problems["security"], "not encrypted") {
		t.Errorf("problems %v", s.Problems)
	}
}

func TestOwnCertificate(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	p.Start(t)
	a, c := p.config(), p.config()
	c.Name = "oven"
	one, two := run(t, a), run(t, c) // two sources that start at the same time
	one.waitUp(t)
	two.waitUp(t)
	keyFile := filepath.Join(p.pki, "own", "key.pem")
	info, err := os.Stat(keyFile)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("key file: %v, %v", info, err)
	}
	cert, err := x509.ParseCertificate(readFile(t, filepath.Join(p.pki, "own", "cert.der")))
	if err != nil {
		t.Fatal(err)
	}
	public, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok || public.N.BitLen() != 2048 || len(cert.URIs) != 1 || cert.URIs[0].String() != "urn:gateway:edgelabel" || cert.DNSNames[0] != "gateway" {
		t.Errorf("certificate for %v %v, key %T", cert.URIs, cert.DNSNames, cert.PublicKey)
	}
	if cert.NotBefore.After(time.Now()) || cert.NotAfter.Before(time.Now().AddDate(9, 0, 0)) {
		t.Errorf("valid from %v to %v", cert.NotBefore, cert.NotAfter)
	}
	if left, err := filepath.Glob(filepath.Join(p.pki, "*", ".new-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeFile(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
