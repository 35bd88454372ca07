package auth_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"edgelabel/ui/auth"
)

func FuzzCookie(f *testing.F) {
	a, err := auth.Open(auth.Config{Dir: f.TempDir()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("v1.99999999999.00.00.li.AAAA")
	f.Add("")
	f.Add("v1...li.wei.")
	f.Fuzz(func(t *testing.T, value string) {
		r := request(nil)
		r.Header.Set("Cookie", auth.CookieName+"="+value)
		if p, err := a.Person(r); err == nil {
			t.Errorf("%q is %v", value, p)
		}
		if c := a.SignOut(r, true); c.SameSite != http.SameSiteStrictMode {
			t.Error(c)
		}
	})
}

func FuzzUsersFile(f *testing.F) {
	f.Add([]byte(`[{"id":"li","name":"Li","role":"labeler","hash":"$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA","stamp":"00","changed":1}]`))
	f.Add([]byte(`[{"id":"li","name":"Li","role":"labeler","hash":"$argon2id$v=19$m=4294967295,t=1,p=1$AA$AA","stamp":""}]`))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "users.json"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		u := &auth.Users{Dir: dir, Now: time.Now, Rand: zeroes{}}
		list, err := u.List()
		if err != nil {
			return
		}
		a, err := auth.Open(auth.Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			return
		}
		if _, err := a.SignIn(context.Background(), list[0].ID, "wrong", "10.0.0.1"); err == nil {
			t.Errorf("%s signed in", list[0].ID)
		}
	})
}
