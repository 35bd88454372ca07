package opcua

import (
	"context"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/gopcua/opcua/uacp"
)

const (
	dialTimeout = 10 * time.Second
	maxMessage  = 16 << 20
	maxChunks   = 512
	bufferSize  = 0xffff
)

// dialer connects for the library, which during its handshake waits for the server however long that takes: when ctx ends before release,
// the sockets are shut, and with them the wait.
type dialer struct {
	ctx context.Context

	mu    sync.Mutex
	stops []func() bool
}

func newDialer(ctx context.Context) *dialer { return &dialer{ctx: ctx} }

// uacp is the dialer with limits of its own: the library's options for them would change those of every client in the process.
func (d *dialer) uacp() *uacp.Dialer {
	return &uacp.Dialer{
		Dialer:    &net.Dialer{Timeout: dialTimeout, Control: d.control},
		ClientACK: &uacp.Acknowledge{ReceiveBufSize: bufferSize, SendBufSize: bufferSize, MaxChunkCount: maxChunks, MaxMessageSize: maxMessage},
	}
}

func (d *dialer) control(_, _ string, c syscall.RawConn) error {
	stop := context.AfterFunc(d.ctx, func() {
		// A socket that is closed already has no wait to end.
		_ = c.Control(func(fd uintptr) { _ = syscall.Shutdown(int(fd), syscall.SHUT_RDWR) })
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stops = append(d.stops, stop)
	return nil
}

// release leaves the sockets to those that use them now.
func (d *dialer) release() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, stop := range d.stops {
		stop()
	}
}
