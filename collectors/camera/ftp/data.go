package ftp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// lowestActive keeps the server from being sent against services of the camera's host.
const lowestActive = 1024

// dataWay is how the next data connection comes about: the client calls us (listener), or we call it (active).
type dataWay struct {
	listener *net.TCPListener
	active   netip.AddrPort
}

func (d *dataWay) close() {
	if d.listener != nil {
		_ = d.listener.Close()
	}
	*d = dataWay{}
}

// peer and local are the two ends of the control connection.
func (s *session) peer() netip.AddrPort  { return addrPort(s.conn.RemoteAddr()) }
func (s *session) local() netip.AddrPort { return addrPort(s.conn.LocalAddr()) }

func addrPort(a net.Addr) netip.AddrPort {
	t, is := a.(*net.TCPAddr)
	if !is {
		return netip.AddrPort{}
	}
	ap := t.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

func (s *session) cmdPasv(context.Context, string) error {
	ip := s.local().Addr()
	if s.cfg.PublicHost != "" {
		ip = netip.MustParseAddr(s.cfg.PublicHost) // was checked with the configuration
	}
	if !ip.Is4() {
		return s.reply(522, "want EPSV")
	}
	if err := s.passive(); err != nil {
		return s.noPort(err)
	}
	b, port := ip.As4(), s.data.listener.Addr().(*net.TCPAddr).Port
	return s.reply(227, "call (%d,%d,%d,%d,%d,%d)", b[0], b[1], b[2], b[3], port>>8, port&0xff)
}

func (s *session) cmdEpsv(_ context.Context, arg string) error {
	if strings.EqualFold(arg, "ALL") {
		return s.reply(200, "as you like")
	}
	if err := s.passive(); err != nil {
		return s.noPort(err)
	}
	return s.reply(229, "call (|||%d|)", s.data.listener.Addr().(*net.TCPAddr).Port)
}

func (s *session) noPort(err error) error {
	s.cfg.Log.Warn("no port for an ftp data connection", "source", s.cfg.Name, "from", s.peer().String(), "err", err)
	return s.reply(425, "no free port")
}

// passive listens on a free port of the range, beginning anywhere in it.
func (s *session) passive() error {
	s.data.close()
	n := s.cfg.PassiveMax - s.cfg.PassiveMin + 1
	first := rand.IntN(n)
	var err error
	for i := range n {
		port := s.cfg.PassiveMin
		if port != 0 {
			port += (first + i) % n
		}
		at := &net.TCPAddr{IP: s.local().Addr().AsSlice(), Port: port}
		if s.data.listener, err = net.ListenTCP("tcp", at); err == nil {
			return nil
		}
	}
	return fmt.Errorf("ports %d to %d: %w", s.cfg.PassiveMin, s.cfg.PassiveMax, err)
}

func (s *session) cmdPort(_ context.Context, arg string) error {
	return s.active(parsePort(arg))
}

func (s *session) cmdEprt(_ context.Context, arg string) error {
	return s.active(parseEprt(arg))
}

// active accepts only the camera itself as the place to call: anything else would let one machine reach others through us.
func (s *session) active(to netip.AddrPort, err error) error {
	s.data.close()
	if err != nil {
		return s.reply(501, "%v", err)
	}
	if to.Addr().Unmap() != s.peer().Addr() || to.Port() < lowestActive {
		return s.reply(504, "only the caller's own address, from port %d on", lowestActive)
	}
	s.data.active = to
	return s.reply(200, "will call")
}

// parsePort reads h1,h2,h3,h4,p1,p2 (RFC 959 §4.1.2).
func parsePort(arg string) (netip.AddrPort, error) {
	fields := strings.Split(arg, ",")
	if len(fields) != 6 {
		return netip.AddrPort{}, errors.New("want h1,h2,h3,h4,p1,p2")
	}
	var b [6]byte
	for i, f := range fields {
		n, err := strconv.ParseUint(strings.TrimSpace(f), 10, 8)
		if err != nil {
			return netip.AddrPort{}, errors.New("want six numbers from 0 to 255")
		}
		b[i] = byte(n)
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[:4])), uint16(b[4])<<8|uint16(b[5])), nil
}

// parseEprt reads |1|192.0.2.7|6275| (RFC 2428 §2).
func parseEprt(arg string) (netip.AddrPort, error) {
	if arg == "" || arg[0] > 126 {
		return netip.AddrPort{}, errors.New("want |1|address|port|")
	}
	fields := strings.Split(arg, arg[:1])
	if len(fields) != 5 {
		return netip.AddrPort{}, errors.New("want |1|address|port|")
	}
	addr, err := netip.ParseAddr(fields[2])
	port, perr := strconv.ParseUint(fields[3], 10, 16)
	if err != nil || perr != nil {
		return netip.AddrPort{}, errors.New("want |1|address|port|")
	}
	return netip.AddrPortFrom(addr.Unmap(), uint16(port)), nil
}

// connect makes the data connection that was agreed on; TLS comes in open, so that the caller can cut the handshake too.
func (s *session) connect(ctx context.Context) (net.Conn, error) {
	way := s.data
	s.data = dataWay{}
	defer way.close()
	if way.listener == nil {
		d := net.Dialer{Timeout: s.cfg.Stall}
		return d.DialContext(ctx, "tcp", way.active.String())
	}
	defer context.AfterFunc(ctx, func() { _ = way.listener.Close() })()
	if err := way.listener.SetDeadline(time.Now().Add(s.cfg.Stall)); err != nil {
		return nil, err
	}
	for {
		conn, err := way.listener.Accept()
		if err != nil {
			return nil, err
		}
		if addrPort(conn.RemoteAddr()).Addr() == s.peer().Addr() {
			return conn, nil
		}
		s.status.Reject("stranger") // who guesses the port must not send the picture in the camera's place
		_ = conn.Close()
	}
}

func (s *session) open(ctx context.Context) (net.Conn, error) {
	conn, err := s.connect(ctx)
	if err != nil || !s.private {
		return conn, err
	}
	secure := tls.Server(conn, s.run.tls)
	shaking, cancel := context.WithTimeout(ctx, s.cfg.Stall)
	defer cancel()
	if err := secure.HandshakeContext(shaking); err != nil {
		return nil, errors.Join(fmt.Errorf("tls: %w", err), conn.Close())
	}
	return secure, nil
}
