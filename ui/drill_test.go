package ui_test

import (
	"net/http"
	"testing"
	"time"

	"edgelabel/ui"
)

// line is a line to the centre that can be cut.
type line struct{ until time.Time }

func (l *line) Cut(until time.Time) { l.until = until }

func (l *line) Mend() { l.until = time.Time{} }

func (l *line) Until() time.Time { return l.until }

func TestDrill(t *testing.T) {
	l := &line{}
	r := start(t, func(c *ui.Config) { c.Drill = l })
	for _, tt := range []struct {
		by, method, body string
		status           int
		until            time.Time // afterwards
	}{
		{"sun", "POST", `{"seconds":60}`, http.StatusForbidden, time.Time{}},
		{"chief", "POST", `{"seconds":0}`, http.StatusBadRequest, time.Time{}},
		{"chief", "POST", `{"seconds":86401}`, http.StatusBadRequest, time.Time{}},
		{"chief", "POST", `{"seconds":1e99}`, http.StatusBadRequest, time.Time{}},
		{"chief", "POST", `{"seconds":60}`, http.StatusOK, noon.Add(time.Minute)},
		{"chief", "POST", `{"seconds":120}`, http.StatusConflict, noon.Add(time.Minute)},
		{"li", "DELETE", "", http.StatusForbidden, noon.Add(time.Minute)},
		{"chief", "GET", "", http.StatusOK, noon.Add(time.Minute)},
		{"chief", "DELETE", "", http.StatusOK, time.Time{}},
	} {
		w := r.want(call{by: tt.by, method: tt.method, path: "/api/v1/drill", body: tt.body}, tt.status, "")
		if !l.until.Equal(tt.until) {
			t.Errorf("%+v: the line is cut until %v", tt, l.until)
		}
		if tt.status != http.StatusOK {
			continue
		}
		said := parse[struct{ Until, Now int64 }](t, w)
		if want := max(tt.until.UnixNano(), 0); said.Until != want || said.Now != noon.UnixNano() {
			t.Errorf("%+v: says %+v", tt, said)
		}
	}
}
