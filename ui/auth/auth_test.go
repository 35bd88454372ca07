package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"edgelabel/agent/label"
	"edgelabel/ui/auth"
)

const secret = "a long pass phrase"

// clock is a clock that only the test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func open(t *testing.T, dir string) (*auth.Auth, *clock) {
	t.Helper()
	c := &clock{t: time.Date(2026, 5, 4, 6, 0, 0, 0, time.UTC)}
	a, err := auth.Open(auth.Config{Dir: dir, Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	return a, c
}

func add(t *testing.T, a *auth.Auth, id string, role auth.Role, password string) {
	t.Helper()
	if err := a.Users().Add(id, "", role, password); err != nil {
		t.Fatal(err)
	}
}

func request(c *http.Cookie) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	if c != nil {
		r.AddCookie(c)
	}
	return r
}

func signIn(t *testing.T, a *auth.Auth, id string) *http.Cookie {
	t.Helper()
	p, err := a.SignIn(context.Background(), id, secret, "10.0.0.7")
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Cookie(p, true)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNobodyGetsInByDefault(t *testing.T) {
	a, _ := open(t, t.TempDir())
	for _, user := range []string{"", "admin"} {
		for _, password := range []string{"", "admin"} {
			if _, err := a.SignIn(context.Background(), user, password, "10.0.0.7"); !errors.Is(err, auth.ErrDenied) {
				if limited := new(auth.Limited); !errors.As(err, &limited) {
					t.Errorf("%q with %q: %v", user, password, err)
				}
			}
		}
	}
}

func TestSignInAndSession(t *testing.T) {
	a, c := open(t, t.TempDir())
	add(t, a, "li.wei", auth.Labeler, secret)
	cookie := signIn(t, a, "li.wei")
	if !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/" || cookie.Name != "edgelabel_session" {
		t.Errorf("cookie: %v", cookie)
	}
	want := label.Person{ID: "li.wei", Name: "li.wei", Role: "labeler"}
	if got, err := a.Person(request(cookie)); err != nil || got != want {
		t.Fatalf("%v, %v", got, err)
	}
	c.pass(auth.DefaultSession)
	if _, err := a.Person(request(cookie)); !errors.Is(err, auth.ErrDenied) {
		t.Errorf("after it expired: %v", err)
	}
	if got := a.Counters(); got != (auth.Counters{Accepted: 1}) {
		t.Errorf("counters %+v", got)
	}
}

func TestForgedCookies(t *testing.T) {
	a, _ := open(t, t.TempDir())
	add(t, a, "li", auth.Labeler, secret)
	add(t, a, "chief", auth.Admin, secret)
	good := signIn(t, a, "li").Value
	other, _ := open(t, t.TempDir()) // another gateway, another key
	add(t, other, "li", auth.Labeler, secret)
	for name, value := range map[string]string{
		"empty": "", "dots": ".....", "no signature": good[:strings.LastIndex(good, ".")],
		"another user": strings.Replace(good, ".li.", ".chief.", 1), "another key": signIn(t, other, "li").Value,
		"cut": good[:len(good)-1], "long": strings.Repeat("a.", 4000),
	} {
		if p, err := a.Person(request(&http.Cookie{Name: auth.CookieName, Value: value})); !errors.Is(err, auth.ErrDenied) {
			t.Errorf("%s: %v, %v", name, p, err)
		}
	}
	if _, err := a.Person(request(nil)); !errors.Is(err, auth.ErrDenied) {
		t.Errorf("no cookie: %v", err)
	}
}

func TestSignOutEndsOneSession(t *testing.T) {
	a, _ := open(t, t.TempDir())
	add(t, a, "li", auth.Labeler, secret)
	left, right := signIn(t, a, "li"), signIn(t, a, "li")
	if gone := a.SignOut(request(left), false); gone.MaxAge >= 0 || gone.Value != "" {
		t.Errorf("cookie to forget: %v", gone)
	}
	if _, err := a.Person(request(left)); !errors.Is(err, auth.ErrDenied) {
		t.Errorf("signed out: %v", err)
	}
	if _, err := a.Person(request(right)); err != nil {
		t.Errorf("the other terminal: %v", err)
	}
}

func TestSessionSurvivesRestart(t *testing.T) {
	dir := t.TempDir()
	a, _ := open(t, dir)
	add(t, a, "li", auth.Labeler, secret)
	cookie := signIn(t, a, "li")
	again, _ := open(t, dir)
	if _, err := again.Person(request(cookie)); err != nil {
		t.Error(err)
	}
}

