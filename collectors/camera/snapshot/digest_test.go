package snapshot_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"edgelabel/collectors/camera/snapshot"
)

var cnonce = regexp.MustCompile(`cnonce="([0-9a-f]+)"`)

// digest is a camera that checks what it is answered by working it out once more.
func digest(user, password, algorithm string) http.HandlerFunc {
	header := fmt.Sprintf(`Digest realm="a \"camera\"", qop="auth,auth-int", algorithm=%s, nonce="n1", opaque="o"`, algorithm)
	return func(w http.ResponseWriter, r *http.Request) {
		got := r.Header.Get("Authorization")
		if m := cnonce.FindStringSubmatch(got); m != nil {
			if want, err := snapshot.Respond(header, r.Method, r.RequestURI, user, password, m[1]); err == nil && got == want {
				_, _ = w.Write(picture(1))
				return
			}
		}
		w.Header().Add("WWW-Authenticate", `Basic realm="x"`)
		w.Header().Add("WWW-Authenticate", header)
		w.WriteHeader(http.StatusUnauthorized)
	}
}

// TestDigestByTheStandard holds the example of RFC 7616 §3.9.1.
func TestDigestByTheStandard(t *testing.T) {
	const rest = `realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
	for algorithm, want := range map[string]string{
		"MD5":     "8ca523f5e9506fed4657c9700eebdbec",
		"SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
	} {
		got, err := snapshot.Respond("Digest "+rest+", algorithm="+algorithm, "GET", "/dir/index.html", "Mufasa", "Circle of Life",
			"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
		must(t, err)
		if !strings.Contains(got, `response="`+want+`"`) {
			t.Errorf("%s: %s, want response %s", algorithm, got, want)
		}
	}
}

func FuzzChallenge(f *testing.F) {
	for _, s := range []string{`Basic realm="x"`, `Digest nonce="a", qop="auth"`, `Digest nonce="\`, "Digest a=,b", "", "Digest nonce=1, algorithm=SHA-256"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		got, err := snapshot.Respond(header, "GET", "/", "u", "p", "c")
		if err == nil && got != "" && !strings.HasPrefix(got, "Digest username=") {
			t.Errorf("%q gives %q", header, got)
		}
	})
}
