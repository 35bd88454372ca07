//go:build e2e

package e2e_test

import (
	"net/http"
	"net/url"
	"sync"
)

// oneJar keeps the cookies of one host, whatever their flags.
type oneJar struct {
	mu      sync.Mutex
	cookies []*http.Cookie
}

func (j *oneJar) SetCookies(_ *url.URL, cookies []*http.Cookie) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.cookies = cookies
}

func (j *oneJar) Cookies(*url.URL) []*http.Cookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.cookies
}
