package s3

import (
	"cmp"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"edgelabel/sync/uplink"
)

// partSize is the length of a part in bytes, and from twice that on an object goes in parts. It must not change: what a store says about
// an object of parts hangs on it, and an upload that another version began is finished with it.
const partSize = 8 << 20

// part is one stretch of a body.
type part struct {
	number   int // from 1
	at, size int64
	md5, sha []byte
}

// parts hashes a body stretch by stretch.
func parts(body io.ReadSeeker, size int64) (list []part, err error) {
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	for at := int64(0); at < size; at += partSize {
		p := part{number: len(list) + 1, at: at, size: min(partSize, size-at)}
		m, s := md5.New(), sha256.New()
		if _, err := io.CopyN(io.MultiWriter(m, s), body, p.size); err != nil {
			return nil, err
		}
		p.md5, p.sha = m.Sum(nil), s.Sum(nil)
		list = append(list, p)
	}
	return list, nil
}

// tagOf is what S3 stores say about an object of parts: the MD5 of the parts' MD5s, and their number.
func tagOf(list []part) string {
	h := md5.New()
	for _, p := range list {
		h.Write(p.md5)
	}
	return fmt.Sprintf("%x-%d", h.Sum(nil), len(list))
}

// Same tells an object of parts by its tag.
func (t *Target) Same(info uplink.Info, body io.ReadSeeker) (bool, error) {
	if !strings.Contains(info.Tag, "-") || info.Size <= partSize {
		return false, nil
	}
	list, err := parts(body, info.Size)
	if err != nil {
		return false, err
	}
	return strings.EqualFold(tagOf(list), info.Tag), nil
}

// putParts sends a large object in parts. It goes on with an upload of the same key that was broken off, by whichever process: the store
// knows which parts it has, and the key says what is in them. The condition stands on the last request.
func (t *Target) putParts(ctx context.Context, key string, body io.ReadSeeker, size int64, opts minio.PutObjectOptions) error {
	ctx, asked := asking(ctx)
	list, err := parts(unpaced(body), size)
	if err != nil {
		return err
	}
	id, there, err := t.begin(ctx, key)
	if err != nil {
		return explain(err, asked)
	}
	done := make([]minio.CompletePart, 0, len(list))
	for _, p := range list {
		tag, ok := there[p.number]
		if !ok || tag != hex.EncodeToString(p.md5) {
			if tag, err = t.putPart(ctx, key, id, body, p); err != nil {
				return explain(err, asked)
			}
		}
		done = append(done, minio.CompletePart{PartNumber: p.number, ETag: tag})
	}
	ctx, cancel := context.WithTimeout(ctx, t.cfg.Timeout)
	defer cancel()
	last := minio.PutObjectOptions{}
	if opts.Header().Get("If-None-Match") != "" {
		last.SetMatchETagExcept("*")
	}
	// The answer's body is read to its end: a store may say 200 and then that it failed.
	_, err = t.core.CompleteMultipartUpload(ctx, t.cfg.Bucket, t.cfg.Prefix+key, id, done, last)
	return explain(err, asked)
}

func (t *Target) putPart(ctx context.Context, key, id string, body io.ReadSeeker, p part) (tag string, err error) {
	if _, err := body.Seek(p.at, io.SeekStart); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, t.deadline(p.size))
	defer cancel()
	got, err := t.core.PutObjectPart(ctx, t.cfg.Bucket, t.cfg.Prefix+key, id, p.number, io.LimitReader(body, p.size), p.size, minio.PutObjectPartOptions{
		Md5Base64: base64.StdEncoding.EncodeToString(p.md5), Sha256Hex: hex.EncodeToString(p.sha), DisableContentSha256: true,
	})
	return strings.Trim(got.ETag, `"`), err
}

// begin finds the newest upload of the key that is under way, with the parts that it has, or starts one. Uploads that nobody has touched
// for a long time are given up.
func (t *Target) begin(ctx context.Context, key string) (id string, there map[int]string, err error) {
	ctx, cancel := context.WithTimeout(ctx, t.cfg.Timeout)
	defer cancel()
	object := t.cfg.Prefix + key
	found, err := t.core.ListMultipartUploads(ctx, t.cfg.Bucket, object, "", "", "", 100)
	if err != nil {
		found.Uploads = nil // a store or a role that cannot list: start anew
	}
	slices.SortFunc(found.Uploads, func(a, b minio.ObjectMultipartInfo) int {
		return cmp.Compare(b.Initiated.UnixNano(), a.Initiated.UnixNano())
	})
	for _, u := range found.Uploads {
		if u.Key != object {
			continue
		}
		if there, err := t.partsThere(ctx, object, u.UploadID); err == nil {
			t.abandon(ctx, object, u.UploadID, found.Uploads)
			return u.UploadID, there, nil
		}
	}
	id, err = t.core.NewMultipartUpload(ctx, t.cfg.Bucket, object, minio.PutObjectOptions{
		ContentType: "application/octet-stream", ServerSideEncryption: t.sse,
	})
	return id, nil, err
}

// staleAfter is how old an upload is that nobody will finish: another gateway may be at work on the same image.
const staleAfter = 48 * time.Hour

// abandon gives up stale uploads of an object beside the one that goes on. What cannot be given up is left to the store's own rules.
func (t *Target) abandon(ctx context.Context, object, keep string, uploads []minio.ObjectMultipartInfo) {
	for _, u := range uploads {
		if u.Key == object && u.UploadID != keep && t.now().Sub(u.Initiated) > staleAfter {
			_ = t.core.AbortMultipartUpload(ctx, t.cfg.Bucket, object, u.UploadID)
		}
	}
}

func (t *Target) partsThere(ctx context.Context, object, id string) (map[int]string, error) {
	there := map[int]string{}
	for marker := 0; ; {
		page, err := t.core.ListObjectParts(ctx, t.cfg.Bucket, object, id, marker, 1000)
		if err != nil {
			return nil, err
		}
		for _, p := range page.ObjectParts {
			there[p.PartNumber] = strings.Trim(p.ETag, `"`)
		}
		if !page.IsTruncated || page.NextPartNumberMarker <= marker {
			return there, nil
		}
		marker = page.NextPartNumberMarker
	}
}

// unpaced is a body for reading on this machine.
func unpaced(body io.ReadSeeker) io.ReadSeeker {
	if u, ok := body.(uplink.Unpaced); ok {
		return u.Unpaced()
	}
	return body
}
