// Package s3 keeps a central store in a bucket of any S3-compatible store. It is the only importer of minio-go.
package s3

import (
	"bytes"
	"cmp"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/encrypt"

	"edgelabel/sync/uplink"
)

// Target sends an object with one PUT: conditional, signed over the SHA-256 of its body, and with that hash in x-amz-checksum-sha256 too,
// which stores that know the header check and keep. Large ones go in parts. No trailing checksums: several stores refuse them.
type Target struct {
	cfg  Config
	core *minio.Core
	sse  encrypt.ServerSide // nil: as the bucket does it

	plain atomic.Bool // the store refuses checksum headers: Content-MD5 instead
	httpT *http.Transport
	now   func() time.Time
}

// New checks the configuration and makes no connection.
func New(cfg Config) (*Target, error) {
	if cfg.Endpoint == "" || cfg.Bucket == "" {
		return nil, errors.New("s3: endpoint and bucket are required")
	}
	if cfg.Credentials == "" && (cfg.AccessKey == "" || cfg.SecretKey == "") {
		return nil, errors.New("s3: access key and secret key are required: in the configuration, or as EDGELABEL_S3_ACCESS_KEY and EDGELABEL_S3_SECRET_KEY")
	}
	cfg.setDefaults()
	sse, err := cfg.encryption()
	if err != nil {
		return nil, fmt.Errorf("s3: %w", err)
	}
	tr, err := cfg.transport()
	if err != nil {
		return nil, fmt.Errorf("s3: %w", err)
	}
	lookup := minio.BucketLookupDNS
	if cfg.PathStyle {
		lookup = minio.BucketLookupPath
	}
	core, err := minio.NewCore(cfg.Endpoint, &minio.Options{
		Creds: cfg.keys(), Secure: !cfg.Insecure, Transport: watch{tr},
		Region: cfg.Region, BucketLookup: lookup, MaxRetries: 1, // the forwarder retries
	})
	if err != nil {
		return nil, fmt.Errorf("s3: %w", err)
	}
	return &Target{cfg: cfg, core: core, sse: sse, httpT: tr, now: time.Now}, nil
}

// Close drops idle connections.
func (t *Target) Close() error {
	t.httpT.CloseIdleConnections()
	return nil
}

// PutIfAbsent tries again at once when another writer holds the key (409).
func (t *Target) PutIfAbsent(ctx context.Context, key string, body io.ReadSeeker, size int64, sum string) (existed bool, err error) {
	opts := minio.PutObjectOptions{DisableContentSha256: true, ContentType: "application/octet-stream", ServerSideEncryption: t.sse}
	opts.SetMatchETagExcept("*")
	for try := 0; ; try++ {
		if size >= 2*partSize {
			err = t.putParts(ctx, key, body, size, opts)
		} else {
			err = t.put(ctx, key, body, size, sum, opts)
		}
		switch code := minio.ToErrorResponse(unwrapped(err)); {
		case err == nil:
			return false, nil
		case code.StatusCode == http.StatusPreconditionFailed:
			return true, nil
		case code.StatusCode == http.StatusConflict && try < 3:
		case refusesChecksum(code) && t.plain.CompareAndSwap(false, true):
		default:
			return false, err
		}
	}
}

// refusesChecksum reports an answer that stores give to headers that they do not know.
func refusesChecksum(r minio.ErrorResponse) bool {
	return r.StatusCode == http.StatusNotImplemented || r.StatusCode == http.StatusBadRequest && (r.Code == "InvalidArgument" || r.Code == "InvalidRequest")
}

