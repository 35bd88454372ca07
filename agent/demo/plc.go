package demo

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math"
	"math/big"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/server"
	"github.com/gopcua/opcua/ua"
)

const namespaceURI = "urn:edgelabel:demo"

// PLC is an OPC UA server with the press's variables. It takes encrypted connections only; who signs in is not checked, since the
// library's server does not.
type PLC struct {
	server *server.Server
	vars   *variables
	url    string
}

// NewPLC makes a certificate and reserves a port of the loopback interface. Serve begins to answer.
func NewPLC() (*PLC, error) {
	key, cert, err := selfSigned()
	if err != nil {
		return nil, fmt.Errorf("demo PLC: %w", err)
	}
	port, err := freePort()
	if err != nil {
		return nil, fmt.Errorf("demo PLC: %w", err)
	}
	s := server.New(
		server.EndPoint("127.0.0.1", port),
		server.ServerName("press-plc"), server.ManufacturerName("edgelabel"), server.ProductName("demo"),
		server.EnableSecurity("Basic256Sha256", ua.MessageSecurityModeSignAndEncrypt),
		server.EnableAuthMode(ua.UserTokenTypeUserName),
		server.Certificate(cert), server.PrivateKey(key),
	)
	vars := &variables{values: map[string]*ua.DataValue{}}
	s.AddNamespace(vars)
	return &PLC{server: s, vars: vars, url: fmt.Sprintf("opc.tcp://127.0.0.1:%d", port)}, nil
}

// URL is the server's endpoint.
func (p *PLC) URL() string { return p.url }

// Serve starts to answer and returns. The server ends with ctx or with Close.
func (p *PLC) Serve(ctx context.Context) error { return p.server.Start(ctx) }

// Close ends every connection.
func (p *PLC) Close() error { return p.server.Close() }

// Write sets the press's variables and tells the subscribers.
func (p *PLC) Write(r Reading) {
	p.set("Force", round(r.Force, 2), r.At)
	p.set("Pressure", round(r.Pressure, 2), r.At)
	if p.vars.text("Part") != r.Part {
		p.set("Part", r.Part, r.At)
	}
}

// Beat tells the subscribers of the server's clock that it goes on.
func (p *PLC) Beat() {
	p.server.ChangeNotification(ua.NewNumericNodeID(0, id.Server_ServerStatus_CurrentTime))
}

func (p *PLC) set(name string, value any, at time.Time) {
	p.vars.set(name, &ua.DataValue{
		EncodingMask:    ua.DataValueValue | ua.DataValueSourceTimestamp | ua.DataValueServerTimestamp,
		Value:           ua.MustVariant(value),
		SourceTimestamp: at.UTC(),
		ServerTimestamp: at.UTC(),
	})
	p.server.ChangeNotification(ua.NewStringNodeID(p.vars.ID(), name))
}

func round(v float64, digits int) float64 {
	f := math.Pow10(digits)
	return math.Round(v*f) / f
}

// variables is the namespace of the press: a value for each name.
type variables struct {
	id uint16

	mu     sync.RWMutex
	values map[string]*ua.DataValue
}

func (v *variables) set(name string, value *ua.DataValue) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.values[name] = value
}

func (v *variables) text(name string) string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if d := v.values[name]; d != nil {
		return d.Value.String()
	}
	return ""
}

func (v *variables) Name() string                        { return namespaceURI }
func (v *variables) ID() uint16                          { return v.id }
func (v *variables) SetID(id uint16)                     { v.id = id }
func (v *variables) AddNode(n *server.Node) *server.Node { return n }
func (v *variables) Node(*ua.NodeID) *server.Node        { return nil }
func (v *variables) Objects() *server.Node               { return nil }
func (v *variables) Root() *server.Node                  { return nil }

func (v *variables) Browse(*ua.BrowseDescription) *ua.BrowseResult {
	return &ua.BrowseResult{StatusCode: ua.StatusGood}
}

// Attribute answers for the value alone.
func (v *variables) Attribute(n *ua.NodeID, attribute ua.AttributeID) *ua.DataValue {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if d := v.values[n.StringID()]; d != nil && attribute == ua.AttributeIDValue {
		return d
	}
	return &ua.DataValue{EncodingMask: ua.DataValueStatusCode, Status: ua.StatusBadNodeIDUnknown}
}

func (v *variables) SetAttribute(*ua.NodeID, ua.AttributeID, *ua.DataValue) ua.StatusCode {
	return ua.StatusBadNotWritable
}

// freePort asks the system for a port that nobody has. The library's server does not take a listener.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func selfSigned() (*rsa.PrivateKey, []byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, nil, err
	}
	uri, err := url.Parse(namespaceURI)
	if err != nil {
		return nil, nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: "press-plc", Organization: []string{"edgelabel demo"}},
		NotBefore:    now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment | x509.KeyUsageKeyEncipherment | x509.KeyUsageDataEncipherment | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		URIs:        []*url.URL{uri}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return key, der, err
}
