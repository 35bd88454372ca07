package mqtt

import (
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// whyNot puts a connection that did not come about in words that somebody can act on.
func whyNot(err error) error {
	if errors.Is(err, packets.ErrorRefusedBadUsernameOrPassword) || errors.Is(err, packets.ErrorRefusedNotAuthorised) {
		return fmt.Errorf("the broker refuses the user or the password: %w", err)
	}
	if both, ok := err.(interface{ Unwrap() []error }); ok && errors.Is(err, packets.ErrorNetworkError) {
		all := both.Unwrap()
		err = all[len(all)-1] // the library's own "network Error" says nothing
	}
	if _, unknown := errors.AsType[x509.UnknownAuthorityError](err); unknown {
		return fmt.Errorf("%w: name the file of that authority in tls.ca", err)
	}
	return err
}
