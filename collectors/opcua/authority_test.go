package opcua_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/url"
	"sync"
	"testing"
	"time"
)

// signer is a certificate authority of the tests.
type signer struct {
	cert *x509.Certificate
	der  []byte
	key  *rsa.PrivateKey
}

// leafKey is the key of every server that is signed: making one takes long.
var leafKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// authority makes one that another has signed, or that stands for itself.
func authority(t *testing.T, name string, by *signer) *signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().AddDate(5, 0, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
	s := &signer{key: key}
	parent, parentKey := c, key
	if by != nil {
		c.SerialNumber, parent, parentKey = big.NewInt(2), by.cert, by.key
	}
	s.der, err = x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	if s.cert, err = x509.ParseCertificate(s.der); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *signer) sign(t *testing.T, serial int64, application string) []byte {
	t.Helper()
	key, err := leafKey()
	if err != nil {
		t.Fatal(err)
	}
	uri, err := url.Parse(application)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "server"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().AddDate(2, 0, 0), URIs: []*url.URL{uri}, KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, c, s.cert, &key.PublicKey, s.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func (s *signer) revoke(t *testing.T, serial int64) []byte {
	t.Helper()
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: time.Now(), NextUpdate: time.Now().AddDate(1, 0, 0),
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: big.NewInt(serial), RevocationTime: time.Now()}}}, s.cert, s.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}
