package opcua

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"
)

// errUnknownIssuer says that no authority that is trusted here has signed a certificate.
var errUnknownIssuer = errors.New("no trusted authority has signed its certificate")

// verify checks a chain against the authorities of the folder (OPC 10000-4 §6.1.3): signatures, dates, revocation, and that the
// certificate is that of the application: an authority signs many.
func (t trust) verify(chain []*x509.Certificate, known []Certificate, application string, now time.Time) error {
	leaf := chain[0]
	roots, others := x509.NewCertPool(), x509.NewCertPool()
	authorities := 0
	for _, c := range known {
		switch {
		case c.Err != nil || !c.Cert.IsCA:
		case c.Folder == "trusted" && (c.Source == "" || c.Person):
			roots.AddCert(c.Cert)
			authorities++
		case c.Folder == "issuer":
			others.AddCert(c.Cert)
		}
	}
	if authorities == 0 {
		return errUnknownIssuer
	}
	for _, c := range chain[1:] {
		others.AddCert(c)
	}
	ways, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: others, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if unknown := (x509.UnknownAuthorityError{}); errors.As(err, &unknown) {
		return errUnknownIssuer
	}
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(leaf.URIs, func(u *url.URL) bool { return u.String() == application }) {
		return fmt.Errorf("a trusted authority signed its certificate, but for another application than %s", application)
	}
	lists, err := t.pki.revocations()
	if err != nil {
		return err
	}
	return unrevoked(ways, lists)
}

// unrevoked needs one way to a trusted authority on which nothing was revoked.
func unrevoked(ways [][]*x509.Certificate, lists []*x509.RevocationList) error {
	var err error
	for _, way := range ways {
		if err = checkWay(way, lists); err == nil {
			return nil
		}
	}
	return err
}

func checkWay(way []*x509.Certificate, lists []*x509.RevocationList) error {
	for i := range len(way) - 1 {
		for _, list := range lists {
			if list.CheckSignatureFrom(way[i+1]) != nil {
				continue // a list of another authority
			}
			for _, r := range list.RevokedCertificateEntries {
				if r.SerialNumber.Cmp(way[i].SerialNumber) == 0 {
					return fmt.Errorf("its authority revoked the certificate %s on %s", thumbprint(way[i]), day(r.RevocationTime))
				}
			}
		}
	}
	return nil
}
