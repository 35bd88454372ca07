package opcua_test

import (
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gopcua/opcua/ua"

	"edgelabel/collectors"
	"edgelabel/collectors/opcua"
)

func TestFirstCertificateIsPinnedAndAnotherRefused(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	p.Start(t)
	r := run(t, p.config())
	r.waitUp(t)
	r.stop()
	pinned := p.pin(t)
	real := readFile(t, pinned)

	other := someCertificate(t)
	if err := os.Remove(pinned); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(p.pki, "trusted", "certs", "press@"+print1(other)+".der"), other)
	r = run(t, p.config())
	r.waitFor(t, "both thumbprints", func() bool {
		return contains(r.status.Snapshot().Err, "not trusted", print1(real), print1(other), "edgelabel pki trust "+print1(real))
	})
	if s := r.status.Snapshot(); s.Samples > 0 || s.State == collectors.Up {
		t.Errorf("status %+v", s)
	}
	if c, err := (opcua.PKI{Dir: p.pki}).Trust(print1(real)[:8]); err != nil || c.Source != "press" {
		t.Fatalf("trust: %+v, %v", c, err)
	}
	r.waitUp(t)
}

func TestStrictTrustWaitsForSomebody(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	p.Start(t)
	c := p.config()
	c.Trust = opcua.Strict
	r := run(t, c)
	r.waitFor(t, "a refusal", func() bool { return contains(r.status.Snapshot().Err, "nobody has trusted", "edgelabel pki trust") })
	pki := opcua.PKI{Dir: p.pki}
	all, err := pki.List()
	if err != nil || len(all) != 2 || all[0].Folder != "own" || all[1].Folder != "rejected" || all[1].Source != "press" {
		t.Fatalf("%+v, %v", all, err)
	}
	thumb := all[1].Thumbprint()
	if _, err := pki.Trust(thumb); err != nil {
		t.Fatal(err)
	}
	r.waitUp(t)
	if _, err := pki.Reject(thumb); err != nil {
		t.Fatal(err)
	}
	p.Stop(t) // what stands goes on until the next connection
	p.Start(t)
	r.waitFor(t, "a refusal again", func() bool {
		s := r.status.Snapshot()
		return s.State != collectors.Up && contains(s.Err, "somebody has rejected")
	})
	r.stop()
	c.Trust = opcua.FirstUse // once somebody has said no, the next one is not the first
	again := run(t, c)
	again.waitFor(t, "a refusal still", func() bool { return contains(again.status.Snapshot().Err, "somebody has rejected") })
	again.stop()
	if _, err := pki.Trust(thumb); err != nil {
		t.Fatal(err)
	}
	c.Name, c.Trust = "oven", opcua.Strict // what a person decides holds for every source
	run(t, c).waitUp(t)
}

func TestPinOfAnEarlierVersionGoesOn(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	p.Start(t)
	r := run(t, p.config())
	r.waitUp(t)
	r.stop()
	pinned := p.pin(t)
	if err := os.Rename(pinned, filepath.Join(p.pki, "trusted", "press.der")); err != nil {
		t.Fatal(err)
	}
	c := p.config()
	c.Trust = opcua.Strict
	run(t, c).waitUp(t)
	if got := p.pin(t); got != pinned {
		t.Errorf("moved to %s, want %s", got, pinned)
	}
}

func TestOwnCertificateReplacedWhileRunning(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	p.Start(t)
	r := run(t, p.config())
	r.waitUp(t)
	key, cert, err := serverCertificate(time.Now().Add(-time.Hour), time.Now().AddDate(0, 0, 30))
	if err != nil {
		t.Fatal(err)
	}
	p.Stop(t)
	writeFile(t, filepath.Join(p.pki, "own", "key.pem"), x509.MarshalPKCS1PrivateKey(key))
	writeFile(t, filepath.Join(p.pki, "own", "cert.der"), cert)
	p.Start(t)
	r.waitFor(t, "the new one in use", func() bool {
		s := r.status.Snapshot()
		return s.State == collectors.Up && contains(s.Problems["own certificate"], "expires on")
	})
}

