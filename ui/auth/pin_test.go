package auth_test

import (
	"errors"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/ui/auth"
)

func TestPINOpensOnlyItsOwnPanel(t *testing.T) {
	a, _ := open(t, t.TempDir())
	users := a.Users()
	for _, id := range []string{"li", "zhao"} {
		add(t, a, id, auth.Labeler, secret)
	}
	for _, bad := range []string{"123", "1234567", "12a4", "１２３４"} {
		if err := users.SetPIN("li", bad); !errors.Is(err, auth.ErrInvalid) {
			t.Errorf("PIN %q: %v", bad, err)
		}
	}
	if err := users.SetPIN("nobody", "1234"); !errors.Is(err, auth.ErrUnknown) {
		t.Error(err)
	}
	check(t, users.SetPIN("li", "2468"))
	li, zhao := label.Person{ID: "li"}, label.Person{ID: "zhao"}
	check(t, a.CheckPIN(t.Context(), li, "2468", "10.0.0.1"))
	for _, by := range []label.Person{li, zhao} {
		if err := a.CheckPIN(t.Context(), by, "1357", "10.0.0.1"); !errors.Is(err, auth.ErrDenied) {
			t.Errorf("%s: %v", by.ID, err)
		}
	}
	if has, err := users.HasPIN("zhao"); has || err != nil {
		t.Error(has, err)
	}
	check(t, users.SetPIN("li", ""))
	if err := a.CheckPIN(t.Context(), li, "2468", "10.0.0.1"); !errors.Is(err, auth.ErrDenied) {
		t.Errorf("after it was taken away: %v", err)
	}
}

func TestPINIsNotGuessed(t *testing.T) {
	a, _ := open(t, t.TempDir())
	add(t, a, "li", auth.Labeler, secret)
	check(t, a.Users().SetPIN("li", "2468"))
	limited := new(auth.Limited)
	for range 20 {
		if err := a.CheckPIN(t.Context(), label.Person{ID: "li"}, "1111", "10.0.0.1"); errors.As(err, &limited) {
			return
		}
	}
	t.Error("twenty wrong PINs, and the next would be tried too")
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
