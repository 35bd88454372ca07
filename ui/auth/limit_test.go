package auth_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"edgelabel/ui/auth"
)

// guess redeems a token that does not exist: it counts as a failure of the address and costs no hash.
func guess(t *testing.T, a *auth.Auth, address string) (limited bool) {
	t.Helper()
	_, err := a.Redeem("wrong", address)
	wait := new(auth.Limited)
	switch {
	case errors.As(err, &wait):
		if wait.Retry <= 0 {
			t.Errorf("retry in %v", wait.Retry)
		}
		return true
	case !errors.Is(err, auth.ErrDenied):
		t.Errorf("%s: %v", address, err)
	}
	return false
}

func TestFailuresOfAnAddressSlowItDown(t *testing.T) {
	a, c := open(t, t.TempDir())
	tries, day := 0, c.now().Add(24*time.Hour)
	for c.now().Before(day) {
		if guess(t, a, "10.0.0.66") {
			c.pass(time.Second)
			continue
		}
		tries++
	}
	if tries >= 200 {
		t.Errorf("%d guesses in a day", tries)
	}
	if guess(t, a, "10.0.0.67") {
		t.Error("another address has to wait, too")
	}
}

func TestOneHostHasManyAddresses(t *testing.T) {
	a, _ := open(t, t.TempDir())
	for i := range 100 {
		if guess(t, a, fmt.Sprintf("2001:db8::%x", i)) {
			return
		}
	}
	t.Error("100 guesses from one IPv6 network")
}

func TestWrongPasswordsSlowOneUserAtOneAddress(t *testing.T) {
	a, c := open(t, t.TempDir())
	add(t, a, "li", auth.Labeler, secret)
	add(t, a, "wang", auth.Labeler, secret)
	ctx := context.Background()
	for range 5 {
		if _, err := a.SignIn(ctx, "li", "wrong", "10.0.0.66"); !errors.Is(err, auth.ErrDenied) {
			t.Fatal(err)
		}
	}
	wait := new(auth.Limited)
	if _, err := a.SignIn(ctx, "li", secret, "10.0.0.66"); !errors.As(err, &wait) {
		t.Fatalf("the right password at once: %v", err)
	}
	if _, err := a.SignIn(ctx, "wang", secret, "10.0.0.66"); err != nil {
		t.Errorf("another person at the same terminal: %v", err)
	}
	if _, err := a.SignIn(ctx, "li", secret, "10.0.0.7"); err != nil {
		t.Errorf("the same person at another terminal: %v", err)
	}
	c.pass(wait.Retry)
	if _, err := a.SignIn(ctx, "li", secret, "10.0.0.66"); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestUnknownUsersAreLimitedAlike(t *testing.T) {
	a, _ := open(t, t.TempDir())
	add(t, a, "li", auth.Labeler, secret)
	ctx := context.Background()
	for i := range 7 {
		_, known := a.SignIn(ctx, "li", "wrong", "10.0.0.1")
		_, unknown := a.SignIn(ctx, "nobody", "wrong", "10.0.0.2")
		if known.Error() != unknown.Error() {
			t.Errorf("attempt %d: %q and %q", i, known, unknown)
		}
	}
}

func TestFailuresAreBounded(t *testing.T) {
	a, _ := open(t, t.TempDir())
	for i := range 4400 {
		guess(t, a, fmt.Sprintf("10.%d.%d.1", i>>8, i&255))
	}
	for range 30 { // a full table still counts
		if guess(t, a, "192.168.0.1") {
			return
		}
	}
	t.Error("no limit once the table is full")
}

func TestSignInEndsWithItsRequest(t *testing.T) {
	a, _ := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := a.SignIn(ctx, "li", secret, "10.0.0.1"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
