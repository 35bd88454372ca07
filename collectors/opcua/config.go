// Package opcua collects samples from an OPC UA server.
//
//	Run ─▶ open: discover ▸ choose endpoint ▸ trust ▸ connect        client.go, endpoint.go, pki.go, trust.go
//	        │
//	        ├─▶ resolve: browse paths ▸ nodes, words of enumerations  paths.go, walk.go, nodeid.go, words.go
//	        ├─▶ feeds: a subscription or a poller for each group      group.go, feed.go, subscribe.go, tags.go, events.go
//	        ├─▶ receive: decode ▸ compare ▸ queue, watch the clock    receive.go, decode.go, gap.go
//	        ├─▶ backfill: hole ▸ HistoryRead ─▶ Sink, rest ▸ gap      holes.go, backfill.go, reading.go, history.go
//	        └─▶ deliver: queue ─▶ Sink                                deliver.go, queue.go
//
// Every Run has a client of its own: the library's own reconnection may end connected, but with no subscription. What must outlive a
// connection, such as the last value of each tag and the moment up to which data is complete, is kept by the Collector.
package opcua

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"time"

	"edgelabel/agent/series"
)

// Defaults of Config.
const (
	DefaultPublishInterval  = 500 * time.Millisecond
	DefaultSamplingInterval = 100 * time.Millisecond
	DefaultHeartbeat        = 10 * time.Second
	DefaultRetryNodes       = time.Minute
	DefaultBuffer           = 100_000
	DefaultMaxMatches       = 10_000
	DefaultBackfillRate     = 10_000
	DefaultBackfillTime     = 30 * time.Minute
)

// Values of Config.Policy and Config.Mode beside the names that OPC UA gives them.
const (
	Auto = "auto"
	None = "None"
)

// Config describes one OPC UA source.
type Config struct {
	Name     string
	Endpoint string // opc.tcp://host:port/path; the host is kept even when the server announces another

	Policy        string // "auto" (also when empty), Aes256_Sha256_RsaPss, Basic256Sha256, Aes128_Sha256_RsaOaep or None
	Mode          string // "auto" (also when empty), SignAndEncrypt, Sign or None
	AllowInsecure bool   // allows None
	User          string // anonymous when neither it nor UserCert is given
	Password      string
	UserCert      string // file with the certificate to sign in with, PEM or DER
	UserKey       string // file with its private key

	PKI            string // folder of this gateway's certificate and of those it trusts, shared by all sources
	Trust          string // FirstUse (also when empty) or Strict
	ServerCert     string // file with the only certificate to accept, PEM or DER; empty: Trust says how one is chosen
	Host           string // of this gateway, for its certificate; the operating system's host name when empty
	ApplicationURI string // urn:<Host>:edgelabel when empty

	PublishInterval  time.Duration
	SamplingInterval time.Duration
	QueueSize        uint32        // per node on the server; 0: four times what is sampled between two publications, at least 10
	Poll             time.Duration // nodes without a group are read this often instead of being subscribed to; 0 subscribes
	Groups           []Group       // other ways to read some of the nodes
	Heartbeat        time.Duration // silence after which the connection counts as dead; at least three publish intervals are waited
	RetryNodes       time.Duration // how often nodes that the server refused are asked for again
	Buffer           int           // points (a block of a Wave counts all of its points) kept in memory while the sink blocks
	Nodes            []Node
	MaxMatches       int // variables that the browse paths may match together
	Events           []Event

	Backfill     bool          // read holes back from the server's history, where it keeps one
	BackfillRate int           // samples per second that are read back, so that live data is not starved
	BackfillTime time.Duration // spent on one hole; what is missing then is recorded as a gap
	StateDir     string        // folder for what waits to be read back; empty: forgotten, and recorded as a gap, when the agent stops

	Kind     func(tag string) (series.Kind, bool) // of tags that browse paths name, and whether there is one; nil: every tag, of any kind
	LastSeen func(tag string) int64               // UTC ns of the newest sample an earlier run of the agent stored, 0 for none; may be nil
	Now      func() time.Time
	Log      *slog.Logger

	requestTimeout time.Duration
}

