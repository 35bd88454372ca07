package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"sync"
	"time"
)

const maxTokens = 64 // tokens that nobody has used yet

// tokens are the one-time sign-ins. Only hashes are kept, so that a look into memory gives none away.
type tokens struct {
	now  func() time.Time
	rand io.Reader

	mu   sync.Mutex
	open map[[sha256.Size]byte]grant
}

type grant struct {
	user    string
	expires time.Time
}

func (t *tokens) issue(user string, ttl time.Duration) (string, error) {
	secret := make([]byte, 32)
	if _, err := io.ReadFull(t.rand, secret); err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	token := base64.RawURLEncoding.EncodeToString(secret)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open == nil {
		t.open = map[[sha256.Size]byte]grant{}
	}
	for sum, g := range t.open {
		if !g.expires.After(t.now()) {
			delete(t.open, sum)
		}
	}
	if len(t.open) >= maxTokens {
		return "", fmt.Errorf("token for %s: %d are open already", user, maxTokens)
	}
	t.open[sha256.Sum256([]byte(token))] = grant{user: user, expires: t.now().Add(ttl)}
	return token, nil
}

// spend returns the user of the token and forgets it.
func (t *tokens) spend(token string) (user string, ok bool) {
	sum := sha256.Sum256([]byte(token))
	t.mu.Lock()
	defer t.mu.Unlock()
	g, ok := t.open[sum]
	delete(t.open, sum)
	return g.user, ok && g.expires.After(t.now())
}
