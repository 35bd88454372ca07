package opcua

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

const (
	keyBits      = 2048                      // what every policy that is allowed here accepts
	certValidity = 10 * 365 * 24 * time.Hour // a gateway's working life: replacing it means trusting it anew on every server
	certLead     = 24 * time.Hour            // servers whose clock is behind accept it at once
	warnBefore   = 60 * 24 * time.Hour
	pemKey       = "PRIVATE KEY"
)

// firstClock is the earliest time a certificate of ours can begin: a gateway that has lost its clock must not make one for 1970.
var firstClock = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// identity is this gateway's application instance certificate (OPC 10000-6 §6.2.2).
type identity struct {
	der  []byte
	leaf *x509.Certificate
	key  *rsa.PrivateKey
}

// loadIdentity reads own/key.pem and own/cert.der below dir, and makes them when they are not there. Sources that start at the same time
// end up with the same pair. Files that somebody put there, from a certificate authority for example, are used as they are.
func loadIdentity(dir, uri, host string, now time.Time) (*identity, error) {
	if err := (PKI{dir}).prepare(); err != nil {
		return nil, err
	}
	keyPath, certPath := filepath.Join(dir, "own", "key.pem"), filepath.Join(dir, "own", "cert.der")
	keyBytes, err := readOrMake(keyPath, makeKey)
	if err != nil {
		return nil, fmt.Errorf("own private key: %w", err)
	}
	key, err := parseKey(keyBytes)
	if err != nil {
		return nil, fmt.Errorf("own private key %s: %w", keyPath, err)
	}
	der, err := readOrMake(certPath, func() ([]byte, error) { return makeCertificate(key, uri, host, now) })
	if err != nil {
		return nil, fmt.Errorf("own certificate: %w", err)
	}
	leaf, err := parseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("own certificate %s: %w", certPath, err)
	}
	if public, ok := leaf.PublicKey.(*rsa.PublicKey); !ok || !public.Equal(&key.PublicKey) {
		return nil, fmt.Errorf("own certificate %s does not belong to the key %s", certPath, keyPath)
	}
	return &identity{der: leaf.Raw, leaf: leaf, key: key}, nil
}

// warning says what an operator has to do about the certificate, empty for nothing.
func (id *identity) warning(now time.Time) string {
	switch left := id.leaf.NotAfter.Sub(now); {
	case left < 0:
		return fmt.Sprintf("own certificate expired on %s: remove own/cert.der to have a new one made, then trust that on the servers", day(id.leaf.NotAfter))
	case left < warnBefore:
		return fmt.Sprintf("own certificate expires on %s", day(id.leaf.NotAfter))
	}
	return ""
}

func makeKey() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemKey, Bytes: der}), nil
}

func makeCertificate(key *rsa.PrivateKey, uri, host string, now time.Time) ([]byte, error) {
	if now.Before(firstClock) {
		now = firstClock
	}
	u, err := url.Parse(uri)
	if err != nil {
		return nil, fmt.Errorf("application URI: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial.Add(serial, big.NewInt(1)),
		Subject:               pkix.Name{CommonName: "edgelabel@" + host, Organization: []string{"edgelabel"}},
		NotBefore:             now.Add(-certLead),
		NotAfter:              now.Add(certValidity),
		URIs:                  []*url.URL{u},
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment | x509.KeyUsageKeyEncipherment | x509.KeyUsageDataEncipherment | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		SignatureAlgorithm:    x509.SHA256WithRSA,
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	return x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
}

// parseKey reads an RSA key in PEM or DER, PKCS #8 or PKCS #1.
func parseKey(b []byte) (*rsa.PrivateKey, error) {
	b = unarmor(b)
	if key, err := x509.ParsePKCS1PrivateKey(b); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(b)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%T is not an RSA key", parsed)
	}
	return key, nil
}

// parseCertificate reads the first certificate in PEM or DER.
func parseCertificate(b []byte) (*x509.Certificate, error) {
	certs, err := x509.ParseCertificates(unarmor(b))
	if err != nil {
		return nil, err
	}
	if len(certs) == 0 {
		return nil, errors.New("no certificate")
	}
	return certs[0], nil
}

// unarmor is the DER of what may be PEM.
func unarmor(b []byte) []byte {
	if block, _ := pem.Decode(b); block != nil {
		return block.Bytes
	}
	return b
}

// readOrMake returns the file's content. When there is no such file, the content is made and written; of several that do so at the same
// time one wins, and all return the winner's.
func readOrMake(path string, make func() ([]byte, error)) ([]byte, error) {
	b, err := os.ReadFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return b, err
	}
	if b, err = make(); err != nil {
		return nil, err
	}
	if err := writeOnce(path, b); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// writeOnce makes a durable file that only its owner may read. A file that is already there is left alone.
func writeOnce(path string, b []byte) error {
	err := writeAs(path, b, os.Link)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// replaceFile makes a durable file that only its owner may read, in place of one that may be there.
func replaceFile(path string, b []byte) error { return writeAs(path, b, os.Rename) }

// writeAs makes a durable file under a temporary name, which place then turns into its own.
func writeAs(path string, b []byte, place func(from, to string) error) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(b)
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := place(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
