package opcua

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/ua"
)

// errReplaced ends a connection whose certificate is not the newest one.
var errReplaced = errors.New("a certificate was replaced; connecting again with the new one")

// user is the certificate that a person or machine signs in with (OPC 10000-4 §7.40.5), beside the one of this application.
type user struct {
	leaf *x509.Certificate
	key  *rsa.PrivateKey
}

// loadUser reads the user's certificate and key; nil when none is configured.
func (c Config) loadUser() (*user, error) {
	if c.UserCert == "" {
		return nil, nil
	}
	leaf, err := readCertificate(c.UserCert)
	if err != nil {
		return nil, fmt.Errorf("user certificate %s: %w", c.UserCert, err)
	}
	b, err := readSmall(c.UserKey)
	if err != nil {
		return nil, fmt.Errorf("key of the user certificate: %w", err)
	}
	key, err := parseKey(b)
	if err != nil {
		return nil, fmt.Errorf("key of the user certificate %s: %w", c.UserKey, err)
	}
	if public, ok := leaf.PublicKey.(*rsa.PublicKey); !ok || !public.Equal(&key.PublicKey) {
		return nil, fmt.Errorf("user certificate %s does not belong to the key %s", c.UserCert, c.UserKey)
	}
	return &user{leaf: leaf, key: key}, nil
}

// token is how the source signs in.
func (c Config) token() ua.UserTokenType {
	switch {
	case c.UserCert != "":
		return ua.UserTokenTypeCertificate
	case c.User != "":
		return ua.UserTokenTypeUserName
	}
	return ua.UserTokenTypeAnonymous
}

func (c Config) signIn(u *user) []opcua.Option {
	switch {
	case u != nil:
		return []opcua.Option{opcua.AuthCertificate(u.leaf.Raw), opcua.AuthPrivateKey(u.key)}
	case c.User != "":
		return []opcua.Option{opcua.AuthUsername(c.User, c.Password)}
	}
	return []opcua.Option{opcua.AuthAnonymous()}
}

func tokenName(t ua.UserTokenType) string {
	switch t {
	case ua.UserTokenTypeUserName:
		return "user and password"
	case ua.UserTokenTypeCertificate:
		return "user certificate"
	}
	return "anonymous sign-in"
}

// credentials are the files with which a connection was made.
type credentials struct {
	cfg    Config
	marks  string // size and time of the files
	thumbs string
}

func (c Config) credentials() credentials {
	k := credentials{cfg: c, marks: c.marks()}
	k.thumbs, _ = k.thumbprints() // what cannot be read now was read a moment ago; then anything else is new
	return k
}

// replaced tells whether the files now hold others that can be used. Half of a new pair is not yet one.
func (k *credentials) replaced() bool {
	marks := k.cfg.marks()
	if marks == k.marks {
		return false
	}
	thumbs, err := k.thumbprints()
	if err != nil {
		return false
	}
	k.marks = marks
	return thumbs != k.thumbs
}

func (k *credentials) thumbprints() (string, error) {
	id, err := k.cfg.identity(func(string, string) {})
	if err != nil {
		return "", err
	}
	u, err := k.cfg.loadUser()
	if err != nil {
		return "", err
	}
	text := ""
	if id != nil {
		text = thumbprint(id.leaf)
	}
	if u != nil {
		text += " " + thumbprint(u.leaf)
	}
	return text, nil
}

// marks change when one of the files does.
func (c Config) marks() string {
	files := []string{c.UserCert, c.UserKey}
	if c.PKI != "" {
		files = append(files, filepath.Join(c.PKI, "own", "cert.der"), filepath.Join(c.PKI, "own", "key.pem"))
	}
	var b strings.Builder
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			fmt.Fprint(&b, info.Size(), info.ModTime().UnixNano(), " ")
		}
		b.WriteByte('|')
	}
	return b.String()
}