func (t *Target) put(ctx context.Context, key string, body io.ReadSeeker, size int64, sum string, opts minio.PutObjectOptions) error {
	raw, err := hex.DecodeString(sum)
	if err != nil || len(raw) != sha256.Size {
		return fmt.Errorf("sha256 %q is malformed", sum)
	}
	md5sum := ""
	if t.plain.Load() {
		if md5sum, err = md5Of(unpaced(body)); err != nil {
			return err
		}
	} else {
		opts.UserMetadata = map[string]string{"x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(raw)}
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return err
	}
	ctx, asked := asking(ctx)
	ctx, cancel := context.WithTimeout(ctx, t.deadline(size))
	defer cancel()
	// The client closes what it can close; the caller keeps the body.
	_, err = t.core.PutObject(ctx, t.cfg.Bucket, t.cfg.Prefix+key, io.NopCloser(body), size, md5sum, sum, opts)
	return explain(err, asked)
}

// deadline is how long a body of so many bytes may take.
func (t *Target) deadline(size int64) time.Duration {
	return t.cfg.Timeout + time.Duration(size/t.cfg.MinRate)*time.Second
}

func md5Of(body io.ReadSeeker) (string, error) {
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	h := md5.New()
	_, err := io.Copy(h, body)
	return base64.StdEncoding.EncodeToString(h.Sum(nil)), err
}

// Put overwrites.
func (t *Target) Put(ctx context.Context, key string, body []byte) error {
	sum := sha256.Sum256(body)
	opts := minio.PutObjectOptions{DisableContentSha256: true, ContentType: "application/json", ServerSideEncryption: t.sse}
	return t.put(ctx, key, bytes.NewReader(body), int64(len(body)), hex.EncodeToString(sum[:]), opts)
}

// Head returns the store's own SHA-256 where it keeps one, and the MD5 where the ETag looks like one.
func (t *Target) Head(ctx context.Context, key string) (uplink.Info, error) {
	ctx, asked := asking(ctx)
	ctx, cancel := context.WithTimeout(ctx, t.cfg.Timeout)
	defer cancel()
	o, err := t.core.StatObject(ctx, t.cfg.Bucket, t.cfg.Prefix+key, minio.StatObjectOptions{Checksum: !t.plain.Load()})
	if err != nil {
		return uplink.Info{}, explain(err, asked)
	}
	return t.info(key, o), nil
}

func (t *Target) info(key string, o minio.ObjectInfo) uplink.Info {
	i := uplink.Info{Key: key, Size: o.Size}
	if raw, err := base64.StdEncoding.DecodeString(o.ChecksumSHA256); err == nil && len(raw) == sha256.Size {
		i.SHA256 = hex.EncodeToString(raw)
	}
	if raw, err := hex.DecodeString(o.ETag); err == nil && len(raw) == md5.Size {
		i.MD5 = strings.ToLower(o.ETag)
	}
	if _, _, inParts := strings.Cut(o.ETag, "-"); inParts {
		i.Tag = o.ETag
	}
	return i
}

// List asks for pages of a thousand keys.
func (t *Target) List(ctx context.Context, prefix string, yield func(uplink.Info) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, asked := asking(ctx)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for o := range t.core.ListObjectsIter(ctx, t.cfg.Bucket, minio.ListObjectsOptions{Prefix: t.cfg.Prefix + prefix, Recursive: true}) {
		if o.Err != nil {
			return explain(o.Err, asked)
		}
		if key := strings.TrimPrefix(o.Key, t.cfg.Prefix); !strings.HasSuffix(key, "/") && !yield(t.info(key, o)) {
			return nil
		}
	}
	return ctx.Err()
}

// explain tells a missing object from other failures and keeps Retry-After. Operation and key are the caller's to say.
func explain(err error, asked *retryAfter) error {
	if err == nil {
		return nil
	}
	r := minio.ToErrorResponse(err)
	if r.StatusCode == http.StatusNotFound && r.Code != "NoSuchBucket" {
		return uplink.ErrNoObject
	}
	text := cmp.Or(r.Message, http.StatusText(r.StatusCode))
	if r.StatusCode == 0 {
		text = ""
	}
	return &failure{status: r.StatusCode, text: text, err: err, pause: asked.get()}
}

var (
	_ uplink.Target   = (*Target)(nil)
	_ uplink.Comparer = (*Target)(nil)
)
