// Package mqtt collects samples and pictures from an MQTT 3.1.1 broker.
//
//	broker ─▶ guard ─▶ paho ─▶ inbox ─▶ worker: decode ─▶ Sink
//	  ▲     (too large)       (bounded)                    │ on disk
//	  └────────── PUBACK ◀── ledger (arrival order) ◀──────┘
//
// The session is persistent and every acknowledgement waits for the disk, so what the broker holds for us is exactly what is not yet
// stored. A publisher that sends at QoS 0, and a broker whose own queue for us overflows, can still lose messages without our knowing.
package mqtt

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"edgelabel/agent/series"
	"edgelabel/collectors/timestamp"
)

// Defaults of Config.
const (
	DefaultKeepAlive  = 20 * time.Second
	DefaultMaxPayload = 8 << 20  // bytes
	DefaultMaxText    = 1 << 20  // bytes
	DefaultMaxQueued  = 16 << 20 // bytes
	DefaultInflight   = 8192     // messages
	DefaultDrain      = 5 * time.Second
	DefaultDeadBytes  = 64 << 20 // bytes
)

const maxInflight = 65535 // packet ids of the protocol

// Config describes one broker connection. The zero value of a number means its default.
type Config struct {
	Name           string // the source's name
	URL            string // tcp://, ssl://, ws:// or wss:// host:port
	ClientID       string // stable and unique at the broker, which keeps the session under it
	User, Password string
	TLS            TLS
	KeepAlive      time.Duration // between pings of an idle connection
	MaxPayload     int           // bytes of one message; larger ones are dropped unread, counted and acknowledged
	MaxText        int           // bytes of one number or JSON message
	MaxQueued      int           // bytes of payload waiting for the sink; at least MaxPayload. 0 is DefaultMaxQueued, or room for two of the largest
	Inflight       int           // messages waiting for the sink; mosquitto overruns its own window while it sends a backlog
	Drain          time.Duration // how long a closing connection waits for the disk, to acknowledge what it took
	AcceptRetained bool          // store retained values too, marked uncertain when they carry no time
	Topics         []Topic       // the first whose filter matches a message decodes it
	DeadDir        string        // messages that cannot be decoded are kept here before they are acknowledged; empty keeps none
	DeadBytes      int64         // of DeadDir, beyond which the oldest go
	Dialect        Dialect       // reads the messages instead of Topics and Kind; nil for those

	Kind     func(tag string) (series.Kind, bool) // the tags that exist, and what they carry
	StateDir string                               // where the subscribed filters are remembered between runs
	Now      func() time.Time
	Log      *slog.Logger
}

// Payload says how a topic's messages are read.
type Payload string

const (
	Number Payload = "number" // one scalar as text
	JSON   Payload = "json"   // an object or array; Value or Fields say where the values are
	CSV    Payload = "csv"    // lines of values; a line is an array to the paths, or an object when there is a Header
	Image  Payload = "image"  // JPEG, PNG, BMP or TIFF bytes; with a Value, base64 inside a JSON message
)

// Topic says which messages to read and what they mean.
type Topic struct {
	// Filter is an MQTT topic filter with + and #. A level written {name} matches like + and may be used by name in templates.
	Filter  string
	QoS     int // 0 or 1
	Payload Payload

	// Tag is a template for the tag's id, such as "{2}.{3}" (topic levels, counted from 0) or "{line}.{signal}" (named levels).
	Tag string

	Value      string           // JSON: path of the value, such as "data.v", "$.readings[0].value"; empty is the whole message
	Time       string           // JSON: path of the source's time; empty when the message has none
	TimeFormat timestamp.Format // of Time
	Quality    string           // JSON: path of the quality: good, uncertain, bad, true, false or an OPC UA status code
	Fields     []Field          // JSON: several tags in one message, instead of Tag and Value
	// Each is the path of a list, "$" for the whole message: its elements are read one by one, with the paths above inside them.
	Each      string
	Header    bool   // CSV: the first line names the columns
	Separator string // CSV: one character; empty is a comma

	Camera string // Image: the camera that the pictures belong to
	Part   string // Image: template for the part or serial number
	Beside Beside // Image inside JSON: where its metadata stand
}

// Beside are the paths of a picture's metadata in its message, each empty when there is none.
type Beside struct{ Name, Part, Product, Recipe, Job, Result string }

// Field is one value of a JSON message that carries several.
type Field struct {
	Path     string
	Tag      string      // template, as Topic.Tag
	Kind     series.Kind // what the tag must carry; empty accepts what it is
	Optional bool        // the path may be missing
}

// TLS says whom to trust and who we are. It is used with ssl:// and wss://.
type TLS struct {
	CAFile             string // PEM; empty trusts the system's authorities
	CertFile, KeyFile  string // PEM; our own certificate, empty for none
	ServerName         string // expected name, empty for the URL's host
	InsecureSkipVerify bool   // trust anybody; needs AllowInsecure
	AllowInsecure      bool
}

func (c *Config) setDefaults() {
	c.KeepAlive = cmp.Or(c.KeepAlive, DefaultKeepAlive)
	c.MaxPayload = cmp.Or(c.MaxPayload, DefaultMaxPayload)
	c.MaxText = cmp.Or(c.MaxText, DefaultMaxText)
	c.MaxQueued = cmp.Or(c.MaxQueued, max(DefaultMaxQueued, 2*c.MaxPayload))
	c.Inflight = cmp.Or(c.Inflight, DefaultInflight)
	c.Drain = cmp.Or(c.Drain, DefaultDrain)
	c.DeadBytes = cmp.Or(c.DeadBytes, DefaultDeadBytes)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
}

// check reports everything that is wrong, joined.
func (c *Config) check() error {
	errs := c.checkBroker()
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.Inflight < 1 || c.Inflight > maxInflight {
		bad("inflight %d: want 1 to %d", c.Inflight, maxInflight)
	}
	if c.MaxPayload < 1 || c.MaxPayload > c.MaxQueued {
		bad("max payload %d: want 1 to max queued %d bytes", c.MaxPayload, c.MaxQueued)
	}
	if c.MaxText < 1 || c.KeepAlive < time.Second || c.Drain < 0 {
		bad("max text %d, keep alive %s, drain %s: want above zero, and at least 1s between pings", c.MaxText, c.KeepAlive, c.Drain)
	}
	if c.Kind == nil && c.Dialect == nil {
		bad("no tags are known")
	}
	if (len(c.Topics) == 0) == (c.Dialect == nil) {
		bad("want either topics or a dialect")
	}
	return errors.Join(errs...)
}

// checkBroker is about the connection alone.
func (c *Config) checkBroker() (errs []error) {
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.Name == "" {
		bad("name is missing")
	}
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" || !slices.Contains(schemes, u.Scheme) {
		bad("url %q: want %s with host:port", withoutPassword(c.URL), strings.Join(schemes, ", "))
	}
	if c.ClientID == "" {
		bad("client id is missing: the broker keeps the session under it")
	}
	if c.TLS.InsecureSkipVerify && !c.TLS.AllowInsecure {
		bad("tls: trusting any certificate needs allow_insecure")
	}
	if (c.TLS.CertFile == "") != (c.TLS.KeyFile == "") {
		bad("tls: certificate and key belong together")
	}
	return errs
}

// withoutPassword keeps a password written into a URL out of messages.
func withoutPassword(raw string) string {
	if u, err := url.Parse(raw); err == nil {
		return u.Redacted()
	}
	return "(unreadable)"
}
