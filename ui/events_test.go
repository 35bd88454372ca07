package ui_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"edgelabel/agent/label"
)

// TestHintReachesASignedInPage goes through the whole handler: the guard must not stand in the way of the upgrade.
func TestHintReachesASignedInPage(t *testing.T) {
	r := start(t, nil)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.server.Run(ctx) }()
	web := httptest.NewServer(r.server)
	defer web.Close()
	url := "ws" + strings.TrimPrefix(web.URL, "http") + "/api/v1/events"
	cookie, err := r.auth.Cookie(label.Person{ID: "li"}, false)
	if err != nil {
		t.Fatal(err)
	}
	dial := func(h http.Header) (*websocket.Conn, *http.Response, error) {
		return websocket.DefaultDialer.Dial(url, h)
	}
	if _, w, err := dial(nil); err == nil || w.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a session: %v", err)
	}
	session := cookie.Name + "=" + cookie.Value
	if _, w, err := dial(http.Header{"Cookie": {session}, "Origin": {"https://evil.example"}}); err == nil || w.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %v", err)
	}
	conn, _, err := dial(http.Header{"Cookie": {session}, "Origin": {web.URL}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	want := label.Change{Rev: 7, What: "label", Item: "i"}
	r.store.changes <- want
	var got label.Change
	if err := conn.ReadJSON(&got); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	if n := r.server.Counters().Pages; n != 1 {
		t.Errorf("%d pages", n)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
		t.Errorf("after the end: %v", err)
	}
}
