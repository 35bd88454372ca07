package opcua

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uasc"
)

const (
	discoverTimeout = 5 * time.Second

	// tokenLife is how far the clocks of server and gateway may differ before the library takes fresh security tokens for expired ones: it
	// compares the server's time of issue with its own clock.
	tokenLife = 75 * time.Minute
)

// errClock marks a connection that cannot work because the clocks are too far apart.
var errClock = errors.New("the clocks of server and gateway are too far apart")

// discovery is what a server tells to everybody.
type discovery struct {
	endpoints []*ua.EndpointDescription
	offset    time.Duration // server's clock minus this gateway's, as good as one round trip
}

// discover asks for the endpoints over a channel of its own, without security: the answer is only believed where a certificate proves it.
func discover(ctx context.Context, endpoint string, now func() time.Time) (discovery, error) {
	conn, err := dialer().Dial(ctx, endpoint)
	if err != nil {
		return discovery{}, err
	}
	defer conn.Close()
	cfg := opcua.DefaultClientConfig()
	cfg.RequestTimeout = discoverTimeout
	broken := make(chan error, 1)
	channel, err := uasc.NewSecureChannel(endpoint, conn, cfg, broken)
	if err != nil {
		return discovery{}, err
	}
	defer channel.Close()
	if err := guard(func() error { return channel.Open(ctx) }); err != nil {
		return discovery{}, cause(err, broken)
	}
	var d discovery
	err = guard(func() error {
		return channel.SendRequest(ctx, &ua.GetEndpointsRequest{EndpointURL: endpoint}, nil, func(r ua.Response) error {
			answer, ok := r.(*ua.GetEndpointsResponse)
			if !ok {
				return fmt.Errorf("unexpected answer %T", r)
			}
			d.endpoints, d.offset = answer.Endpoints, offset(answer.ResponseHeader.Timestamp, now())
			return nil
		})
	})
	if err != nil {
		return discovery{}, cause(err, broken)
	}
	return d, nil
}

// cause prefers what broke the channel over the timeout or end of file that came of it.
func cause(err error, broken <-chan error) error {
	select {
	case first := <-broken:
		if strings.Contains(first.Error(), "unable to find instance for SecureChannelID") {
			return fmt.Errorf("%w: the security token had expired when it arrived; set the clock of the server (a controller that lost its time starts in 1970) or of this gateway: %w",
				errClock, first)
		}
		if errors.Is(err, first) {
			return err
		}
		return fmt.Errorf("%w: %w", err, first)
	default:
		return err
	}
}

// withClock adds to a failure that the clocks may be its reason.
func withClock(err error, offset time.Duration) error {
	if offset.Abs() < tokenLife {
		return err
	}
	return fmt.Errorf("%w (%s); set the clock of the server (a controller that lost its time starts in 1970) or of this gateway: %w",
		errClock, clockText(offset), err)
}

func offset(server, gateway time.Time) time.Duration {
	if server.IsZero() {
		return 0
	}
	return server.Sub(gateway)
}

func clockText(offset time.Duration) string {
	side := "ahead of"
	if offset < 0 {
		side = "behind"
	}
	return fmt.Sprintf("the server's clock is %v %s this gateway's", offset.Abs().Round(time.Second), side)
}
