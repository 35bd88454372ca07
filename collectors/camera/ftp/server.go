package ftp

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"

	"edgelabel/collectors"
)

// Server receives pictures. It implements collectors.Collector; Run must not be called while another Run is going on.
type Server struct {
	cfg      Config
	users    map[string]*User
	partials *partials
}

var _ collectors.Collector = (*Server)(nil)

// New checks the configuration. It opens nothing.
func New(cfg Config) (*Server, error) {
	cfg.setDefaults()
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("ftp %q: %w", cfg.Name, err)
	}
	s := &Server{cfg: cfg, users: map[string]*User{}, partials: newPartials(cfg.Partials)}
	for i := range cfg.Users {
		s.users[cfg.Users[i].Name] = &s.cfg.Users[i]
	}
	return s, nil
}

// Name implements collectors.Collector.
func (s *Server) Name() string { return s.cfg.Name }

// Run listens until ctx ends or the listener fails. Sessions end with it.
func (s *Server) Run(ctx context.Context, sink collectors.Sink, status *collectors.Status) error {
	conf, err := s.cfg.tls()
	if err != nil {
		return fmt.Errorf("ftp %s: %w", s.cfg.Address, err)
	}
	ln, err := s.cfg.Listen("tcp", s.cfg.Address)
	if err != nil {
		return fmt.Errorf("ftp: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	r := &run{Server: s, sink: sink, status: status, tls: conf,
		sessions: make(chan struct{}, s.cfg.Sessions), uploads: make(chan struct{}, s.cfg.Uploads)}
	defer r.all.Wait()
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = ln.Close() })()
	status.Up()
	err = r.accept(ctx, ln)
	_ = ln.Close() // once more is harmless
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("ftp: %w", err)
}

// run is one time that the server listens.
type run struct {
	*Server
	sink     collectors.Sink
	status   *collectors.Status
	tls      *tls.Config
	sessions chan struct{} // a token for each
	uploads  chan struct{} // the same
	all      sync.WaitGroup
}

func (r *run) accept(ctx context.Context, ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		select {
		case r.sessions <- struct{}{}:
		default:
			r.status.Reject("sessions")
			r.all.Go(func() { r.turnAway(conn) })
			continue
		}
		r.all.Go(func() {
			defer func() { <-r.sessions }()
			newSession(r, conn).serve(ctx)
		})
	}
}

// turnAway never waits: a fresh connection has room for one line.
func (r *run) turnAway(conn net.Conn) {
	if _, err := conn.Write([]byte("421 too many sessions, come back later\r\n")); err != nil {
		r.cfg.Log.Debug("ftp client was turned away without a word", "from", conn.RemoteAddr().String(), "err", err)
	}
	_ = conn.Close()
}
