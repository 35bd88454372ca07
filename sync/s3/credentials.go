package s3

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"
)

// keyFile reads temporary keys from a file in the form of AWS's shared credentials, of which the first section counts, and again when it
// has changed: another program renews it.
type keyFile struct {
	path string

	mu  sync.Mutex
	was time.Time // the file's time when it was read
}

// RetrieveWithCredContext reads the file.
func (k *keyFile) RetrieveWithCredContext(*credentials.CredContext) (credentials.Value, error) {
	info, err := os.Stat(k.path)
	if err != nil {
		return credentials.Value{}, fmt.Errorf("credentials: %w", err)
	}
	b, err := os.ReadFile(k.path)
	if err != nil {
		return credentials.Value{}, fmt.Errorf("credentials: %w", err)
	}
	v, err := parseKeys(b)
	if err != nil {
		return v, fmt.Errorf("credentials: %s: %w", k.path, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.was = info.ModTime()
	return v, nil
}

// Retrieve reads the file.
func (k *keyFile) Retrieve() (credentials.Value, error) { return k.RetrieveWithCredContext(nil) }

// IsExpired reports whether the file has changed. One that is gone for a moment has not.
func (k *keyFile) IsExpired() bool {
	info, err := os.Stat(k.path)
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.was.IsZero() || err == nil && !info.ModTime().Equal(k.was)
}

var errKeys = errors.New("want aws_access_key_id = … and aws_secret_access_key = …")

func parseKeys(b []byte) (credentials.Value, error) {
	v := credentials.Value{SignerType: credentials.SignatureV4}
	sections := 0
	for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
		line := strings.TrimSpace(s.Text())
		if strings.HasPrefix(line, "[") {
			sections++
		}
		name, value, _ := strings.Cut(line, "=")
		if value = strings.TrimSpace(value); sections > 1 {
			break
		}
		switch strings.TrimSpace(name) {
		case "aws_access_key_id":
			v.AccessKeyID = value
		case "aws_secret_access_key":
			v.SecretAccessKey = value
		case "aws_session_token":
			v.SessionToken = value
		}
	}
	if v.AccessKeyID == "" || v.SecretAccessKey == "" {
		return v, errKeys
	}
	return v, nil
}
