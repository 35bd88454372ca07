package auth

import (
	"context"
	"fmt"
	"slices"

	"edgelabel/agent/label"
)

// A PIN opens a panel that locked itself while its person was away. It signs nobody in.
const (
	MinPIN = 4 // digits
	MaxPIN = 6
)

// SetPIN gives the person a PIN of MinPIN to MaxPIN digits; an empty one takes it away. Sessions go on. ErrUnknown, ErrInvalid.
func (u *Users) SetPIN(id, pin string) error {
	if pin != "" && !validPIN(pin) {
		return fmt.Errorf("%w PIN of %s: want %d to %d digits", ErrInvalid, id, MinPIN, MaxPIN)
	}
	hash := ""
	if pin != "" {
		var err error
		if hash, err = hashPassword(u.Rand, pin); err != nil {
			return err
		}
	}
	return u.edit(func(people []record) ([]record, error) {
		i := slices.IndexFunc(people, func(r record) bool { return r.ID == id })
		if i < 0 {
			return nil, fmt.Errorf("user %q: %w", id, ErrUnknown)
		}
		people[i].PIN = hash
		return people, nil
	})
}

// HasPIN reports whether the person has set a PIN.
func (u *Users) HasPIN(id string) (bool, error) {
	rec, _, err := u.find(id)
	return rec.PIN != "", err
}

// CheckPIN returns when the PIN is the person's. It blocks for the time of one hash and of those before it. ErrDenied, *Limited, or an
// error of the users file. Failures count for the person and the address.
func (a *Auth) CheckPIN(ctx context.Context, by label.Person, pin, address string) error {
	leave, err := a.hashing.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if wait := a.limits.wait(address, by.ID); wait > 0 {
		return &Limited{Retry: wait}
	}
	rec, _, err := a.users.find(by.ID)
	if err != nil {
		return err
	}
	hash := rec.PIN
	if hash == "" {
		hash = a.decoy
	}
	match, err := checkPassword(hash, pin)
	if err != nil {
		return fmt.Errorf("PIN of %s: %w", by.ID, err)
	}
	if !match {
		a.limits.fail(address, by.ID)
		return ErrDenied
	}
	a.limits.clear(address, by.ID)
	return nil
}

func validPIN(pin string) bool {
	for _, c := range []byte(pin) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(pin) >= MinPIN && len(pin) <= MaxPIN
}
