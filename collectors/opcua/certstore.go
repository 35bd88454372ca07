package opcua

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// The folder of certificates, laid out as other OPC UA software does:
//
//	own/cert.der own/key.pem    this gateway's
//	trusted/certs/*             servers, and authorities whose servers are trusted; any file name
//	trusted/crl/*               what the trusted authorities have revoked
//	issuer/certs/* issuer/crl/* authorities that only complete a chain
//	rejected/*                  servers that nobody has decided about
//
// A file <source>@<thumbprint>.der holds a certificate that was met at that source: as a trusted one it is good for that source alone.
// What a person has decided is <thumbprint>@<source>.der, or <thumbprint>.der, and holds for every source.
var storeFolders = []string{"own", "trusted/certs", "trusted/crl", "issuer/certs", "issuer/crl", "rejected"}

const (
	maxRejected = 100 // files, so that nobody fills the disk with certificates; the oldest go first
	maxCertFile = 1 << 20
)

// PKI is a folder of certificates. Its methods may be called while an agent uses the folder, which heeds a change at its next connection.
type PKI struct{ Dir string }

// Certificate is one file of the folder.
type Certificate struct {
	Folder string // own, trusted, issuer or rejected
	File   string
	Source string // where it was met, empty when somebody put it there
	Person bool   // somebody has trusted or rejected it
	Err    error  // why it cannot be read; then there is no Cert
	Cert   *x509.Certificate
}

var decided = regexp.MustCompile(`^[0-9A-F]{40}(@|$)`)

// name tells what a file's name says.
func (c *Certificate) name(file string) {
	file = strings.TrimSuffix(file, ".der")
	before, after, met := strings.Cut(file, "@")
	switch {
	case decided.MatchString(file):
		c.Person, c.Source = true, after
	case met:
		c.Source = before
	}
}

// Thumbprint is the SHA-1 of the certificate, in upper-case hex, by which OPC UA tools show it.
func (c Certificate) Thumbprint() string { return thumbprint(c.Cert) }

// prepare makes the folders and moves what earlier versions kept elsewhere.
func (p PKI) prepare() error {
	for _, sub := range storeFolders {
		if err := os.MkdirAll(filepath.Join(p.Dir, sub), 0o700); err != nil {
			return fmt.Errorf("certificate folder: %w", err)
		}
	}
	if err := p.migrate("trusted", "trusted/certs"); err != nil {
		return err
	}
	return p.migrate("rejected", "rejected")
}

// migrate renames <source>.der of earlier versions.
func (p PKI) migrate(from, to string) error {
	files, err := filepath.Glob(filepath.Join(p.Dir, from, "*.der"))
	if err != nil {
		return fmt.Errorf("certificate folder: %w", err)
	}
	for _, old := range files {
		source := strings.TrimSuffix(filepath.Base(old), ".der")
		cert, err := readCertificate(old)
		if err != nil || strings.Contains(source, "@") || decided.MatchString(source) {
			continue // listed with what is wrong with it
		}
		name := filepath.Join(p.Dir, to, source+"@"+thumbprint(cert)+".der")
		if err := os.Rename(old, name); err != nil && !errors.Is(err, fs.ErrNotExist) { // another source may have been quicker
			return fmt.Errorf("certificate folder: %w", err)
		}
	}
	return nil
}

// List reads the whole folder, by folder and name. A file that is no certificate is listed with its error.
func (p PKI) List() ([]Certificate, error) {
	if _, err := os.Stat(p.Dir); err != nil {
		return nil, fmt.Errorf("certificate folder: %w", err)
	}
	if err := p.prepare(); err != nil {
		return nil, err
	}
	var all []Certificate
	for _, folder := range []string{"own", "trusted/certs", "issuer/certs", "rejected"} {
		some, err := p.list(folder)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func (p PKI) list(folder string) ([]Certificate, error) {
	entries, err := os.ReadDir(filepath.Join(p.Dir, folder))
	if err != nil {
		return nil, fmt.Errorf("certificate folder: %w", err)
	}
	var all []Certificate
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") || folder == "own" && strings.Contains(e.Name(), "key") {
			continue
		}
		place, _, _ := strings.Cut(folder, "/")
		c := Certificate{Folder: place, File: filepath.Join(p.Dir, folder, e.Name())}
		c.name(e.Name())
		c.Cert, c.Err = readCertificate(c.File)
		if !errors.Is(c.Err, fs.ErrNotExist) {
			all = append(all, c)
		}
	}
	return all, nil
}

// Trust moves the rejected certificate whose thumbprint begins so to the trusted ones.
func (p PKI) Trust(thumb string) (Certificate, error) {
	return p.move(thumb, "rejected", "trusted/certs")
}

