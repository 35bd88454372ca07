package auth

import (
	"context"
	"fmt"
	"io"

	"edgelabel/agent/label"
)

// A card says who it is by its code alone, so that a sign-in cannot look up whose salt to use: all badges share one, and one hash is held
// against everybody's.
const (
	MinBadge = 6   // characters
	MaxBadge = 128 // bytes
)

// SignInBadge returns the person whose card this is. It blocks for the time of one hash and of those before it. ErrDenied, *Limited, or
// an error of the users file. Failures count for the address.
func (a *Auth) SignInBadge(ctx context.Context, code, address string) (label.Person, error) {
	leave, err := a.hashing.enter(ctx)
	if err != nil {
		return label.Person{}, err
	}
	defer leave()
	if wait := a.limits.wait(address, ""); wait > 0 {
		return label.Person{}, &Limited{Retry: wait}
	}
	people, err := a.users.all()
	if err != nil {
		return label.Person{}, err
	}
	rec, known, err := holder(people, code, a.decoy)
	if err != nil {
		return label.Person{}, err
	}
	if !known {
		a.refused.Add(1)
		a.limits.fail(address, "")
		return label.Person{}, ErrDenied
	}
	a.accepted.Add(1)
	return rec.person(), nil
}

// holder finds whose badge has the code. A hash is made in any case, so that the answer takes as long where nobody has a badge.
func holder(people []record, code, decoy string) (record, bool, error) {
	if !validBadge(code) {
		code = ""
	}
	made := map[string]string{} // by salt: the hash of the code with it
	for _, r := range people {
		if r.Badge == "" {
			continue
		}
		h, err := parseHash(r.Badge)
		if err != nil {
			return record{}, false, fmt.Errorf("badge of %s: %w", r.ID, err)
		}
		salt := string(h.salt)
		if made[salt] == "" {
			made[salt] = hashWith(h.salt, code)
		}
		if code != "" && sameHash(made[salt], r.Badge) {
			return r, true, nil
		}
	}
	if len(made) > 0 {
		return record{}, false, nil
	}
	_, err := checkPassword(decoy, code)
	return record{}, false, err
}

// giveBadge sets the badge of people[i]; an empty code takes it away. ErrInvalid when somebody else has the same.
func (u *Users) giveBadge(people []record, i int, code string) error {
	people[i].Badge = ""
	if code == "" {
		return nil
	}
	if !validBadge(code) {
		return fmt.Errorf("%w badge of %s: want %d printable characters to %d bytes without spaces", ErrInvalid, people[i].ID, MinBadge, MaxBadge)
	}
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(u.Rand, salt); err != nil {
		return fmt.Errorf("salt: %w", err)
	}
	for _, r := range people {
		if h, err := parseHash(r.Badge); err == nil {
			salt = h.salt
			break
		}
	}
	badge := hashWith(salt, code)
	for _, r := range people {
		if r.Badge != "" && sameHash(r.Badge, badge) {
			return fmt.Errorf("%w badge of %s: %s has the same", ErrInvalid, people[i].ID, r.ID)
		}
	}
	people[i].Badge = badge
	return nil
}

func validBadge(code string) bool {
	for _, c := range []byte(code) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(code) >= MinBadge && len(code) <= MaxBadge
}
