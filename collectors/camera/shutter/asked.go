package shutter

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"edgelabel/collectors/camera"
)

// DefaultTimeout is that of Asked.
const DefaultTimeout = 5 * time.Second

// Asked describes a camera that is asked for pictures. The zero value of a field with a default means it.
type Asked struct {
	Name     string // the camera, and the source
	URL      string // without user and password
	User     string // empty signs in nowhere
	Password string
	// CAFile is a PEM of the authority that vouches for the camera; empty trusts the system's. It is read at every connection attempt.
	CAFile        string
	AllowInsecure bool // any certificate is taken, and over http a password goes in clear where the camera asks for it

	Timeout time.Duration // for each answer of the camera, and for a whole picture
	Shutter *Shutter
	Limits  camera.Limits
	Now     func() time.Time
}

// checked returns the description with its defaults, or what is wrong with it.
func (a Asked) checked(schemes ...string) (Asked, error) {
	a.Timeout = cmp.Or(a.Timeout, DefaultTimeout)
	a.Limits.Bytes = cmp.Or(a.Limits.Bytes, camera.DefaultMaxBytes)
	if a.Now == nil {
		a.Now = time.Now
	}
	if err := a.check(schemes); err != nil {
		return a, fmt.Errorf("camera %q: %w", a.Name, err)
	}
	return a, nil
}

func (a *Asked) check(schemes []string) error {
	at, err := url.Parse(a.URL)
	switch {
	case a.Name == "":
		return errors.New("name is missing")
	case err != nil || at.Hostname() == "" || !slices.Contains(schemes, at.Scheme):
		return fmt.Errorf("want an address that begins with %s://", strings.Join(schemes, ":// or "))
	case at.User != nil:
		return errors.New("user and password have keys of their own: an address is shown and logged")
	case a.User == "" && a.Password != "":
		return errors.New("a password without a user")
	case a.Timeout < 0 || a.Limits.Bytes < 0:
		return errors.New("timeout and limits: want above zero")
	case a.Shutter == nil:
		return errors.New("nothing says when to take a picture")
	}
	return nil
}
