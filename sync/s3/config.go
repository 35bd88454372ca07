package s3

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/encrypt"
)

// Defaults of Config.
const (
	DefaultRegion  = "us-east-1"
	DefaultTimeout = time.Minute
	DefaultMinRate = 16 << 10
)

// Config names a bucket and how to reach it. Endpoint, Bucket and the two keys are required.
type Config struct {
	Endpoint  string // host or host:port, without a scheme
	Bucket    string
	Prefix    string // below which every key stands; may be empty
	Region    string
	AccessKey string
	SecretKey string
	Token     string // of temporary credentials
	// Credentials is a file with temporary keys in the form of AWS's shared credentials. It takes the place of the keys above, and is read
	// again when it changes.
	Credentials string
	Encryption  string // AES256, aws:kms or aws:kms:<key id>: asks the store to encrypt; empty leaves it to the bucket
	Proxy       string // URL; empty takes that of the environment

	PathStyle bool   // bucket in the path instead of in the host name
	CAFile    string // PEM, trusted instead of the system's authorities
	Insecure  bool   // http. Requests are signed all the same, and bodies by their SHA-256; everybody on the way can read them

	Timeout time.Duration // for an answer, and for a body to get on by one read
	MinRate int64         // bytes per second that an upload must reach beyond Timeout
}

// ParseTarget reads s3://bucket/prefix?endpoint=https://host:port&region=R&path_style=true&ca=/file.pem. Without an endpoint it is
// Amazon's. The keys come from the environment: EDGELABEL_S3_ACCESS_KEY and EDGELABEL_S3_SECRET_KEY, else the AWS_… variables.
func ParseTarget(s string, getenv func(string) string) (Config, error) {
	u, err := url.Parse(s)
	if err != nil {
		return Config{}, err
	}
	if u.Scheme != "s3" || u.Host == "" || u.User != nil || u.Fragment != "" {
		return Config{}, fmt.Errorf("%q: want s3://bucket/prefix?endpoint=https://host or file:FOLDER", u.Redacted())
	}
	c := Config{Bucket: u.Host, Prefix: strings.Trim(u.Path, "/"), Endpoint: "s3.amazonaws.com"}
	c.AccessKey, c.SecretKey, c.Token = keys(getenv)
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Config{}, err
	}
	for name := range q {
		if err := c.option(name, q.Get(name)); err != nil {
			return Config{}, err
		}
	}
	return c, nil
}

func keys(getenv func(string) string) (access, secret, token string) {
	if a := getenv("EDGELABEL_S3_ACCESS_KEY"); a != "" {
		return a, getenv("EDGELABEL_S3_SECRET_KEY"), ""
	}
	return getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"), getenv("AWS_SESSION_TOKEN")
}

func (c *Config) option(name, value string) (err error) {
	switch name {
	case "endpoint":
		err = c.endpoint(value)
	case "region":
		c.Region = value
	case "path_style":
		c.PathStyle, err = strconv.ParseBool(value)
	case "ca":
		c.CAFile = value
	default:
		err = errors.New("not an option; want endpoint, region, path_style or ca")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// endpoint reads https://host:port. A host that is an address or has no dot cannot carry the bucket in front of it.
func (c *Config) endpoint(value string) error {
	u, err := url.Parse(value)
	if err != nil {
		return err
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.User != nil {
		return fmt.Errorf("%q: want https://host:port", u.Redacted())
	}
	c.Endpoint, c.Insecure, c.PathStyle = u.Host, u.Scheme == "http", true
	return nil
}

func (c *Config) setDefaults() {
	if c.Region == "" {
		c.Region = DefaultRegion
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.MinRate == 0 {
		c.MinRate = DefaultMinRate
	}
	c.Prefix = strings.Trim(c.Prefix, "/")
	if c.Prefix != "" {
		c.Prefix += "/"
	}
}

// keys is where requests get their keys from.
func (c *Config) keys() *credentials.Credentials {
	if c.Credentials != "" {
		return credentials.New(&keyFile{path: c.Credentials})
	}
	return credentials.NewStaticV4(c.AccessKey, c.SecretKey, c.Token)
}

// encryption is what is asked of the store with every object.
func (c *Config) encryption() (encrypt.ServerSide, error) {
	switch key, kms := strings.CutPrefix(c.Encryption, "aws:kms"); {
	case c.Encryption == "":
		return nil, nil
	case c.Encryption == "AES256":
		return encrypt.NewSSE(), nil
	case kms && (key == "" || key[0] == ':'):
		return encrypt.NewSSEKMS(strings.TrimPrefix(key, ":"), nil)
	}
	return nil, fmt.Errorf("encryption %q: want AES256, aws:kms or aws:kms:<key id>", c.Encryption)
}

func (c *Config) transport() (*http.Transport, error) {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return nil, errors.New("the default transport was replaced")
	}
	t = t.Clone() // with the proxy of the environment
	if c.Proxy != "" {
		u, err := url.Parse(c.Proxy)
		if err != nil {
			return nil, fmt.Errorf("proxy: %w", err)
		}
		t.Proxy = http.ProxyURL(u)
	}
	t.ResponseHeaderTimeout = c.Timeout
	t.DisableCompression = true // a stored .gz must come back as it is
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CAFile == "" {
		return t, nil
	}
	pem, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, err
	}
	t.TLSClientConfig.RootCAs = x509.NewCertPool()
	if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: no certificate in it", c.CAFile)
	}
	return t, nil
}
