package opcua

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
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

	clockRemedy = "set the clock of the server (a controller that lost its time starts in 1970) or of this gateway"
)

// errClock marks a connection that cannot work because the clocks are too far apart.
var errClock = errors.New("the clocks of server and gateway are too far apart")

// discovery is what a server tells to everybody.
type discovery struct {
	endpoints []*ua.EndpointDescription
	offset    time.Duration // server's clock minus this gateway's, as good as one round trip
}

// discover asks for the endpoints. If the security token had expired when it came, it asks again with a renewed token. The library
// forgets a channel that has the number of an expired token, and servers often give their first channel and token the same number. After
// the renewal the two numbers differ, for the session that follows as well.
func discover(ctx context.Context, endpoint string, now func() time.Time) (discovery, error) {
	d, err := ask(ctx, endpoint, now, func(*uasc.SecureChannel) error { return nil })
	if errors.Is(err, errClock) {
		d, err = ask(ctx, endpoint, now, func(channel *uasc.SecureChannel) error { return channel.Renew(ctx) })
	}
	return d, err
}

// ask uses a channel of its own, without security: the answer is only believed where a certificate proves it.
func ask(ctx context.Context, endpoint string, now func() time.Time, prepare func(*uasc.SecureChannel) error) (discovery, error) {
	dial := newDialer(ctx)
	defer dial.release()
	conn, err := dial.uacp().Dial(ctx, endpoint)
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
	ctx, release := endWith(ctx, broken)
	defer release()
	var d discovery
	err = guard(func() error {
		if err := channel.Open(ctx); err != nil {
			return err
		}
		if err := prepare(channel); err != nil {
			return err
		}
		return channel.SendRequest(ctx, &ua.GetEndpointsRequest{EndpointURL: endpoint}, nil, func(r ua.Response) error {
			answer, ok := r.(*ua.GetEndpointsResponse)
			if !ok {
				return fmt.Errorf("unexpected answer %T", r)
			}
			d.endpoints, d.offset = answer.Endpoints, offset(answer.ResponseHeader.Timestamp, now())
			return nil
		})
	})
	if cause := context.Cause(ctx); cause != nil {
		err = expired(cause)
	}
	if err != nil {
		return discovery{}, err
	}
	return d, nil
}

// endWith returns a context that ends with the first error of the channel: the library leaves requests waiting that it can no longer answer.
func endWith(ctx context.Context, broken <-chan error) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	var watcher sync.WaitGroup
	watcher.Go(func() {
		select {
		case err := <-broken:
			cancel(err)
		case <-ctx.Done():
		}
	})
	return ctx, func() {
		cancel(nil)
		watcher.Wait()
	}
}

// expired explains an error that comes of security tokens that look expired.
func expired(err error) error {
	if !strings.Contains(err.Error(), "unable to find instance for SecureChannelID") {
		return err
	}
	return fmt.Errorf("%w: the security token had expired when it arrived; %s: %w", errClock, clockRemedy, err)
}

// withClock adds to a failure that the clocks may be its reason.
func withClock(err error, offset time.Duration) error {
	if err == nil || offset.Abs() < tokenLife {
		return err
	}
	return fmt.Errorf("%w (%s); %s: %w", errClock, clockText(offset), clockRemedy, err)
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
