package mqtt_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/websocket"
)

// bridge carries MQTT over WebSocket to a broker, as a plant's web proxy does.
func bridge(t *testing.T, b *broker) (url string) {
	srv := httptest.NewServer(websocket.Server{
		Handshake: func(c *websocket.Config, _ *http.Request) error { c.Protocol = []string{"mqtt"}; return nil },
		Handler: func(ws *websocket.Conn) {
			ws.PayloadType = websocket.BinaryFrame
			conn, err := net.Dial("tcp", b.ln.Addr().String())
			if err != nil {
				t.Error(err)
				return
			}
			var both sync.WaitGroup
			both.Go(func() { io.Copy(ws, conn); ws.Close() })
			both.Go(func() { io.Copy(conn, ws); conn.Close() })
			both.Wait()
		},
	})
	t.Cleanup(srv.Close)
	return strings.Replace(srv.URL, "http", "ws", 1)
}

func TestWebsocket(t *testing.T) {
	b := newBroker(t)
	cfg := config(number)
	cfg.URL = bridge(t, b)
	r := newRunning(t, cfg)
	r.start()
	p := b.accept(false)
	p.publish(1, force, "1", flags{})
	p.acked(1)
	r.has(1)
	r.cancel()
	if err := r.ended(); err != nil {
		t.Error(err)
	}
}