// TestAuthority checks certificates that an authority signed.
func TestAuthority(t *testing.T) {
	t.Parallel()
	now := time.Now()
	root, between := authority(t, "root", nil), (*signer)(nil)
	between = authority(t, "between", root)
	leaf := between.sign(t, 7, "urn:press:server")
	stranger := authority(t, "stranger", nil).sign(t, 7, "urn:press:server")
	folder := func(t *testing.T, files map[string][]byte) string {
		dir := t.TempDir()
		if _, err := (opcua.PKI{Dir: dir}).List(); err != nil { // makes the folders
			t.Fatal(err)
		}
		for name, b := range files {
			writeFile(t, filepath.Join(dir, name), b)
		}
		return dir
	}
	for name, c := range map[string]struct {
		files map[string][]byte
		der   []byte
		app   string
		want  string
	}{
		"trusted root, chain sent":      {map[string][]byte{"trusted/certs/root.der": root.der}, append(slices.Clone(leaf), between.der...), "urn:press:server", ""},
		"trusted root, chain here":      {map[string][]byte{"trusted/certs/root.der": root.der, "issuer/certs/b.der": between.der}, leaf, "urn:press:server", ""},
		"trusted between":               {map[string][]byte{"trusted/certs/b.der": between.der}, leaf, "urn:press:server", ""},
		"chain incomplete":              {map[string][]byte{"trusted/certs/root.der": root.der}, leaf, "urn:press:server", "nobody has trusted"},
		"root only completes a chain":   {map[string][]byte{"issuer/certs/root.der": root.der, "issuer/certs/b.der": between.der}, leaf, "urn:press:server", "nobody has trusted"},
		"of another application":        {map[string][]byte{"trusted/certs/b.der": between.der}, leaf, "urn:oven:server", "another application than urn:oven:server"},
		"of another authority":          {map[string][]byte{"trusted/certs/b.der": between.der}, stranger, "urn:press:server", "nobody has trusted"},
		"revoked":                       {map[string][]byte{"trusted/certs/b.der": between.der, "trusted/crl/b.crl": between.revoke(t, 7)}, leaf, "urn:press:server", "revoked"},
		"another revoked":               {map[string][]byte{"trusted/certs/b.der": between.der, "trusted/crl/b.crl": between.revoke(t, 8)}, leaf, "urn:press:server", ""},
		"revoked between":               {map[string][]byte{"trusted/certs/root.der": root.der, "issuer/certs/b.der": between.der, "issuer/crl/r.crl": root.revoke(t, 2)}, leaf, "urn:press:server", "revoked"},
		"the certificate itself":        {map[string][]byte{"trusted/certs/press.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: stranger})}, stranger, "", ""},
		"rubbish beside":                {map[string][]byte{"trusted/certs/x": []byte("x"), "trusted/certs/b.der": between.der}, leaf, "urn:press:server", ""},
		"a list that cannot be read":    {map[string][]byte{"trusted/certs/b.der": between.der, "trusted/crl/x": []byte("x")}, leaf, "urn:press:server", "revocation list"},
		"trusted at another source":     {map[string][]byte{"trusted/certs/oven@AB.der": stranger}, stranger, "", "nobody has trusted"},
		"rejected, though signed":       {map[string][]byte{"trusted/certs/b.der": between.der, "rejected/" + print1(leaf) + ".der": leaf}, leaf, "urn:press:server", "somebody has rejected"},
		"nothing that is a certificate": {nil, []byte("x"), "", "its certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			err := opcua.CheckTrust(folder(t, c.files), opcua.Strict, c.der, c.app, now)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	dir := folder(t, map[string][]byte{"trusted/certs/b.der": between.der})
	if err := opcua.CheckTrust(dir, opcua.Strict, leaf, "urn:press:server", now.AddDate(3, 0, 0)); err == nil || !contains(err.Error(), "expired") {
		t.Errorf("after its end: %v", err)
	}
}

func TestRejectedStayFew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := authority(t, "x", nil)
	for n := range int64(120) {
		if err := opcua.CheckTrust(dir, opcua.Strict, s.sign(t, n+1, "urn:x"), "urn:x", time.Now()); err == nil {
			t.Fatal("trusted")
		}
	}
	if left, err := os.ReadDir(filepath.Join(dir, "rejected")); err != nil || len(left) != 100 {
		t.Errorf("%d files, %v", len(left), err)
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
	der := readFile(t, p.pin(t))
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

// pin is the file of the only certificate that is trusted.
func (p *plant) pin(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.pki, "trusted", "certs", "press@*.der"))
	if err != nil || len(files) != 1 {
		t.Fatalf("pins %v, %v", files, err)
	}
	return files[0]
}

func print1(der []byte) string { return fmt.Sprintf("%X", sha1.Sum(der)) }

func someCertificate(t *testing.T) []byte {
	t.Helper()
	_, der, err := serverCertificate(time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	return der
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
