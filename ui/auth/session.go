package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"edgelabel/agent/label"
)

// CookieName is the name of the session cookie.
const CookieName = "edgelabel_session"

const maxRevoked = 4096 // sessions that were signed out of and have not expired yet

// signer writes and reads session cookies:
//
//	v1.<expiry, Unix seconds>.<session id, hex>.<user's stamp>.<user id>.<HMAC-SHA256 of all before, base64url>
//
// The gateway keeps no list of sessions: they survive a restart, and a user's new stamp ends all of theirs. Signing out is remembered
// for one session, in memory.
type signer struct {
	key []byte

	mu      sync.Mutex
	revoked map[string]time.Time // session id → when it expires
}

type claims struct {
	expires         time.Time
	id, stamp, user string
}

func (s *signer) sign(c claims) string {
	text := fmt.Sprintf("v1.%d.%s.%s.%s", c.expires.Unix(), c.id, c.stamp, c.user)
	return text + "." + s.mac(text)
}

func (s *signer) mac(text string) string {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

func (s *signer) read(cookie string) (claims, bool) {
	end := strings.LastIndexByte(cookie, '.')
	if end < 0 || len(cookie) > 512 || !hmac.Equal([]byte(cookie[end+1:]), []byte(s.mac(cookie[:end]))) {
		return claims{}, false
	}
	parts := strings.SplitN(cookie[:end], ".", 5) // the user id comes last: it may hold dots
	if len(parts) != 5 || parts[0] != "v1" {
		return claims{}, false
	}
	expires, err := strconv.ParseInt(parts[1], 10, 64)
	return claims{expires: time.Unix(expires, 0), id: parts[2], stamp: parts[3], user: parts[4]}, err == nil
}

func (s *signer) isRevoked(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, yes := s.revoked[id]
	return yes
}

// revoke forgets what has expired, and when there is still no room, the session that would expire first.
func (s *signer) revoke(c claims, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.revoked == nil {
		s.revoked = map[string]time.Time{}
	}
	first := ""
	for id, at := range s.revoked {
		if !at.After(now) {
			delete(s.revoked, id)
		} else if first == "" || at.Before(s.revoked[first]) {
			first = id
		}
	}
	if len(s.revoked) >= maxRevoked {
		delete(s.revoked, first)
	}
	s.revoked[c.id] = c.expires
}

// Cookie begins a session of the person. secure says that the page came over TLS. ErrDenied when the person is gone.
func (a *Auth) Cookie(p label.Person, secure bool) (*http.Cookie, error) {
	rec, known, err := a.users.find(p.ID)
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, ErrDenied
	}
	id := make([]byte, 16)
	if _, err := io.ReadFull(a.rand, id); err != nil {
		return nil, fmt.Errorf("session id: %w", err)
	}
	c := claims{expires: a.now().Add(a.session), id: hex.EncodeToString(id), stamp: rec.Stamp, user: rec.ID}
	return cookie(a.keys.sign(c), int(a.session/time.Second), secure), nil
}

// Person returns who sent the request, as the users file has them now. ErrDenied without a valid session.
func (a *Auth) Person(r *http.Request) (label.Person, error) {
	c, ok := a.claims(r)
	if !ok {
		return label.Person{}, ErrDenied
	}
	rec, known, err := a.users.find(c.user)
	if err != nil {
		return label.Person{}, err
	}
	if !known || !hmac.Equal([]byte(rec.Stamp), []byte(c.stamp)) {
		return label.Person{}, ErrDenied
	}
	return rec.person(), nil
}

// SignOut ends the request's session and returns the cookie that makes the browser forget it. Without a session it only does the latter.
func (a *Auth) SignOut(r *http.Request, secure bool) *http.Cookie {
	if c, ok := a.claims(r); ok {
		a.keys.revoke(c, a.now())
	}
	return cookie("", -1, secure)
}

func (a *Auth) claims(r *http.Request) (claims, bool) {
	sent, err := r.Cookie(CookieName)
	if err != nil {
		return claims{}, false
	}
	c, ok := a.keys.read(sent.Value)
	return c, ok && c.expires.After(a.now()) && !a.keys.isRevoked(c.id)
}

func cookie(value string, maxAge int, secure bool) *http.Cookie {
	return &http.Cookie{
		Name: CookieName, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: secure, SameSite: http.SameSiteStrictMode,
	}
}
