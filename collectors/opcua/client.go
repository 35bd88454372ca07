package opcua

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uacp"
)

const (
	openTimeout    = 30 * time.Second // discovery and connecting together
	sessionTimeout = time.Minute      // what a server keeps for us after a cut, so that retries do not pile up
	closeTimeout   = 3 * time.Second
	closePatience  = 5 * time.Second // then a Close that hangs is left to itself
)

// session is one connection with its own client, which is never used again after close.
type session struct {
	client *opcua.Client // nil until enter
	lost   chan struct{} // has an element when the library says that the connection ended
	offset time.Duration // server's clock minus this gateway's when the session began
	keys   credentials

	url     string
	options []opcua.Option // of every client for this server
	id      *identity
	trust   trust
	verdict verdict
}

// open finds the server, checks who it is and connects. problem takes what an operator should know although it works. With remember the
// certificate of a server that was never seen before is pinned.
func open(ctx context.Context, c Config, problem func(what, text string), remember bool) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	s, err := reach(ctx, c, problem)
	if err != nil {
		return nil, err
	}
	if err := s.enter(ctx, remember); err != nil {
		return nil, err
	}
	return s, nil
}

// reach finds the server and checks who it is. What it returns is not connected yet and needs no close.
func reach(ctx context.Context, c Config, problem func(what, text string)) (*session, error) {
	id, err := c.identity(problem)
	if err != nil {
		return nil, err
	}
	who, err := c.loadUser()
	if err != nil {
		return nil, err
	}
	found, err := discover(ctx, c.Endpoint, c.Now)
	if err != nil {
		return nil, fmt.Errorf("ask %s for its endpoints: %w", c.Endpoint, err)
	}
	chosen, err := choose(found.endpoints, c)
	if err != nil {
		return nil, err
	}
	t := trust{pki: PKI{c.PKI}, source: c.Name, strict: c.Trust == Strict, pinned: c.ServerCert}
	v, err := c.judge(t, chosen, problem)
	if err != nil {
		return nil, err
	}
	return &session{
		lost: make(chan struct{}, 1), offset: found.offset, keys: c.credentials(),
		url: sessionURL(c.Endpoint, chosen.EndpointURL), options: c.options(chosen, id, who), id: id, trust: t, verdict: v,
	}, nil
}

// enter connects and signs in. With an error there is nothing to close.
func (s *session) enter(ctx context.Context, remember bool) (err error) {
	dial := newDialer(ctx)
	defer dial.release()
	if s.client, err = s.newClient(dial, opcua.StateChangedFunc(s.stateChanged)); err != nil {
		return err
	}
	if err = s.connect(ctx); err != nil {
		err = fmt.Errorf("connect to %s: %w", s.url, withClock(explain(err, s.id), s.offset))
	} else if remember && s.verdict.first != nil {
		err = s.trust.pin(s.verdict.first)
	}
	if err != nil {
		s.close()
	}
	return err
}

func (s *session) newClient(dial *dialer, more ...opcua.Option) (*opcua.Client, error) {
	client, err := opcua.NewClient(s.url, slices.Concat(s.options, more, []opcua.Option{opcua.Dialer(dial.uacp())})...)
	if err != nil {
		return nil, fmt.Errorf("client for %s: %w", s.url, err)
	}
	return client, nil
}

// identity is the gateway's certificate; nil when the source is to be read without security and there is no folder to keep one in.
func (c Config) identity(problem func(what, text string)) (*identity, error) {
	if c.PKI == "" {
		return nil, nil
	}
	id, err := loadIdentity(c.PKI, c.ApplicationURI, c.Host, c.Now())
	if err != nil {
		return nil, err
	}
	problem("own certificate", id.warning(c.Now()))
	return id, nil
}

