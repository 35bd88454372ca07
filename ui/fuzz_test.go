package ui_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"edgelabel/agent/label"
)

// ask sends one request as li and refuses an answer that says the server itself is at fault.
func ask(t *testing.T, r *rig, cookie *http.Cookie, method, path, query, body string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.URL.RawQuery = query
	req.Header.Set("Idempotency-Key", "k")
	req.AddCookie(cookie)
	w := httptest.NewRecorder()
	r.server.ServeHTTP(w, req)
	if w.Code >= 500 {
		t.Fatalf("%s %s?%q with %q: %d %s", method, path, query, body, w.Code, w.Body)
	}
	return w
}

func session(f *testing.F, r *rig) *http.Cookie {
	c, err := r.auth.Cookie(label.Person{ID: "li"}, false)
	if err != nil {
		f.Fatal(err)
	}
	return c
}

func FuzzItemQuery(f *testing.F) {
	r := start(f, nil)
	cookie := session(f, r)
	f.Add("state=open&kind=joint&verdict=ok&limit=10&order=newest")
	f.Add("limit=501&cursor=%00&asset=%ff")
	f.Add(";;&=&%")
	f.Fuzz(func(t *testing.T, query string) {
		w := ask(t, r, cookie, "GET", "/api/v1/items", query, "")
		if q := r.store.query; w.Code == 200 && (q.Limit < 0 || q.Limit > 500) {
			t.Errorf("%+v", q)
		}
	})
}

func FuzzSeriesQuery(f *testing.F) {
	r := start(f, nil)
	cookie := session(f, r)
	r.store.history = history()
	r.item(label.Item{ID: "i", Window: &label.WindowRef{From: begin, To: begin + 1e9, Tags: []string{"force", "temp"}}})
	f.Add("item=i&n=100")
	f.Add("tags=force,temp&from=1777000000000000000&to=1777000001000000000&n=3")
	f.Add("tags=force&from=1.777e18&to=9.3e18")
	f.Add("item=i&from=1777000000999999999&to=1")
	f.Fuzz(func(t *testing.T, query string) {
		if w := ask(t, r, cookie, "GET", "/api/v1/series", query, ""); w.Code == 200 {
			read(t, w.Body.Bytes())
		}
	})
}

func FuzzTile(f *testing.F) {
	r := start(f, nil)
	cookie := session(f, r)
	sha := r.store.blob(encoded(f, "png", slope(600, 20)))
	f.Add("1", "1_0")
	f.Add("65535", "65535_65535")
	f.Add("0", "-1_0")
	f.Fuzz(func(t *testing.T, z, tile string) {
		if strings.ContainsAny(z+tile, "/?#%\\ ") || z == "" || tile == "" || strings.Trim(z+tile, "-_0123456789") != "" {
			return
		}
		ask(t, r, cookie, "GET", "/api/v1/images/"+sha+"/tiles/"+z+"/"+tile, "", "")
	})
}

func FuzzPreview(f *testing.F) {
	r := start(f, nil)
	cookie := session(f, r)
	for _, format := range []string{"png", "jpeg", "bmp", "tiff"} {
		f.Add(encoded(f, format, slope(9, 7)))
	}
	f.Add(pngHeader(50_000, 50_000, 8, 2))
	f.Add([]byte("\xff\xd8\xff\xff\xff\xc2"))
	f.Fuzz(func(t *testing.T, data []byte) {
		sha := r.store.blob(data)
		ask(t, r, cookie, "GET", "/api/v1/images/"+sha+"/preview", "", "")
		r.store.set(func(s *store) { delete(s.blobs, sha) })
	})
}

func FuzzLabelBody(f *testing.F) {
	r := start(f, nil)
	cookie := session(f, r)
	r.item(label.Item{ID: "i"})
	f.Add(`{"verdict":"ok","parent":0,"taxonomy":3}`)
	f.Add(`{"verdict":"not_ok","regions":[{"id":"a","kind":"box","rect":{"x":1,"y":2,"w":3,"h":4}}],"parent":1}`)
	f.Add(`{"verdict":"ok","by":{"id":"chief"}}`)
	f.Fuzz(func(t *testing.T, body string) {
		r.store.set(func(s *store) { clear(s.labels); clear(s.byKey) })
		w := ask(t, r, cookie, "POST", "/api/v1/items/i/labels", "", body)
		if w.Code == http.StatusCreated && r.store.labels["i"][0].By.ID != "li" {
			t.Errorf("%q made a label of %v", body, r.store.labels["i"][0].By)
		}
	})
}
