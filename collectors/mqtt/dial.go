package mqtt

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

const connectTimeout = 10 * time.Second // for the network connection, and again for the handshake

var schemes = []string{"tcp", "mqtt", "ssl", "tls", "mqtts", "ws", "wss"}

// dial opens the network connection to a broker. It asks no proxy: the agent speaks to configured hosts only.
func dial(ctx context.Context, u *url.URL, conf *tls.Config) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	d := &net.Dialer{KeepAlive: 30 * time.Second}
	switch u.Scheme {
	case "ws", "wss":
		plain := *u
		plain.User = nil
		return paho.NewWebsocket(plain.String(), conf, connectTimeout, nil, &paho.WebsocketOptions{Proxy: noProxy})
	case "ssl", "tls", "mqtts":
		return (&tls.Dialer{NetDialer: d, Config: conf}).DialContext(ctx, "tcp", hostPort(u, "8883"))
	}
	return d.DialContext(ctx, "tcp", hostPort(u, "1883"))
}

func noProxy(*http.Request) (*url.URL, error) { return nil, nil }

func hostPort(u *url.URL, port string) string {
	if u.Port() != "" {
		port = u.Port()
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// config reads the files anew, so that renewed certificates are used from the next connection on.
func (t TLS) config() (*tls.Config, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName, InsecureSkipVerify: t.InsecureSkipVerify && t.AllowInsecure}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read certificate authorities: %w", err)
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("read certificate authorities: %s holds no certificate in PEM", t.CAFile)
		}
	}
	if t.CertFile != "" {
		own, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("read own certificate: %w", err)
		}
		conf.Certificates = []tls.Certificate{own}
	}
	return conf, nil
}
