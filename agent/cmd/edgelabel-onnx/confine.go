//go:build onnx

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// confine bounds the memory, and offers this process first where the machine has none left.
func confine(memory int64) error {
	limit := unix.Rlimit{Cur: uint64(memory), Max: uint64(memory)}
	if err := unix.Setrlimit(unix.RLIMIT_DATA, &limit); err != nil {
		return fmt.Errorf("bound memory to %d bytes: %w", memory, err)
	}
	if err := os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0); err != nil {
		return fmt.Errorf("offer this process first: %w", err)
	}
	return nil
}

// fingerprint is the version of a model: which file it was.
func fingerprint(file string) (_ string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("model: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("model: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil))[:12], nil
}
