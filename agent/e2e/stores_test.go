//go:build e2e

package e2e_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"edgelabel/agent"
	"edgelabel/agent/config"
	"edgelabel/sync/uplink"
)

// bucket is a real store over https with an empty bucket "labels": VersityGW, MinIO, or rclone's S3.
type bucket struct {
	*process
	t    *testing.T
	args []string
	port int
	cert string
	dir  string
}

const (
	accessKey = "edgelabel-access"
	secretKey = "edgelabel-secret-key"
)

// stores are all kinds of buckets.
func stores() map[string]func(*testing.T) *bucket {
	return map[string]func(*testing.T) *bucket{"VersityGW": startBucket, "MinIO": startMinIO, "rclone": startOverwriter}
}

// newBucket lets a program of the peers serve a folder.
func newBucket(t *testing.T, name string, args func(b *bucket, key string) []string) *bucket {
	t.Helper()
	program := filepath.Join(peers(), "bin", name)
	need(t, name, exists(program))
	dir := t.TempDir()
	cert, key := certificate(t, dir)
	b := &bucket{t: t, port: freePort(t), cert: cert, dir: filepath.Join(dir, "data")}
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	b.args = append([]string{program}, args(b, key)...)
	return b
}

func startBucket(t *testing.T) *bucket {
	t.Helper()
	b := newBucket(t, "versitygw", func(b *bucket, key string) []string {
		return []string{"--port", b.address(), "--cert", b.cert, "--key", key, "posix", b.dir}
	})
	b.open()
	b.start()
	return b
}

// startOverwriter is rclone's S3, which overwrites whatever the condition says.
func startOverwriter(t *testing.T) *bucket {
	t.Helper()
	b := newBucket(t, "rclone", func(b *bucket, key string) []string {
		return []string{"serve", "s3", "--config", "", "--addr", b.address(), "--cert", b.cert, "--key", key, "--auth-key", accessKey + "," + secretKey, b.dir}
	})
	b.open()
	b.start()
	return b
}

// startMinIO makes the bucket last: MinIO wants its folder empty the first time.
func startMinIO(t *testing.T) *bucket {
	t.Helper()
	b := newBucket(t, "minio", func(b *bucket, key string) []string {
		certs := t.TempDir()
		for from, to := range map[string]string{b.cert: "public.crt", key: "private.key"} {
			if err := os.Link(from, filepath.Join(certs, to)); err != nil {
				t.Fatal(err)
			}
		}
		return []string{"server", "--quiet", "--address", b.address(), "--certs-dir", certs, b.dir}
	})
	b.start()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	eventually(t, 20*time.Second, "minio serves", func() error {
		res, err := client.Get("https://" + b.address())
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusForbidden { // its health says yes too early; this is what it says to nobody in particular
			return fmt.Errorf("%s", res.Status)
		}
		return nil
	})
	b.open()
	return b
}

// open makes the bucket, which each of them keeps as a folder.
func (b *bucket) open() {
	if err := os.MkdirAll(filepath.Join(b.dir, "labels"), 0o700); err != nil {
		b.t.Fatal(err)
	}
}

// start gives the keys under the names that any of the programs reads.
func (b *bucket) start() {
	name := filepath.Base(b.args[0])
	b.process = start(b.t, name, []string{"ROOT_ACCESS_KEY=" + accessKey, "ROOT_SECRET_KEY=" + secretKey,
		"MINIO_ROOT_USER=" + accessKey, "MINIO_ROOT_PASSWORD=" + secretKey, "MINIO_BROWSER=off", "MINIO_UPDATE=off"}, b.args[0], b.args[1:]...)
	eventually(b.t, 20*time.Second, name+" listens", func() error {
		c, err := net.Dial("tcp", b.address())
		if err == nil {
			c.Close()
		}
		return err
	})
}

func (b *bucket) address() string { return fmt.Sprintf("127.0.0.1:%d", b.port) }

func (b *bucket) url() string { return "s3://labels/plant?endpoint=https://" + b.address() }

// target reads the bucket by the product's own driver.
func (b *bucket) target() uplink.Target {
	b.t.Helper()
	to, err := agent.OpenTarget(config.Target{Name: "centre", URL: b.url(), CA: b.cert, AccessKey: config.NewSecret(accessKey), SecretKey: config.NewSecret(secretKey)})
	if err != nil {
		b.t.Fatal(err)
	}
	return to
}
