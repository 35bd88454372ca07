package opcua

import (
	"cmp"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"
)

var (
	// errTrust marks a server that is not the one it should be, or cannot prove it.
	errTrust = errors.New("server not trusted")

	errNoCertificate = errors.New("none")
)

// Values of Config.Trust.
const (
	FirstUse = "first-use" // the first certificate that a source shows is trusted from then on
	Strict   = "strict"    // only what somebody has put among the trusted ones
)

// trust decides about a server's certificate.
type trust struct {
	pki    PKI
	source string
	strict bool
	pinned string // file with the only certificate to accept, empty to go by the folder
}

// verdict is what there is to say about a certificate that may be trusted.
type verdict struct {
	warning string            // for the operator, empty for none
	first   *x509.Certificate // to be pinned once the server has proved that it holds the key; nil when it is trusted already
}

// check says whether the server that shows this certificate, and perhaps its chain, may be trusted as the application it claims to be.
func (t trust) check(der []byte, application string, now time.Time) (verdict, error) {
	chain, err := x509.ParseCertificates(unarmor(der))
	if err != nil || len(chain) == 0 {
		return verdict{}, fmt.Errorf("%w: its certificate: %w", errTrust, cmp.Or(err, errNoCertificate))
	}
	leaf := chain[0]
	if key, ok := leaf.PublicKey.(*rsa.PublicKey); !ok || key.N.BitLen() < keyBits {
		return verdict{}, fmt.Errorf("%w: its certificate has no RSA key of at least %d bits", errTrust, keyBits)
	}
	v := verdict{warning: datesWarning(leaf, now)}
	if t.pinned != "" {
		return v, t.checkPin(leaf)
	}
	return t.checkFolder(chain, application, now, v)
}

func (t trust) checkPin(leaf *x509.Certificate) error {
	want, err := readCertificate(t.pinned)
	if err != nil {
		return fmt.Errorf("pinned server certificate %s: %w", t.pinned, err)
	}
	if !want.Equal(leaf) {
		return t.reject(leaf, fmt.Sprintf("it shows another certificate than server_cert, whose thumbprint is %s", thumbprint(want)))
	}
	return nil
}

func (t trust) checkFolder(chain []*x509.Certificate, application string, now time.Time, v verdict) (verdict, error) {
	leaf := chain[0]
	all, err := t.pki.List()
	if err != nil {
		return verdict{}, err
	}
	mine := fileName(t.source)
	met := false
	var pins []string
	for _, c := range all {
		switch {
		case c.Err != nil:
		case c.Folder == "trusted" && (c.Source == "" || c.Source == mine || c.Person) && c.Cert.Equal(leaf):
			return v, nil
		case c.Folder == "rejected" && c.Person && c.Cert.Equal(leaf):
			return verdict{}, t.reject(leaf, "somebody has rejected its certificate")
		case c.Source == mine && c.Folder == "trusted":
			met, pins = true, append(pins, c.Thumbprint())
		case c.Source == mine && c.Folder == "rejected":
			met = true
		}
	}
	err = t.verify(chain, all, application, now)
	switch {
	case err == nil:
		return v, nil
	case !errors.Is(err, errUnknownIssuer):
		return verdict{}, t.reject(leaf, err.Error())
	case len(pins) > 0:
		return verdict{}, t.reject(leaf, "it shows another certificate than the trusted one, whose thumbprint is "+strings.Join(pins, ", "))
	case t.strict || met:
		return verdict{}, t.reject(leaf, "nobody has trusted its certificate")
	case now.Before(leaf.NotBefore) || now.After(leaf.NotAfter):
		return verdict{}, t.reject(leaf, "never seen before, and "+v.warning)
	}
	v.first = leaf
	return v, nil
}

// pin makes the certificate the one to expect from now on.
func (t trust) pin(leaf *x509.Certificate) error {
	if err := t.pki.keep("trusted/certs", t.source, leaf); err != nil {
		return fmt.Errorf("pin server certificate: %w", err)
	}
	return nil
}

// reject keeps the certificate for the operator, and says what can be done about it.
func (t trust) reject(leaf *x509.Certificate, why string) error {
	remedy := "if it is the right one: edgelabel pki trust " + thumbprint(leaf)
	if t.pinned != "" {
		remedy = "if it is the right one put it in place of " + t.pinned
	}
	err := fmt.Errorf("%w: %s; the certificate that it shows (thumbprint %s) was put into rejected; %s", errTrust, why, thumbprint(leaf), remedy)
	if t.pki.Dir == "" {
		return err
	}
	return errors.Join(err, t.pki.reject(t.source, leaf))
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
