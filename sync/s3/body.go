package s3

import (
	"context"
	"io"
	"time"

	"github.com/minio/minio-go/v7"
)

// Get opens the object. A body that stands still for longer than the timeout breaks off with an error.
func (t *Target) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	ctx, asked := asking(ctx)
	ctx, cancel := context.WithCancel(ctx)
	idle := time.AfterFunc(t.cfg.Timeout, cancel)
	r, _, _, err := t.core.GetObject(ctx, t.cfg.Bucket, t.cfg.Prefix+key, minio.GetObjectOptions{})
	if err != nil {
		idle.Stop()
		cancel()
		return nil, explain(err, asked)
	}
	return &body{r: r, idle: idle, timeout: t.cfg.Timeout, cancel: cancel}, nil
}

type body struct {
	r       io.ReadCloser
	idle    *time.Timer
	timeout time.Duration
	cancel  context.CancelFunc
}

func (b *body) Read(p []byte) (int, error) {
	b.idle.Reset(b.timeout)
	defer b.idle.Stop() // between reads the caller may take its time
	return b.r.Read(p)
}

func (b *body) Close() error {
	b.idle.Stop()
	defer b.cancel()
	return b.r.Close()
}
