package ui_test

import (
	"strings"
	"testing"
)

func TestPINOfOnesOwnPanel(t *testing.T) {
	r := start(t, nil)
	put := func(body string) call { return call{by: "li", method: "PUT", path: "/api/v1/session/pin", body: body} }
	unlock := func(by, pin string) call {
		return call{by: by, method: "POST", path: "/api/v1/session/unlock", body: `{"pin":"` + pin + `"}`}
	}
	r.want(unlock("li", "2468"), 403, "forbidden")
	r.want(put(`{"pin":"12"}`), 400, "invalid")
	r.want(put(`{"pin":"2468"}`), 204, "")
	r.want(unlock("li", "2468"), 204, "")
	r.want(unlock("li", "1111"), 403, "forbidden")
	r.want(unlock("chief", "2468"), 403, "forbidden")
	if got := parse[struct{ HasPIN bool }](t, r.want(call{by: "li", path: "/api/v1/session"}, 200, "")); !got.HasPIN {
		t.Error("the page is not told that there is a PIN")
	}
	r.want(put(`{"pin":""}`), 204, "")
	r.want(unlock("li", "2468"), 403, "forbidden")
	if strings.Contains(r.log.String(), "2468") {
		t.Error("the log holds a PIN")
	}
}
