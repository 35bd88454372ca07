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
func newClient(caFile string, insecure bool) (*http.Client, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: insecure}
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return nil, fmt.Errorf("read authority of the model: %w", err)
		}
		if conf.RootCAs = x509.NewCertPool(); !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("read authority of the model: %s: no certificate in it", caFile)
		}
	}
	return &http.Client{
		Transport:     &http.Transport{TLSClientConfig: conf, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10},
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
		return nil, err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server says %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	reply, err := io.ReadAll(io.LimitReader(resp.Body, m.cfg.MaxBytes+1))
	if err == nil && int64(len(reply)) > m.cfg.MaxBytes {
		err = fmt.Errorf("more than %d bytes", m.cfg.MaxBytes)
	}
	return reply, err
}
