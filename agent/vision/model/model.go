// Package model asks a server with a model of the user what it sees on a picture: a detector that proposes what the model does.
//
//	stored picture ─▶ request of the protocol ─▶ HTTP, one host, bounded ─▶ parser ─▶ Finding with the model's name and version
//
// Unlike other detectors it has a clock, which keeps a server that is away from holding up the pictures, and it is as repeatable as the model.
package model

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"edgelabel/agent/vision"
)

// Method is the name under which the candidates of a model are opened.
const Method = "model"

// Protocols.
const (
	LabelStudio   = "label_studio"   // the ML backend of Label Studio
	OpenInference = "open_inference" // Open Inference Protocol v2, as KServe, Triton and others speak it
	ONNX          = "onnx"           // a helper on this machine, see package onnx: it takes files and needs neither Input nor Output
)

// Defaults.
const (
	DefaultTimeout   = 5 * time.Second
	DefaultMaxBytes  = 1 << 20 // of an answer
	DefaultThreshold = 0.5
	DefaultPause     = 10 * time.Second
)

// Config says who is asked and how.
type Config struct {
	Protocol      string
	URL           string // of the server; nobody else is spoken to
	Name          string // of the model; wanted by Open Inference, and how Label Studio's is called where it does not tell
	Token         string // sent as a bearer token; may be empty
	CAFile        string // PEM; empty trusts the system's authorities
	AllowInsecure bool   // any certificate, and plain http to any host
	Timeout       time.Duration
	MaxBytes      int64
	Threshold     float64       // the model's score from which it proposes, 0..1
	Pause         time.Duration // after a failure nobody is asked for so long
	OK            []string      // choices, and classes of a whole picture, that mean that it is good
	Class         func(string) string
	Labels        []string // the classes the model is told that are wanted of it; Label Studio
	Input         Input    // Open Inference
	Output        Output   // Open Inference
	Now           func() time.Time

	Dial    func(ctx context.Context) (net.Conn, error) // reaches the helper of ONNX
	Problem func(text string)                           // is told what is wrong, and with an empty text that it is well again; may be nil
}

// shot is a picture on its way to a model.
type shot struct {
	file          []byte // as it was stored
	format        string // png, jpeg, bmp, tiff
	width, height int    // pixels
}

// protocol is one way to ask and to read what comes.
type protocol interface {
	health() (path string)
	well(body []byte) error // what the answer to a question for the health says
	request(s shot) (path string, body any, err error)
	parse(body []byte, width, height int) (answer, error)
}

// Model is a vision.Detector that asks a server.
type Model struct {
	cfg      Config
	base     *url.URL
	client   *http.Client
	protocol protocol

	mu   sync.Mutex
	rest time.Time // nobody is asked before
}

// New makes a model that has asked nobody yet.
func New(cfg Config) (*Model, error) {
	cfg.setDefaults()
	base, err := address(cfg.URL, cfg.AllowInsecure)
	if err != nil {
		return nil, err
	}
	client, err := newClient(cfg)
	if err != nil {
		return nil, err
	}
	m := &Model{cfg: cfg, base: base, client: client}
	switch cfg.Protocol {
	case ONNX:
		m.protocol = newHelped(cfg.OK)
	case LabelStudio:
		m.protocol = labelStudio{labels: cfg.Labels, ok: cfg.OK}
	case OpenInference:
		if m.protocol, err = newInference(cfg); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("model protocol %q is not known", cfg.Protocol)
	}
	return m, nil
}

func (c *Config) setDefaults() {
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.MaxBytes <= 0 {
		c.MaxBytes = DefaultMaxBytes
	}
	if c.Threshold <= 0 {
		c.Threshold = DefaultThreshold
	}
	if c.Pause <= 0 {
		c.Pause = DefaultPause
	}
	if c.Class == nil {
		c.Class = func(string) string { return "" }
	}
	if c.Problem == nil {
		c.Problem = func(string) {}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Protocol == ONNX {
		c.URL = helperURL
	}
}

var _ vision.Original = (*Model)(nil)

// Inspect implements vision.Detector, for a picture that is not stored.
func (m *Model) Inspect(ctx context.Context, picture *image.Gray) (vision.Finding, error) {
	var file bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&file, picture); err != nil {
		return vision.Finding{}, fmt.Errorf("picture for the model: %w", err)
	}
	return m.InspectOriginal(ctx, file.Bytes())
}

// InspectOriginal implements vision.Original. It takes at most the timeout; for a while after the server failed nobody is asked and the
// error wraps vision.ErrAway at once.
func (m *Model) InspectOriginal(ctx context.Context, file []byte) (vision.Finding, error) {
	header, format, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return vision.Finding{}, fmt.Errorf("picture for the model: %w", err)
	}
	if m.resting() {
		return vision.Finding{}, fmt.Errorf("model %s: %w", m.cfg.Name, vision.ErrAway)
	}
	a, err := m.ask(ctx, shot{file, format, header.Width, header.Height})
	if ctx.Err() != nil {
		return vision.Finding{}, ctx.Err()
	}
	if err != nil {
		m.cfg.Problem(err.Error())
		return vision.Finding{}, err
	}
	m.cfg.Problem("")
	if a.name == "" {
		a.name = m.cfg.Name
	}
	return m.finding(a), nil
}

func (m *Model) ask(ctx context.Context, s shot) (answer, error) {
	path, body, err := m.protocol.request(s)
	if err != nil {
		return answer{}, fmt.Errorf("picture for the model: %w", err)
	}
	reply, err := m.post(ctx, path, body)
	if err != nil {
		m.pause()
		return answer{}, fmt.Errorf("ask model: %w", err)
	}
	a, err := m.protocol.parse(reply, s.width, s.height)
	if err != nil {
		return answer{}, fmt.Errorf("answer of the model: %w", err)
	}
	return a, nil
}

func (m *Model) resting() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cfg.Now().Before(m.rest)
}

func (m *Model) pause() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rest = m.cfg.Now().Add(m.cfg.Pause)
}
