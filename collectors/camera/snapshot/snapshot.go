// Package snapshot asks a camera for pictures over HTTP: on a timer, or when a tag says that a part is there.
//
//	shutter ─▶ GET (basic or digest, private authority) ─▶ one picture ─▶ shutter: Deliver
package snapshot

import (
	"context"
	"net/http"

	"edgelabel/collectors"
	"edgelabel/collectors/camera"
	"edgelabel/collectors/camera/shutter"
)

// Config describes one camera.
type Config = shutter.Asked

// New checks the configuration. It opens nothing.
func New(cfg Config) (*shutter.Collector, error) {
	return shutter.NewCollector(cfg, connect, "http", "https")
}

// connect prepares a connection; nothing is sent before the first picture is asked for.
func connect(ctx context.Context, cfg Config, _ *collectors.Status, use func(context.Context, shutter.Camera) error) error {
	conf, err := camera.ClientTLS(cfg.CAFile, cfg.AllowInsecure)
	if err != nil {
		return err
	}
	client := &http.Client{
		Transport: &http.Transport{TLSClientConfig: conf, MaxIdleConns: 1, DisableCompression: true, Proxy: nil},
		// The password is for the configured address, and for nobody whom it points to.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	return use(ctx, &connection{cfg: cfg, client: client})
}

// Probe asks for one picture and looks at it.
func Probe(ctx context.Context, cfg Config) error {
	c, err := New(cfg)
	if err != nil {
		return err
	}
	return c.Probe(ctx)
}