func TestEditsOfAnotherProcess(t *testing.T) {
	dir := t.TempDir()
	a, c := open(t, dir)
	cli := &auth.Users{Dir: dir, Now: c.now, Rand: zeroes{}}
	if err := cli.Add("li", "Li Wei 李伟", auth.Labeler, secret); err != nil {
		t.Fatal(err)
	}
	cookie := signIn(t, a, "li")
	role := auth.Admin
	password := "another long phrase"
	if err := (&auth.Users{Dir: dir, Now: c.now, Rand: ones{}}).Set("li", auth.Edit{Role: &role, Password: &password}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Person(request(cookie)); !errors.Is(err, auth.ErrDenied) {
		t.Errorf("session from before the edit: %v", err)
	}
	if _, err := a.SignIn(context.Background(), "li", secret, "10.0.0.7"); !errors.Is(err, auth.ErrDenied) {
		t.Errorf("old password: %v", err)
	}
	p, err := a.SignIn(context.Background(), "li", password, "10.0.0.7")
	if err != nil || p.Role != "admin" || p.Name != "Li Wei 李伟" {
		t.Errorf("%v, %v", p, err)
	}
	if err := cli.Remove("li"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.SignIn(context.Background(), "li", password, "10.0.0.7"); !errors.Is(err, auth.ErrDenied) {
		t.Errorf("removed: %v", err)
	}
	info, err := os.Stat(filepath.Join(dir, "users.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

type zeroes struct{}

func (zeroes) Read(b []byte) (int, error) { clear(b); return len(b), nil }

type ones struct{}

func (ones) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 1
	}
	return len(b), nil
}

func TestUserRules(t *testing.T) {
	u := &auth.Users{Dir: t.TempDir(), Now: time.Now, Rand: zeroes{}}
	for _, c := range []struct {
		id, name string
		role     auth.Role
		password string
	}{
		{"", "", auth.Labeler, secret}, {"Li", "", auth.Labeler, secret}, {"-li", "", auth.Labeler, secret}, {"l i", "", auth.Labeler, secret},
		{strings.Repeat("a", 33), "", auth.Labeler, secret}, {"li", "tab\there", auth.Labeler, secret}, {"li", strings.Repeat("长", 65), auth.Labeler, secret},
		{"li", "\xff", auth.Labeler, secret}, {"li", "", "boss", secret}, {"li", "", auth.Labeler, "short12"}, {"li", "", auth.Admin, "elevenchars"},
		{"li", "", auth.Labeler, strings.Repeat("a", 257)}, {"inspector", "", auth.Labeler, "inspector"},
	} {
		if err := u.Add(c.id, c.name, c.role, c.password); !errors.Is(err, auth.ErrInvalid) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if err := u.Add("li", "", auth.Labeler, ""); err != nil {
		t.Fatal(err)
	}
	if err := u.Add("li", "", auth.Labeler, secret); !errors.Is(err, auth.ErrExists) {
		t.Errorf("twice: %v", err)
	}
	if err := u.Set("who", auth.Edit{}); !errors.Is(err, auth.ErrUnknown) {
		t.Errorf("set: %v", err)
	}
	if err := u.Remove("who"); !errors.Is(err, auth.ErrUnknown) {
		t.Errorf("remove: %v", err)
	}
	list, err := u.List()
	if err != nil || len(list) != 1 || list[0].ID != "li" || list[0].Password {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestConcurrentEditsLoseNobody(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for _, id := range strings.Fields("a b c d e f g h") {
		wg.Go(func() {
			if err := (&auth.Users{Dir: dir, Now: time.Now, Rand: ones{}}).Add(id, "", auth.Labeler, ""); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list, err := (&auth.Users{Dir: dir, Now: time.Now, Rand: ones{}}).List()
	if err != nil || len(list) != 8 {
		t.Errorf("%d people, %v", len(list), err)
	}
}

func TestDamagedFileLetsNobodyIn(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON": "{", "unknown key": `[{"id":"a","name":"a","role":"admin","stamp":"","root":true}]`,
		"role": `[{"id":"a","name":"a","role":"boss","stamp":""}]`,
	} {
		dir := t.TempDir()
		a, _ := open(t, dir)
		if err := os.WriteFile(filepath.Join(dir, "users.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := a.SignIn(context.Background(), "a", secret, "10.0.0.7"); !errors.Is(err, auth.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDamagedKeyIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "session.key"), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := auth.Open(auth.Config{Dir: dir}); err == nil {
		t.Error("opened with a key of five bytes")
	}
}

func TestTokenWorksOnce(t *testing.T) {
	a, c := open(t, t.TempDir())
	add(t, a, "demo", auth.Admin, "")
	token, err := a.NewToken("demo", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := a.Redeem(token, "127.0.0.1"); err != nil || p.ID != "demo" {
		t.Fatalf("%v, %v", p, err)
	}
	if _, err := a.Redeem(token, "127.0.0.1"); !errors.Is(err, auth.ErrDenied) {
		t.Errorf("second time: %v", err)
	}
	late, err := a.NewToken("demo", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	c.pass(time.Minute)
	if _, err := a.Redeem(late, "127.0.0.1"); !errors.Is(err, auth.ErrDenied) {
		t.Errorf("late: %v", err)
	}
	if _, err := a.NewToken("who", time.Minute); !errors.Is(err, auth.ErrUnknown) {
		t.Errorf("unknown: %v", err)
	}
	if _, err := a.SignIn(context.Background(), "demo", "", "127.0.0.1"); !errors.Is(err, auth.ErrDenied) {
		t.Errorf("empty password of a user without one: %v", err)
	}
}

func TestTokensAreBounded(t *testing.T) {
	a, _ := open(t, t.TempDir())
	add(t, a, "demo", auth.Admin, "")
	for n := 0; ; n++ {
		if _, err := a.NewToken("demo", time.Minute); err != nil {
			return
		}
		if n > 1000 {
			t.Fatal("tokens without end")
		}
	}
}
