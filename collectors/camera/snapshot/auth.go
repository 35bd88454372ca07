package snapshot

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"strings"
)

// challenge is how a camera wants to be signed in to. The zero value signs in nowhere.
type challenge struct {
	basic bool

	digest               func() hash.Hash // nil without digest
	algorithm            string           // as the camera wrote it; empty when it did not
	realm, nonce, opaque string
	qop                  bool // auth; without it as of RFC 2069
	used                 int  // how often the nonce was
}

// parseChallenges picks the strongest way of signing in that is offered and known: digest with SHA-256, digest with MD5, basic.
func parseChallenges(headers []string) (challenge, error) {
	best, rank := challenge{}, 0
	for _, h := range headers {
		scheme, rest, _ := strings.Cut(strings.TrimSpace(h), " ")
		switch strings.ToLower(scheme) {
		case "basic":
			if rank < 1 {
				best, rank = challenge{basic: true}, 1
			}
		case "digest":
			if c, r := parseDigest(fields(rest)); r > rank {
				best, rank = c, r
			}
		}
	}
	if rank == 0 {
		return best, fmt.Errorf("%w: it asks for neither basic nor digest", errSignIn)
	}
	return best, nil
}

func parseDigest(f map[string]string) (challenge, int) {
	c := challenge{algorithm: f["algorithm"], realm: f["realm"], nonce: f["nonce"], opaque: f["opaque"]}
	offered := strings.ToLower(strings.ReplaceAll(f["qop"], " ", ""))
	c.qop = strings.Contains(","+offered+",", ",auth,")
	if c.nonce == "" || offered != "" && !c.qop {
		return c, 0
	}
	switch strings.ToUpper(c.algorithm) {
	case "SHA-256":
		c.digest = sha256.New
		return c, 3
	case "", "MD5":
		c.digest = md5.New
		return c, 2
	}
	return c, 0
}

// fields reads name=value and name="value" pairs, separated by commas. Names become lower case.
func fields(s string) map[string]string {
	all := map[string]string{}
	for s = strings.TrimLeft(s, " ,\t"); s != ""; s = strings.TrimLeft(s, " ,\t") {
		name, rest, ok := strings.Cut(s, "=")
		if !ok {
			break
		}
		value := ""
		if rest = strings.TrimLeft(rest, " \t"); strings.HasPrefix(rest, `"`) {
			value, rest = quoted(rest[1:])
		} else {
			value, rest, _ = strings.Cut(rest, ",")
		}
		all[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
		s = rest
	}
	return all
}

// quoted reads up to the closing quote; a backslash takes the next character as it is.
func quoted(s string) (value, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// authorize signs a request (RFC 7617, RFC 7616 §3.4 with qop auth or none).
func (c *challenge) authorize(r *http.Request, user, password string) error {
	switch {
	case c.basic:
		r.SetBasicAuth(user, password)
	case c.digest != nil:
		nonce := make([]byte, 8)
		if _, err := rand.Read(nonce); err != nil {
			return fmt.Errorf("sign in: %w", err)
		}
		c.used++
		r.Header.Set("Authorization", c.respond(r.Method, r.URL.RequestURI(), user, password, hex.EncodeToString(nonce)))
	}
	return nil
}

func (c *challenge) respond(method, uri, user, password, cnonce string) string {
	sum := func(parts ...string) string {
		h := c.digest()
		h.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(h.Sum(nil))
	}
	secret, what := sum(user, c.realm, password), sum(method, uri)
	out := fmt.Sprintf(`Digest username=%s, realm=%s, nonce=%s, uri=%s`, quote(user), quote(c.realm), quote(c.nonce), quote(uri))
	if c.qop {
		count := fmt.Sprintf("%08x", c.used)
		out += fmt.Sprintf(`, response="%s", qop=auth, nc=%s, cnonce="%s"`, sum(secret, c.nonce, count, cnonce, "auth", what), count, cnonce)
	} else {
		out += fmt.Sprintf(`, response="%s"`, sum(secret, c.nonce, what))
	}
	if c.algorithm != "" {
		out += ", algorithm=" + c.algorithm
	}
	if c.opaque != "" {
		out += ", opaque=" + quote(c.opaque)
	}
	return out
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
