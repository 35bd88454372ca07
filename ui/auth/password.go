package auth

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost of one hash: the second choice of RFC 9106 scaled down to what OWASP asks at least, so that a gateway with 1 GB can afford it.
const (
	hashMemory  = 19 << 10 // KiB
	hashPasses  = 2
	hashThreads = 1
	saltBytes   = 16
	sumBytes    = 32

	maxHashMemory = 256 << 10 // KiB; a guard against a crafted file
	maxHashPasses = 16
)

// hashPassword returns the hash in the PHC string format, with its own parameters, so that they can grow later.
func hashPassword(random io.Reader, password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", fmt.Errorf("salt: %w", err)
	}
	return hashWith(salt, password), nil
}

func hashWith(salt []byte, secret string) string {
	return formatHash(salt, argon2.IDKey([]byte(secret), salt, hashPasses, hashMemory, hashThreads, sumBytes))
}

// sameHash compares two whole hashes in constant time.
func sameHash(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// decoyHash costs as much to check as any other hash, and no password is known that fits it.
func decoyHash(random io.Reader) (string, error) {
	b := make([]byte, saltBytes+sumBytes)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("decoy: %w", err)
	}
	return formatHash(b[:saltBytes], b[saltBytes:]), nil
}

func formatHash(salt, sum []byte) string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, hashMemory, hashPasses, hashThreads, enc.EncodeToString(salt), enc.EncodeToString(sum))
}

// checkPassword compares in constant time. The error is about the hash, never about the password.
func checkPassword(hash, password string) (bool, error) {
	h, err := parseHash(hash)
	if err != nil {
		return false, err
	}
	sum := argon2.IDKey([]byte(password), h.salt, h.passes, h.memory, h.threads, uint32(len(h.sum)))
	return subtle.ConstantTimeCompare(sum, h.sum) == 1, nil
}

type parsedHash struct {
	memory, passes uint32
	threads        uint8
	salt, sum      []byte
}

func parseHash(s string) (h parsedHash, err error) {
	bad := errors.New("password hash: want $argon2id$v=19$m=…,t=…,p=…$salt$sum")
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, bad
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.threads); err != nil {
		return h, bad
	}
	if h.memory < 8 || h.memory > maxHashMemory || h.passes < 1 || h.passes > maxHashPasses || h.threads < 1 {
		return h, fmt.Errorf("password hash: cost m=%d,t=%d,p=%d is out of range", h.memory, h.passes, h.threads)
	}
	var saltErr, sumErr error
	h.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	h.sum, sumErr = base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || sumErr != nil || len(h.salt) < 8 || len(h.sum) < 16 || len(h.sum) > 64 {
		return h, bad
	}
	return h, nil
}
