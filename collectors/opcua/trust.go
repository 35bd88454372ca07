package opcua

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// errTrust marks a server that is not the one it should be, or cannot prove it.
var errTrust = errors.New("server not trusted")

// trust decides about a server's certificate: it must be the pinned one, byte for byte. Without a pin the first one seen becomes it.
type trust struct {
	dir    string // of the gateway's certificates
	source string
	pinned string // file that the configuration names, empty for trust on first use
}

// verdict is what there is to say about a certificate that may be trusted.
type verdict struct {
	warning string            // for the operator, empty for none
	first   *x509.Certificate // to be pinned once the server has proved that it holds the key; nil when there is a pin
}

// check says whether the server that shows this certificate may be trusted.
func (t trust) check(der []byte, now time.Time) (verdict, error) {
	leaf, err := parseCertificate(der)
	if err != nil {
		return verdict{}, fmt.Errorf("%w: its certificate: %w", errTrust, err)
	}
	if key, ok := leaf.PublicKey.(*rsa.PublicKey); !ok || key.N.BitLen() < keyBits {
		return verdict{}, fmt.Errorf("%w: its certificate has no RSA key of at least %d bits", errTrust, keyBits)
	}
	want, err := t.known()
	if err != nil {
		return verdict{}, err
	}
	v := verdict{warning: datesWarning(leaf, now)}
	switch {
	case want == nil && (now.Before(leaf.NotBefore) || now.After(leaf.NotAfter)):
		return verdict{}, fmt.Errorf("%w: never seen before, and %s; to accept it all the same name its file as server_cert", errTrust, v.warning)
	case want == nil:
		v.first = leaf
	case !bytes.Equal(want.Raw, leaf.Raw):
		return verdict{}, t.reject(want, leaf)
	}
	return v, nil
}

// pin makes the certificate the only one to be accepted from now on.
func (t trust) pin(leaf *x509.Certificate) error {
	if err := writeOnce(t.file("trusted"), leaf.Raw); err != nil {
		return fmt.Errorf("pin server certificate: %w", err)
	}
	return nil
}

// known is the certificate to expect, nil when there is none yet.
func (t trust) known() (*x509.Certificate, error) {
	path := t.pinned
	if path == "" {
		path = t.file("trusted")
	}
	b, err := os.ReadFile(path)
	if t.pinned == "" && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("pinned server certificate: %w", err)
	}
	cert, err := parseCertificate(b)
	if err != nil {
		return nil, fmt.Errorf("pinned server certificate %s: %w", path, err)
	}
	return cert, nil
}

// reject keeps the certificate for the operator to look at. There is one place for it per source, so that a server cannot fill the disk.
func (t trust) reject(want, got *x509.Certificate) error {
	path, remedy := t.file("rejected"), t.file("trusted")
	if t.pinned != "" {
		remedy = t.pinned
	}
	if err := os.WriteFile(path, got.Raw, 0o600); err != nil {
		return fmt.Errorf("%w: another certificate (%s) than the pinned one (%s); keeping it: %w", errTrust, thumbprint(got), thumbprint(want), err)
	}
	return fmt.Errorf("%w: it shows another certificate (thumbprint %s) than the pinned one (thumbprint %s); if it was replaced on purpose move %s to %s",
		errTrust, thumbprint(got), thumbprint(want), path, remedy)
}

func (t trust) file(folder string) string {
	return filepath.Join(t.dir, folder, fileName(t.source)+".der")
}

// fileName makes a source's name safe as a file's. Names that differ stay different.
func fileName(source string) string {
	var b strings.Builder
	for i, r := range []byte(source) {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.' && i > 0:
			b.WriteByte(r)
		default:
			fmt.Fprintf(&b, "%%%02X", r)
		}
	}
	return b.String()
}

func datesWarning(leaf *x509.Certificate, now time.Time) string {
	switch {
	case now.Before(leaf.NotBefore):
		return fmt.Sprintf("server certificate is valid from %s, this gateway's clock says %s", day(leaf.NotBefore), day(now))
	case now.After(leaf.NotAfter):
		return fmt.Sprintf("server certificate expired on %s", day(leaf.NotAfter))
	case leaf.NotAfter.Sub(now) < warnBefore:
		return fmt.Sprintf("server certificate expires on %s", day(leaf.NotAfter))
	}
	return ""
}

// thumbprint is the certificate's SHA-1, by which OPC UA tools show it.
func thumbprint(c *x509.Certificate) string { return fmt.Sprintf("%X", sha1.Sum(c.Raw)) }
