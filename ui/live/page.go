package live

import (
	"context"
	"errors"
	"time"

	"github.com/gorilla/websocket"
)

// Why a page was closed.
var (
	errSlow   = errors.New("too slow")
	errEnded  = errors.New("the agent stops")
	errDenied = errors.New("signed out")
)

// page is one open page: a goroutine that writes, and the handler's own that reads.
type page struct {
	cfg     Config
	allowed func() bool
	queue   chan []byte
	done    context.Context
	close   context.CancelCauseFunc
}

func newPage(cfg Config, allowed func() bool) *page {
	p := &page{cfg: cfg, allowed: allowed, queue: make(chan []byte, cfg.Queue)}
	p.done, p.close = context.WithCancelCause(context.Background())
	return p
}

// run returns how many hints went out when the connection is closed and both goroutines have ended.
func (p *page) run(conn *websocket.Conn) uint64 {
	sent := make(chan uint64)
	go func() { sent <- p.write(conn) }()
	p.read(conn)
	p.close(nil)
	return <-sent
}

// read throws away what the page sends: it is there for pongs and for the close.
func (p *page) read(conn *websocket.Conn) {
	alive := func(string) error { return conn.SetReadDeadline(time.Now().Add(p.cfg.Pong)) }
	conn.SetReadLimit(maxMessage)
	conn.SetPongHandler(alive)
	if alive("") != nil {
		return
	}
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

// write closes the connection when it returns, which ends read.
func (p *page) write(conn *websocket.Conn) (sent uint64) {
	defer conn.Close()
	ping := time.NewTicker(p.cfg.Ping)
	defer ping.Stop()
	for {
		select {
		case <-p.done.Done():
			p.bye(conn)
			return sent
		case text := <-p.queue:
			if p.send(conn, websocket.TextMessage, text) != nil {
				return sent
			}
			sent++
		case <-ping.C:
			if !p.allowed() {
				p.close(errDenied)
				continue
			}
			if p.send(conn, websocket.PingMessage, nil) != nil {
				return sent
			}
		}
	}
}

func (p *page) send(conn *websocket.Conn, kind int, data []byte) error {
	if err := conn.SetWriteDeadline(time.Now().Add(p.cfg.Write)); err != nil {
		return err
	}
	return conn.WriteMessage(kind, data)
}

// bye tells the page why, if it still listens.
func (p *page) bye(conn *websocket.Conn) {
	code := websocket.CloseNormalClosure
	switch context.Cause(p.done) {
	case errSlow:
		code = websocket.CloseTryAgainLater
	case errEnded:
		code = websocket.CloseGoingAway
	case errDenied:
		code = websocket.ClosePolicyViolation
	}
	p.send(conn, websocket.CloseMessage, websocket.FormatCloseMessage(code, "")) // nothing to do about an error: the connection closes
}