// Node is one variable of the server, or, by a path with wildcards, several.
type Node struct {
	Tag              string        // with Path a template: {name} is the variable's browse name, {0} the first level of its path
	NodeID           string        // "ns=2;s=Press.Force" or, better, "nsu=urn:vendor:press;s=Press.Force"; empty with Path
	Path             string        // glob over browse paths below Objects, looked for at each connection: "Line1/*/Force"
	Group            string        // empty: the source's own
	Kind             series.Kind   // what samples of the tag carry; empty accepts whatever the server sends. With Path Config.Kind says
	SamplingInterval time.Duration // 0: that of the group
}

func (c Config) withDefaults() Config {
	setDefault(&c.Policy, Auto)
	setDefault(&c.Mode, Auto)
	setDefault(&c.Trust, FirstUse)
	setDefault(&c.PublishInterval, DefaultPublishInterval)
	setDefault(&c.SamplingInterval, DefaultSamplingInterval)
	setDefault(&c.Heartbeat, DefaultHeartbeat)
	setDefault(&c.RetryNodes, DefaultRetryNodes)
	setDefault(&c.Buffer, DefaultBuffer)
	setDefault(&c.MaxMatches, DefaultMaxMatches)
	setDefault(&c.BackfillRate, DefaultBackfillRate)
	setDefault(&c.BackfillTime, DefaultBackfillTime)
	if c.Host == "" {
		c.Host = hostname()
	}
	setDefault(&c.ApplicationURI, "urn:"+c.Host+":edgelabel")
	c.requestTimeout = minRequestTimeout
	for _, g := range c.allGroups() {
		c.requestTimeout = max(c.requestTimeout, 2*g.keepAlive())
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func hostname() string {
	if name, err := os.Hostname(); err == nil {
		return name
	}
	return "localhost"
}

// validate reports everything that is wrong at once.
func (c Config) validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if u, err := url.Parse(c.Endpoint); err != nil || u.Scheme != "opc.tcp" || u.Hostname() == "" {
		bad("endpoint %q: expected opc.tcp://host:port/path", c.Endpoint)
	}
	if err := checkSecurity(c.Policy, c.Mode, c.AllowInsecure); err != nil {
		errs = append(errs, err)
	}
	if c.Trust != FirstUse && c.Trust != Strict {
		bad("trust %q: expected %s or %s", c.Trust, FirstUse, Strict)
	}
	if c.PKI == "" && c.Policy != None {
		bad("no folder for certificates")
	}
	if min(c.PublishInterval, c.SamplingInterval, c.Heartbeat, c.RetryNodes, c.BackfillTime, c.Poll) < 0 || min(c.Buffer, c.BackfillRate, c.MaxMatches) < 0 {
		bad("intervals, buffer, rate and matches must not be negative")
	}
	if (c.UserCert == "") != (c.UserKey == "") || c.UserCert != "" && c.User != "" {
		bad("sign in with a user and a password, or with a certificate and its key")
	}
	errs = append(errs, c.checkGroups(), c.checkNodes(), c.checkEvents())
	return errors.Join(errs...)
}

func (c Config) checkGroups() error {
	var errs []error
	names := map[string]bool{"": true}
	for _, g := range c.Groups {
		if err := g.validate(); err != nil {
			errs = append(errs, fmt.Errorf("group %s: %w", g.Name, err))
		}
		if names[g.Name] {
			errs = append(errs, fmt.Errorf("group %q: expected a name of its own", g.Name))
		}
		names[g.Name] = true
	}
	return errors.Join(errs...)
}

func (c Config) checkNodes() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, n := range c.Nodes {
		if n.SamplingInterval < 0 {
			bad("tag %s: negative sampling interval", n.Tag)
		}
		if (n.NodeID == "") == (n.Path == "") {
			bad("tag %s: node id %q and path %q: expected one of the two", n.Tag, n.NodeID, n.Path)
		} else if _, err := n.place(); err != nil {
			bad("tag %s: %w", n.Tag, err)
		}
		if _, known := c.groupOf(n); !known {
			bad("tag %s: no group is called %q", n.Tag, n.Group)
		}
		if !slices.Contains([]series.Kind{"", series.Number, series.Bool, series.Text, series.Wave}, n.Kind) {
			bad("tag %s: unknown kind %q", n.Tag, n.Kind)
		}
	}
	return errors.Join(errs...)
}

// groupOf is the index in allGroups of the group of a node.
func (c Config) groupOf(n Node) (int, bool) {
	if n.Group == "" {
		return 0, true
	}
	i := slices.IndexFunc(c.Groups, func(g Group) bool { return g.Name == n.Group })
	return i + 1, i >= 0
}