// judge decides whether the server behind an endpoint may be talked to.
func (c Config) judge(t trust, e *ua.EndpointDescription, problem func(what, text string)) (verdict, error) {
	if e.SecurityMode == ua.MessageSecurityModeNone {
		problem("security", c.insecureWarning(e))
		return verdict{}, nil
	}
	problem("security", "")
	application := ""
	if e.Server != nil {
		application = e.Server.ApplicationURI
	}
	v, err := t.check(e.ServerCertificate, application, c.Now())
	problem("server certificate", v.warning)
	return v, err
}

func (c Config) insecureWarning(e *ua.EndpointDescription) string {
	text := "not encrypted, and nobody checks who the server is (None)"
	for _, t := range e.UserIdentityTokens {
		if c.User != "" && t != nil && t.TokenType == c.token() && (t.SecurityPolicyURI == "" || t.SecurityPolicyURI == ua.SecurityPolicyURINone) {
			return text + "; the password is sent in the clear"
		}
	}
	return text
}

func (c Config) options(e *ua.EndpointDescription, id *identity, who *user) []opcua.Option {
	o := []opcua.Option{
		opcua.AutoReconnect(false), // it may end connected, but with no subscription
		opcua.RequestTimeout(c.requestTimeout),
		opcua.SessionTimeout(sessionTimeout),
		opcua.SessionName("edgelabel " + c.Name),
		opcua.ApplicationName("edgelabel"),
		opcua.ApplicationURI(c.ApplicationURI),
		opcua.ProductURI("urn:edgelabel"),
	}
	if id != nil {
		o = append(o, opcua.Certificate(id.der), opcua.PrivateKey(id.key))
	}
	o = append(o, c.signIn(who)...)
	return append(o, opcua.SecurityFromEndpoint(e, c.token()))
}

func (s *session) connect(ctx context.Context) error {
	if err := guard(func() error { return s.client.Connect(ctx) }); err != nil {
		return err
	}
	if s.client.Session() == nil { // the library logs a bad signature and goes on without a session
		return fmt.Errorf("%w: its signature is wrong", errTrust)
	}
	return nil
}

// stateChanged is called by the library, on any of its goroutines, and must not block.
func (s *session) stateChanged(state opcua.ConnState) {
	if state != opcua.Closed && state != opcua.Disconnected {
		return
	}
	select {
	case s.lost <- struct{}{}:
	default:
	}
}

// close ends the session on the server too, if that can still be reached. A library that hangs is left behind after a while.
func (s *session) close() {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		_ = guard(func() error { return s.client.Close(ctx) }) // there is nothing left to do about it
	}()
	patience := time.NewTimer(closePatience)
	defer patience.Stop()
	select {
	case <-closed:
	case <-patience.C:
	}
}

// guard turns a panic of the library, which trusts what servers send, into an error.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the OPC UA library panicked: %v", p)
		}
	}()
	return f()
}

// explain adds what an operator can do about a refusal.
func explain(err error, id *identity) error {
	own := "none"
	if id != nil {
		own = thumbprint(id.leaf)
	}
	switch {
	case isAny(err, ua.StatusBadIdentityTokenRejected, ua.StatusBadIdentityTokenInvalid, ua.StatusBadUserAccessDenied):
		return fmt.Errorf("the server refuses the user or the password, or the user's certificate: %w", err)
	case isAny(err, ua.StatusBadSecurityChecksFailed, ua.StatusBadCertificateUntrusted, ua.StatusBadCertificateInvalid,
		ua.StatusBadCertificateURIInvalid, ua.StatusBadCertificateTimeInvalid):
		return fmt.Errorf("the server does not accept this gateway's certificate (thumbprint %s); trust it there: %w", own, err)
	case errors.Is(err, io.EOF):
		return fmt.Errorf("the server hung up, perhaps because it does not trust this gateway's certificate (thumbprint %s) yet: %w", own, err)
	}
	return err
}

func isAny(err error, codes ...ua.StatusCode) bool {
	var code ua.StatusCode
	if e, ok := errors.AsType[*uacp.Error](err); ok {
		code = ua.StatusCode(e.ErrorCode)
	} else if !errors.As(err, &code) {
		return false
	}
	for _, c := range codes {
		if code == c {
			return true
		}
	}
	return false
}
