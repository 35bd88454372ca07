package auth

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// What a person may be called, and how long a password is. Admins can change what everybody labels with, so theirs is longer.
const (
	MaxID            = 32  // bytes
	MaxName          = 64  // characters
	MinPassword      = 8   // characters, labeler
	MinAdminPassword = 12  // characters
	MaxPassword      = 256 // bytes
)

// checkRecord reports the first thing that is wrong. An empty password is not looked at.
func checkRecord(r *record, password string) error {
	if !validID(r.ID) {
		return fmt.Errorf("%w id %q: want 1 to %d of a-z, 0-9, dot, dash and underscore, beginning with a letter or digit", ErrInvalid, r.ID, MaxID)
	}
	if !validName(r.Name) {
		return fmt.Errorf("%w name of %s: want 1 to %d printable characters", ErrInvalid, r.ID, MaxName)
	}
	least := MinPassword
	switch r.Role {
	case Labeler, Reviewer:
	case Admin:
		least = MinAdminPassword
	default:
		return fmt.Errorf("%w role %q of %s: want %s, %s or %s", ErrInvalid, r.Role, r.ID, Labeler, Reviewer, Admin)
	}
	if password == "" {
		return nil
	}
	if utf8.RuneCountInString(password) < least || len(password) > MaxPassword {
		return fmt.Errorf("%w password of %s: want at least %d characters for a %s and at most %d bytes", ErrInvalid, r.ID, least, r.Role, MaxPassword)
	}
	if password == r.ID || password == r.Name {
		return fmt.Errorf("%w password of %s: is the id or the name", ErrInvalid, r.ID)
	}
	return nil
}

func validID(id string) bool {
	if id == "" || len(id) > MaxID {
		return false
	}
	for i, r := range []byte(id) {
		letter := r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
		if !letter && (i == 0 || r != '.' && r != '-' && r != '_') {
			return false
		}
	}
	return true
}

func validName(name string) bool {
	if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > MaxName {
		return false
	}
	for _, r := range name {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}
