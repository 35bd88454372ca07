package uplinktest

import (
	"context"
	"io"
	"time"

	"edgelabel/sync/uplink"
)

// Throttled is a target at the end of a thin line: all bodies share its bytes per second, each call costs a round trip.
type Throttled struct {
	uplink.Target
	BytesPerSecond int64
	RoundTrip      time.Duration

	turn chan struct{} // holds one token: whose bytes are on the line
}

// Throttle puts a target behind a thin line.
func Throttle(to uplink.Target, bytesPerSecond int64, roundTrip time.Duration) *Throttled {
	return &Throttled{Target: to, BytesPerSecond: bytesPerSecond, RoundTrip: roundTrip, turn: make(chan struct{}, 1)}
}

func (t *Throttled) PutIfAbsent(ctx context.Context, key string, body io.ReadSeeker, size int64, sha256 string) (bool, error) {
	if err := nap(ctx, t.RoundTrip); err != nil {
		return false, err
	}
	return t.Target.PutIfAbsent(ctx, key, &throttledBody{body, ctx, t}, size, sha256)
}

func (t *Throttled) Head(ctx context.Context, key string) (uplink.Info, error) {
	if err := nap(ctx, t.RoundTrip); err != nil {
		return uplink.Info{}, err
	}
	return t.Target.Head(ctx, key)
}

type throttledBody struct {
	io.ReadSeeker
	ctx  context.Context
	line *Throttled
}

func (b *throttledBody) Read(p []byte) (int, error) {
	const packet = 4 << 10
	n, err := b.ReadSeeker.Read(p[:min(len(p), packet)])
	select {
	case b.line.turn <- struct{}{}:
	case <-b.ctx.Done():
		return n, b.ctx.Err()
	}
	late := nap(b.ctx, time.Duration(int64(n)*int64(time.Second)/b.line.BytesPerSecond))
	<-b.line.turn
	if late != nil {
		return n, late
	}
	return n, err
}

func nap(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
