package auth_test

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgelabel/ui/auth"
)

func TestBadge(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	a, err := auth.Open(auth.Config{Dir: dir, Now: func() time.Time { return now }, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	give := func(id, code string) error { return a.Users().Set(id, auth.Edit{Badge: &code}) }
	for _, id := range []string{"li", "wang"} {
		if err := a.Users().Add(id, "", auth.Labeler, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.SignInBadge(t.Context(), "0004711", "10.0.0.9"); !errors.Is(err, auth.ErrDenied) {
		t.Errorf("nobody has a badge: %v", err)
	}
	for id, code := range map[string]string{"li": "0004711", "wang": "0004712"} {
		if err := give(id, code); err != nil {
			t.Fatal(err)
		}
	}
	for _, bad := range []string{"0004712", "12345", "with space", strings.Repeat("x", auth.MaxBadge+1)} {
		if err := give("li", bad); !errors.Is(err, auth.ErrInvalid) {
			t.Errorf("badge %q: %v", bad, err)
		}
	}
	for code, want := range map[string]string{"0004711": "li", "0004712": "wang"} {
		if p, err := a.SignInBadge(t.Context(), code, "10.0.0.1"); err != nil || p.ID != want {
			t.Errorf("%s is %+v, %v", code, p, err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "users.json")); err != nil || strings.Contains(string(text), "0004711") {
		t.Errorf("the code stands in the file: %v", err)
	}
	if err := give("li", ""); err != nil {
		t.Fatal(err)
	}
	var limited *auth.Limited
	for range 30 {
		if _, err = a.SignInBadge(t.Context(), "0004711", "10.0.0.2"); errors.As(err, &limited) {
			break
		}
	}
	if limited == nil {
		t.Errorf("guessing goes on: %v", err)
	}
}
