package opcua_test

import (
	"io"
	"net"
	"sync"
	"testing"
)

// proxy is a network between collector and server that can be cut, black-holed and made to lie.
type proxy struct {
	target string
	addr   string
	edit   func([]byte) []byte // changes what the server sends; nil: nothing

	mu     sync.Mutex
	l      net.Listener
	conns  []net.Conn
	frozen chan struct{} // while open nothing passes
	wg     sync.WaitGroup
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{target: target, addr: l.Addr().String(), frozen: make(chan struct{})}
	close(p.frozen)
	l.Close()
	t.Cleanup(p.cut)
	return p
}

// join lets connections through, always at the same address.
func (p *proxy) join(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	p.l = l
	p.mu.Unlock()
	p.wg.Go(func() { p.accept(l) })
}

// cut ends every connection and takes no new one.
func (p *proxy) cut() {
	p.mu.Lock()
	if p.l != nil {
		p.l.Close()
		p.l = nil
	}
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
	p.mu.Unlock()
	p.wg.Wait()
}

// open counts the connections that are there.
func (p *proxy) open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns)
}

// freeze holds everything back, without ending connections, until thaw is called.
func (p *proxy) freeze() (thaw func()) {
	ch := make(chan struct{})
	p.mu.Lock()
	p.frozen = ch
	p.mu.Unlock()
	return sync.OnceFunc(func() { close(ch) })
}

func (p *proxy) accept(l net.Listener) {
	for {
		near, err := l.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", p.target)
		if err != nil {
			near.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, near, far)
		p.mu.Unlock()
		p.wg.Go(func() { p.pipe(far, near, nil) })
		p.wg.Go(func() { p.pipe(near, far, p.edit) })
	}
}

func (p *proxy) pipe(to, from net.Conn, edit func([]byte) []byte) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 1<<16)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		p.mu.Lock()
		frozen := p.frozen
		p.mu.Unlock()
		<-frozen
		b := buf[:n]
		if edit != nil {
			b = edit(b)
		}
		if _, err := to.Write(b); err != nil && err != io.EOF {
			return
		}
	}
}
