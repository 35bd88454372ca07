package live_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"edgelabel/agent/label"
	"edgelabel/ui/live"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// feed hands the hub what the test sends.
type feed struct {
	changes   chan label.Change
	cancelled atomic.Bool
}

func (f *feed) Subscribe() (<-chan label.Change, func()) {
	return f.changes, func() { f.cancelled.Store(true) }
}

type rig struct {
	hub     *live.Hub
	feed    *feed
	url     string
	allowed atomic.Bool
	stop    func() error // ends Run and returns what it returned
}

func start(t *testing.T, cfg live.Config, wrap func(net.Listener) net.Listener) *rig {
	t.Helper()
	r := &rig{feed: &feed{changes: make(chan label.Change)}}
	r.allowed.Store(true)
	cfg.Feed = r.feed
	r.hub = live.New(cfg)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.hub.Serve(w, req, r.allowed.Load)
	}))
	if wrap != nil {
		server.Listener = wrap(server.Listener)
	}
	server.Start()
	r.url = "ws" + strings.TrimPrefix(server.URL, "http")
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.hub.Run(ctx) }()
	r.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return r
}

func (r *rig) dial(t *testing.T) *websocket.Conn {
	t.Helper()
	before := r.hub.Counters().Pages
	conn, _, err := websocket.DefaultDialer.Dial(r.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	eventually(t, func() bool { return r.hub.Counters().Pages > before })
	return conn
}

func eventually(t *testing.T, done func() bool) {
	t.Helper()
	for range 2000 {
		if done() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("did not happen")
}

func closeCode(t *testing.T, conn *websocket.Conn) int {
	t.Helper()
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			closed := new(websocket.CloseError)
			if !errors.As(err, &closed) {
				t.Fatalf("not a close frame: %v", err)
			}
			return closed.Code
		}
	}
}

func TestHintsReachEveryPage(t *testing.T) {
	r := start(t, live.Config{}, nil)
	pages := []*websocket.Conn{r.dial(t), r.dial(t)}
	want := label.Change{Rev: 812, What: "item", Item: "01J"}
	r.feed.changes <- want
	for _, conn := range pages {
		var got label.Change
		if err := conn.ReadJSON(&got); err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	for _, conn := range pages {
		if code := closeCode(t, conn); code != websocket.CloseGoingAway {
			t.Errorf("close code %d", code)
		}
	}
	if c := r.hub.Counters(); c.Pages != 0 || c.Sent != 2 || !r.feed.cancelled.Load() {
		t.Errorf("%+v, cancelled %v", c, r.feed.cancelled.Load())
	}
}

// stuck is a listener whose connections take the handshake and then no byte more until they are released.
type stuck struct {
	net.Listener
	release chan struct{}
}

func (s stuck) Accept() (net.Conn, error) {
	c, err := s.Listener.Accept()
	return &stuckConn{Conn: c, release: s.release}, err
}

type stuckConn struct {
	net.Conn
	release chan struct{}
	wrote   atomic.Bool
}

func (c *stuckConn) Write(b []byte) (int, error) {
	if c.wrote.Swap(true) {
		<-c.release
	}
	return c.Conn.Write(b)
}

func TestSlowPageIsClosed(t *testing.T) {
	release := make(chan struct{})
	r := start(t, live.Config{Queue: 4}, func(l net.Listener) net.Listener { return stuck{l, release} })
	conn := r.dial(t)
	for range 16 { // none of these may block the feed
		r.feed.changes <- label.Change{What: "item"}
	}
	eventually(t, func() bool { return r.hub.Counters().Slow == 1 })
	if n := r.hub.Counters().Pages; n != 0 {
		t.Errorf("%d pages", n)
	}
	close(release)
	if code := closeCode(t, conn); code != websocket.CloseTryAgainLater {
		t.Errorf("close code %d", code)
	}
}

func TestForeignPageIsRefused(t *testing.T) {
	r := start(t, live.Config{}, nil)
	_, answer, err := websocket.DefaultDialer.Dial(r.url, http.Header{"Origin": {"https://elsewhere.example"}})
	if err == nil || answer.StatusCode != http.StatusForbidden {
		t.Errorf("%v", err)
	}
	eventually(t, func() bool { return r.hub.Counters().Pages == 0 })
}

func TestPagesAreBounded(t *testing.T) {
	r := start(t, live.Config{Pages: 1}, nil)
	r.dial(t)
	_, answer, err := websocket.DefaultDialer.Dial(r.url, nil)
	if err == nil || answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("%v", err)
	}
	if c := r.hub.Counters(); c.Refused != 1 {
		t.Errorf("%+v", c)
	}
}

func TestPageEndsWithItsSession(t *testing.T) {
	r := start(t, live.Config{Ping: 10 * time.Millisecond}, nil)
	conn := r.dial(t)
	r.allowed.Store(false)
	if code := closeCode(t, conn); code != websocket.ClosePolicyViolation {
		t.Errorf("close code %d", code)
	}
}

func TestSilentPageIsGivenUp(t *testing.T) {
	r := start(t, live.Config{Ping: 10 * time.Millisecond, Pong: 50 * time.Millisecond}, nil)
	r.dial(t) // never reads, so it never answers a ping
	eventually(t, func() bool { return r.hub.Counters().Pages == 0 })
}

func TestAnsweringPageStays(t *testing.T) {
	r := start(t, live.Config{Ping: 10 * time.Millisecond, Pong: 5 * time.Second}, nil)
	conn := r.dial(t)
	pings := make(chan struct{}, 100)
	answer := conn.PingHandler()
	conn.SetPingHandler(func(s string) error { pings <- struct{}{}; return answer(s) })
	go conn.ReadMessage()
	for range 5 {
		<-pings
	}
	if n := r.hub.Counters().Pages; n != 1 {
		t.Errorf("%d pages", n)
	}
	conn.Close()
	eventually(t, func() bool { return r.hub.Counters().Pages == 0 })
}

func TestLongMessageIsRefused(t *testing.T) {
	r := start(t, live.Config{}, nil)
	conn := r.dial(t)
	if err := conn.WriteMessage(websocket.TextMessage, make([]byte, 5<<10)); err != nil {
		t.Fatal(err)
	}
	if code := closeCode(t, conn); code != websocket.CloseMessageTooBig {
		t.Errorf("close code %d", code)
	}
}

func TestFeedThatEndsIsAnError(t *testing.T) {
	f := &feed{changes: make(chan label.Change)}
	close(f.changes)
	hub := live.New(live.Config{Feed: f})
	if err := hub.Run(context.Background()); err == nil {
		t.Error("no error")
	}
	late := httptest.NewRecorder()
	hub.Serve(late, httptest.NewRequest(http.MethodGet, "/", nil), func() bool { return true })
	if late.Code != http.StatusServiceUnavailable {
		t.Errorf("after the end: %d", late.Code)
	}
}
