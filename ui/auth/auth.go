// Package auth knows the people who may label: who they are, how they sign in, and which requests carry their session.
//
//	users.json ─▶ Users ─▶ SignIn ─▶ signed cookie ─▶ Person on every request
//	 (edgelabel user …)      ▲
//	                 limiter, one-time tokens
//
// There is no default user and no default password: with no users file nobody gets in.
package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"edgelabel/agent/label"
)

// What the package answers when it cannot do as asked.
var (
	ErrDenied  = errors.New("sign-in refused")         // unknown person, wrong password, spent token or no valid session: never says which
	ErrInvalid = errors.New("invalid")                 // an id, name, role or password breaks the rules; the text says which
	ErrUnknown = errors.New("no such user")            // for whoever keeps the users file, never for a browser
	ErrExists  = errors.New("user exists already")     // likewise
	ErrDamaged = errors.New("users file is not sound") // likewise
)

// Limited is returned when there were too many failures. Nothing was tried.
type Limited struct{ Retry time.Duration } // how long to wait

func (e *Limited) Error() string {
	return fmt.Sprintf("too many sign-ins, wait %v", e.Retry.Round(time.Second))
}

// Defaults of Config.
const (
	DefaultSession = 12 * time.Hour // a shift and the hand-over after it
)

// Config is how people sign in.
type Config struct {
	Dir     string           // data directory: users.json and session.key
	Session time.Duration    // how long a session lasts; 0 is DefaultSession
	Now     func() time.Time // the gateway's clock; nil is time.Now
	Rand    io.Reader        // nil is crypto/rand
}

// Auth decides who is who. Its methods may be called from several goroutines at once.
type Auth struct {
	users   *Users
	keys    signer
	session time.Duration
	now     func() time.Time
	rand    io.Reader
	hashing *turnstile // password hashes need memory: one at a time
	limits  *limiter
	tokens  tokens
	decoy   string // hash that an unknown user's password is held against, so that the answer takes as long

	accepted, refused atomic.Uint64
}

// Open reads the key that signs sessions, and makes one when the data directory has none.
func Open(cfg Config) (*Auth, error) {
	if cfg.Session <= 0 {
		cfg.Session = DefaultSession
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	key, err := loadKey(cfg.Dir, cfg.Rand)
	if err != nil {
		return nil, err
	}
	decoy, err := decoyHash(cfg.Rand)
	if err != nil {
		return nil, err
	}
	return &Auth{
		users:   &Users{Dir: cfg.Dir, Now: cfg.Now, Rand: cfg.Rand},
		keys:    signer{key: key},
		session: cfg.Session,
		now:     cfg.Now,
		rand:    cfg.Rand,
		hashing: newTurnstile(maxWaiting),
		limits:  newLimiter(cfg.Now),
		tokens:  tokens{now: cfg.Now, rand: cfg.Rand},
		decoy:   decoy,
	}, nil
}

// Users is the list of people that sign-ins are checked against.
func (a *Auth) Users() *Users { return a.users }

// SignIn returns the person whose password this is. It blocks for the time of one hash and of those before it. ErrDenied, *Limited, or
// an error of the users file. address is where the request came from, without port.
func (a *Auth) SignIn(ctx context.Context, user, password, address string) (label.Person, error) {
	leave, err := a.hashing.enter(ctx)
	if err != nil {
		return label.Person{}, err
	}
	defer leave()
	if wait := a.limits.wait(address, user); wait > 0 {
		return label.Person{}, &Limited{Retry: wait}
	}
	rec, known, err := a.users.find(user)
	if err != nil {
		return label.Person{}, err
	}
	hash := rec.Hash
	if hash == "" {
		hash, known = a.decoy, false
	}
	match, err := checkPassword(hash, password)
	if err != nil {
		return label.Person{}, fmt.Errorf("user %s: %w", user, err)
	}
	if !match || !known {
		a.refused.Add(1)
		a.limits.fail(address, user)
		return label.Person{}, ErrDenied
	}
	a.accepted.Add(1)
	a.limits.clear(address, user)
	return rec.person(), nil
}

// NewToken makes a secret that signs the user in once, within ttl. It is kept in memory only. ErrUnknown.
func (a *Auth) NewToken(user string, ttl time.Duration) (string, error) {
	if _, known, err := a.users.find(user); err != nil {
		return "", err
	} else if !known {
		return "", fmt.Errorf("user %q: %w", user, ErrUnknown)
	}
	return a.tokens.issue(user, ttl)
}

// Redeem spends a token of NewToken. ErrDenied or *Limited.
func (a *Auth) Redeem(token, address string) (label.Person, error) {
	if wait := a.limits.wait(address, ""); wait > 0 {
		return label.Person{}, &Limited{Retry: wait}
	}
	user, ok := a.tokens.spend(token)
	if ok {
		rec, known, err := a.users.find(user)
		if err != nil {
			return label.Person{}, err
		}
		if known {
			a.accepted.Add(1)
			return rec.person(), nil
		}
	}
	a.refused.Add(1)
	a.limits.fail(address, "")
	return label.Person{}, ErrDenied
}

// Counters are totals since the start.
type Counters struct{ Accepted, Refused uint64 }

// Counters says how many sign-ins there were.
func (a *Auth) Counters() Counters {
	return Counters{Accepted: a.accepted.Load(), Refused: a.refused.Load()}
}
