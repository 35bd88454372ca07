package model

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
)

const mostReason = 512 // bytes of a server's reason

// address reads where the server is. A picture and a token travel in clear over plain http, which is for this machine only.
func address(text string, insecure bool) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("url of the model: want http:// or https:// and a host")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("url of the model: want no user, query or fragment; a token has a key of its own")
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "http" && !insecure && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, errors.New("url of the model: want https, or allow_insecure: http is for this machine only")
	}
	return u, nil
}

// newClient makes a client that speaks to the host it is given and to nobody else: no proxy, no redirects. Connections are not kept, so
// that nothing is left to close.
func newClient(cfg Config) (*http.Client, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: cfg.AllowInsecure}
	if cfg.CAFile != "" {
		pem, err := os.ReadFile(cfg.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read authority of the model: %w", err)
		}
		if conf.RootCAs = x509.NewCertPool(); !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("read authority of the model: %s: no certificate in it", cfg.CAFile)
		}
	}
	transport := &http.Transport{TLSClientConfig: conf, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10}
	if cfg.Dial != nil {
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) { return cfg.Dial(ctx) }
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

func (m *Model) post(ctx context.Context, path string, body any) ([]byte, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return m.exchange(ctx, http.MethodPost, path, data)
}

// Health asks whether the server is ready.
func (m *Model) Health(ctx context.Context) error {
	reply, err := m.exchange(ctx, http.MethodGet, m.protocol.health(), nil)
	if err == nil {
		err = m.protocol.well(reply)
	}
	if err != nil {
		return fmt.Errorf("health of the model's server: %w", err)
	}
	return nil
}

func (m *Model) exchange(ctx context.Context, method, path string, body []byte) (_ []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, m.cfg.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, m.base.JoinPath(path).String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if m.cfg.Token != "" {
		req.Header.Set("Authorization", "Bearer "+m.cfg.Token)
	}
	resp, err := m.client.Do(req)
	if err != nil {
		return nil, m.plain(err)
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if resp.StatusCode != http.StatusOK {
		return nil, refusal(resp)
	}
	reply, err := io.ReadAll(io.LimitReader(resp.Body, m.cfg.MaxBytes+1))
	if err == nil && int64(len(reply)) > m.cfg.MaxBytes {
		err = fmt.Errorf("more than %d bytes", m.cfg.MaxBytes)
	}
	return reply, err
}

// plain leaves out the address of the helper, which has none.
func (m *Model) plain(err error) error {
	var of *url.Error
	if m.cfg.Dial != nil && errors.As(err, &of) {
		return of.Err
	}
	return err
}

// refusal is what a server says instead of an answer, with its reason where it gives one as the protocols want it.
func refusal(resp *http.Response) error {
	status := fmt.Sprintf("the server says %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	var body struct {
		Error string `json:"error"`
	}
	err := json.NewDecoder(io.LimitReader(resp.Body, mostReason)).Decode(&body)
	if reason := printable(body.Error, mostReason); err == nil && reason != "" {
		return fmt.Errorf("%s: %s", status, reason)
	}
	return errors.New(status)
}
