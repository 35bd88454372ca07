// Package ftp receives the pictures that cameras push over FTP and FTPS.
//
//	camera ─▶ control: USER, PASS, STOR ─▶ session ─▶ Inspect ─▶ Sink ─▶ 226
//	   └────▶ data: the bytes ────────────────┘  └─▶ cut short: kept in memory for REST, APPE
//	                                             └─▶ temporary name: kept in memory for RNFR, RNTO ─▶ Sink ─▶ 250
//
// The server takes pictures and gives nothing back: there is no listing, no reading, no deleting, and only what was not stored yet can be
// renamed, so that a camera's password is worth nothing to anybody who reads it off the line. A picture never touches the disk before it
// is whole and has its name.
package ftp

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path"
	"strings"
	"time"

	"edgelabel/collectors"
	"edgelabel/collectors/camera"
)

// Defaults of Config.
const (
	DefaultSessions   = 32
	DefaultUploads    = 4
	DefaultWait       = 10 * time.Second
	DefaultIdle       = 10 * time.Minute
	DefaultStall      = 30 * time.Second
	DefaultUploadTime = 5 * time.Minute
	DefaultPartials   = 32 << 20 // bytes
	DefaultLoginPause = time.Second
	DefaultTemporary  = ".* ~* *.tmp *.temp *.part *.partial *.filepart *.upload"
)

// Config describes the server. The zero value of a field with a default means it.
type Config struct {
	Name    string // the source
	Address string // host:port of the control connection

	CertFile, KeyFile string // PEM; with them AUTH TLS is offered. They are read anew for every handshake
	RequireTLS        bool   // nobody signs in without TLS, and pictures come over TLS too

	// PassiveMin and PassiveMax bound the ports of passive data connections; both 0 leave the choice to the system.
	PassiveMin, PassiveMax int
	PublicHost             string // IPv4 address that cameras are told behind an address translation; empty tells the one they called

	Users      []User
	Sessions   int           // signed in or about to, at a time
	Uploads    int           // pictures in memory at a time
	Wait       time.Duration // for a free place, and then for the sink
	Idle       time.Duration // a session without commands ends
	Stall      time.Duration // an upload that brings no byte for so long is cut
	UploadTime time.Duration // an upload that takes longer is cut
	Partials   int64         // bytes of uploads that were cut short or wait to be renamed; the oldest go first
	Temporary  []string      // patterns of package path: uploads under such a name are stored once they are renamed
	LoginPause time.Duration // after a wrong password

	Limits camera.Limits
	Now    func() time.Time
	Listen func(network, address string) (net.Listener, error) // net.Listen when nil
	Log    *slog.Logger
}

// User is one camera's access.
type User struct {
	Name, Password string
	Camera         string
	Naming         camera.Naming
	Status         *collectors.Status // where its pictures are counted; nil counts them with the server's
}

func (c *Config) setDefaults() {
	c.Sessions, c.Uploads = cmp.Or(c.Sessions, DefaultSessions), cmp.Or(c.Uploads, DefaultUploads)
	c.Wait, c.Idle = cmp.Or(c.Wait, DefaultWait), cmp.Or(c.Idle, DefaultIdle)
	c.Stall, c.UploadTime = cmp.Or(c.Stall, DefaultStall), cmp.Or(c.UploadTime, DefaultUploadTime)
	c.Partials, c.LoginPause = cmp.Or(c.Partials, DefaultPartials), cmp.Or(c.LoginPause, DefaultLoginPause)
	c.Limits.Bytes = cmp.Or(c.Limits.Bytes, camera.DefaultMaxBytes)
	c.Limits.Pixels = cmp.Or(c.Limits.Pixels, camera.DefaultMaxPixels)
	if c.Temporary == nil {
		c.Temporary = strings.Fields(DefaultTemporary)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Listen == nil {
		c.Listen = net.Listen
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
}

// check reports everything that is wrong, joined.
func (c *Config) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if _, _, err := net.SplitHostPort(c.Address); err != nil {
		bad("address %q: want host:port", c.Address)
	}
	if (c.CertFile == "") != (c.KeyFile == "") {
		bad("certificate and key belong together")
	}
	if c.RequireTLS && c.CertFile == "" {
		bad("tls is required, but there is no certificate")
	}
	if c.PassiveMin < 0 || c.PassiveMax > 65535 || c.PassiveMin > c.PassiveMax || c.PassiveMin == 0 && c.PassiveMax != 0 {
		bad("passive ports %d-%d: want 1 to 65535, the smaller first", c.PassiveMin, c.PassiveMax)
	}
	if c.PublicHost != "" && net.ParseIP(c.PublicHost).To4() == nil {
		bad("public host %q: want an IPv4 address", c.PublicHost)
	}
	if min(c.Sessions, c.Uploads) < 1 || min(c.Wait, c.Idle, c.Stall, c.UploadTime) < 0 || min(c.Limits.Bytes, c.Limits.Pixels, c.Partials) < 0 {
		bad("limits: want above zero")
	}
	for _, pattern := range c.Temporary {
		if _, err := path.Match(pattern, ""); err != nil {
			bad("temporary name %q: %w", pattern, err)
		}
	}
	return errors.Join(append(errs, c.checkUsers())...)
}

func (c *Config) checkUsers() error {
	var errs []error
	known := map[string]bool{}
	for _, u := range c.Users {
		switch {
		case u.Name == "" || u.Password == "" || u.Camera == "":
			errs = append(errs, fmt.Errorf("user %q of camera %q: want a name, a password and a camera", u.Name, u.Camera))
		case known[u.Name]:
			errs = append(errs, fmt.Errorf("user %q is there twice", u.Name))
		}
		known[u.Name] = true
	}
	if len(c.Users) == 0 {
		errs = append(errs, errors.New("no users"))
	}
	return errors.Join(errs...)
}

// tls is the server's side of AUTH TLS; nil when there is no certificate.
func (c *Config) tls() (*tls.Config, error) {
	if c.CertFile == "" {
		return nil, nil
	}
	load := func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
		return &pair, err
	}
	if _, err := load(nil); err != nil {
		return nil, fmt.Errorf("read certificate: %w", err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: load}, nil
}