// Reject moves the trusted certificate whose thumbprint begins so to the rejected ones. A connection that stands is not ended by it.
func (p PKI) Reject(thumb string) (Certificate, error) { return p.move(thumb, "trusted", "rejected") }

func (p PKI) move(thumb, from, to string) (Certificate, error) {
	all, err := p.List()
	if err != nil {
		return Certificate{}, err
	}
	thumb = strings.ToUpper(strings.NewReplacer(":", "", " ", "").Replace(thumb))
	fits := func(c Certificate) bool {
		return c.Folder == from && c.Err == nil && strings.HasPrefix(c.Thumbprint(), thumb)
	}
	i := slices.IndexFunc(all, fits)
	if i < 0 || thumb == "" {
		return Certificate{}, fmt.Errorf("no %s certificate has a thumbprint that begins with %q", from, thumb)
	}
	found := all[i]
	for _, c := range all[i:] { // the same certificate may have been met at several sources
		if !fits(c) {
			continue
		}
		if !c.Cert.Equal(found.Cert) {
			return Certificate{}, fmt.Errorf("several %s certificates have a thumbprint that begins with %q", from, thumb)
		}
		name := c.Thumbprint() + ".der"
		if c.Source != "" {
			name = c.Thumbprint() + "@" + c.Source + ".der"
		}
		if err := os.Rename(c.File, filepath.Join(p.Dir, to, name)); err != nil {
			return Certificate{}, fmt.Errorf("move certificate: %w", err)
		}
	}
	return found, syncDir(filepath.Join(p.Dir, to))
}

// Import adds a certificate of a file, PEM or DER, to the trusted ones: a server's, or an authority's all of whose servers are trusted.
func (p PKI) Import(file string) (Certificate, error) {
	cert, err := readCertificate(file)
	if err != nil {
		return Certificate{}, fmt.Errorf("certificate %s: %w", file, err)
	}
	if err := p.prepare(); err != nil {
		return Certificate{}, err
	}
	c := Certificate{Folder: "trusted", File: filepath.Join(p.Dir, "trusted", "certs", thumbprint(cert)+".der"), Cert: cert}
	if err := writeOnce(c.File, cert.Raw); err != nil {
		return c, fmt.Errorf("keep certificate: %w", err)
	}
	return c, nil
}

// keep writes a certificate that was met at a source.
func (p PKI) keep(folder, source string, cert *x509.Certificate) error {
	file := filepath.Join(p.Dir, folder, fileName(source)+"@"+thumbprint(cert)+".der")
	if _, err := os.Stat(file); err == nil {
		return nil // at every attempt of a source that is refused
	}
	return writeOnce(file, cert.Raw)
}

// reject keeps a certificate for the operator to look at.
func (p PKI) reject(source string, cert *x509.Certificate) error {
	if err := p.keep("rejected", source, cert); err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Join(p.Dir, "rejected"))
	if err != nil || len(entries) <= maxRejected {
		return err
	}
	age := func(e os.DirEntry) int64 {
		info, err := e.Info()
		if err != nil {
			return 0
		}
		return info.ModTime().UnixNano()
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return cmp.Compare(age(a), age(b)) })
	for _, e := range entries[:len(entries)-maxRejected] {
		if err := os.Remove(filepath.Join(p.Dir, "rejected", e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// revocations reads the lists of revoked certificates.
func (p PKI) revocations() ([]*x509.RevocationList, error) {
	var all []*x509.RevocationList
	for _, folder := range []string{"trusted/crl", "issuer/crl"} {
		entries, err := os.ReadDir(filepath.Join(p.Dir, folder))
		if err != nil {
			return nil, fmt.Errorf("certificate folder: %w", err)
		}
		for _, e := range entries {
			file := filepath.Join(p.Dir, folder, e.Name())
			b, err := readSmall(file)
			if err != nil {
				return nil, fmt.Errorf("revocation list: %w", err)
			}
			list, err := x509.ParseRevocationList(unarmor(b))
			if err != nil {
				return nil, fmt.Errorf("revocation list %s: %w", file, err)
			}
			all = append(all, list)
		}
	}
	return all, nil
}

func readCertificate(file string) (*x509.Certificate, error) {
	b, err := readSmall(file)
	if err != nil {
		return nil, err
	}
	return parseCertificate(b)
}

// readSmall reads a file that should hold one certificate.
func readSmall(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxCertFile {
		return nil, fmt.Errorf("%d bytes are too many", info.Size())
	}
	return os.ReadFile(file)
}
