package opcua_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/server"
	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uasc"

	"edgelabel/agent/series"
	"edgelabel/collectors/collectortest"
	"edgelabel/collectors/opcua"
)

const plantURI = "urn:test:plant"

// factory is gopcua's own server in this process. Making one takes a second, so all tests share it, each with variables of its own.
type factory struct {
	srv   *server.Server
	ns    *server.NodeNameSpace
	port  int
	next  atomic.Int64
	mu    sync.Mutex
	value map[string]*ua.DataValue

	recorder recorder
	tree     tree
}

var shared *factory

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // the library's server is talkative
	ctx, stop := context.WithCancel(context.Background())
	var err error
	if shared, err = startFactory(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	stop()
	os.Exit(code)
}

func startFactory(ctx context.Context) (*factory, error) {
	key, cert, err := serverCertificate(time.Now().Add(-time.Hour), time.Now().AddDate(5, 0, 0))
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l.Close()
	f := &factory{port: l.Addr().(*net.TCPAddr).Port, value: map[string]*ua.DataValue{},
		recorder: recorder{values: map[string][]*ua.DataValue{}, code: map[string]ua.StatusCode{}}}
	f.srv = server.New(server.EndPoint("127.0.0.1", f.port), server.PrivateKey(key), server.Certificate(cert),
		server.EnableAuthMode(ua.UserTokenTypeAnonymous), server.EnableAuthMode(ua.UserTokenTypeUserName),
		server.EnableSecurity("None", ua.MessageSecurityModeNone),
		server.EnableSecurity("Basic256Sha256", ua.MessageSecurityModeSign),
		server.EnableSecurity("Basic256Sha256", ua.MessageSecurityModeSignAndEncrypt))
	f.ns = server.NewNodeNameSpace(f.srv, plantURI)
	f.srv.RegisterHandler(id.CreateMonitoredItemsRequest_Encoding_DefaultBinary, f.createItems)
	f.srv.RegisterHandler(id.CreateSubscriptionRequest_Encoding_DefaultBinary, f.createSubscription)
	f.srv.RegisterHandler(id.GetEndpointsRequest_Encoding_DefaultBinary, f.getEndpoints)
	f.srv.RegisterHandler(id.HistoryReadRequest_Encoding_DefaultBinary, f.recorder.read)
	f.tree.ns, f.tree.plants = f.ns.ID, f.names
	f.srv.RegisterHandler(id.BrowseRequest_Encoding_DefaultBinary, f.tree.browse)
	f.srv.RegisterHandler(id.BrowseNextRequest_Encoding_DefaultBinary, f.tree.browse)
	if err := f.srv.Start(ctx); err != nil {
		return nil, err
	}
	go func() { // the library's server samples nothing by itself, not even its clock
		for tick := time.Tick(50 * time.Millisecond); ctx.Err() == nil; <-tick {
			f.srv.ChangeNotification(ua.NewNumericNodeID(0, id.Server_ServerStatus_CurrentTime))
		}
	}()
	return f, nil
}

// getEndpoints answers whatever address it was asked under: the tests come through proxies.
func (f *factory) getEndpoints(_ *uasc.SecureChannel, r ua.Request, _ uint32) (ua.Response, error) {
	return &ua.GetEndpointsResponse{
		ResponseHeader: &ua.ResponseHeader{Timestamp: time.Now(), RequestHandle: r.Header().RequestHandle,
			ServiceDiagnostics: &ua.DiagnosticInfo{}, AdditionalHeader: ua.NewExtensionObject(nil)},
		Endpoints: f.srv.Endpoints(),
	}, nil
}

// noSubscriptions is the interval at which the factory is a server that has none.
const noSubscriptions = 77 * time.Millisecond

func (f *factory) createSubscription(sc *uasc.SecureChannel, r ua.Request, reqID uint32) (ua.Response, error) {
	if req, ok := r.(*ua.CreateSubscriptionRequest); ok && req.RequestedPublishingInterval == float64(noSubscriptions/time.Millisecond) {
		return nil, ua.StatusBadServiceUnsupported
	}
	return f.srv.SubscriptionService.CreateSubscription(sc, r, reqID)
}

// createItems refuses nodes that do not exist, and more than two at once of those that are named so. The library's server accepts everything.
func (f *factory) createItems(sc *uasc.SecureChannel, r ua.Request, reqID uint32) (ua.Response, error) {
	req, ok := r.(*ua.CreateMonitoredItemsRequest)
	if !ok {
		return nil, ua.StatusBadRequestTypeInvalid
	}
	all := req.ItemsToCreate
	if len(all) > 2 && strings.Contains(all[0].ItemToMonitor.NodeID.String(), ".few") {
		return nil, ua.StatusBadTooManyOperations
	}
	req.ItemsToCreate = nil
	for _, it := range all {
		if f.exists(it.ItemToMonitor.NodeID) {
			req.ItemsToCreate = append(req.ItemsToCreate, it)
		}
	}
	answer, err := f.srv.MonitoredItemService.CreateMonitoredItems(sc, req, reqID)
	if err != nil {
		return nil, err
	}
	made := answer.(*ua.CreateMonitoredItemsResponse)
	results := make([]*ua.MonitoredItemCreateResult, len(all))
	for i, it := range all {
		results[i] = &ua.MonitoredItemCreateResult{StatusCode: ua.StatusBadNodeIDUnknown, FilterResult: ua.NewExtensionObject(nil)}
		if f.exists(it.ItemToMonitor.NodeID) {
			results[i], made.Results = made.Results[0], made.Results[1:]
		}
	}
	made.Results = results
	return made, nil
}

func (f *factory) exists(n *ua.NodeID) bool {
	ns, err := f.srv.Namespace(int(n.Namespace()))
	return err == nil && ns.Node(n) != nil
}

func (f *factory) read(name string) *ua.DataValue {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := *f.value[name]
	return &c
}

// names lists the variables that begin so.
func (f *factory) names(prefix string) (all []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for name := range f.value {
		if strings.HasPrefix(name, prefix) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// plant is a test's own corner of the factory, behind a network of its own.
type plant struct {
	net    *proxy
	prefix string
	pki    string
}

func newPlant(t *testing.T) *plant {
	t.Helper()
	p := &plant{prefix: fmt.Sprintf("t%d.", shared.next.Add(1)), pki: t.TempDir()}
	p.net = newProxy(t, fmt.Sprintf("127.0.0.1:%d", shared.port))
	return p
}

func (p *plant) Start(t *testing.T) { p.net.join(t) }
func (p *plant) Stop(*testing.T)    { p.net.cut() }

// set gives a variable a value, and makes the variable when it is new.
func (p *plant) set(name string, v *ua.DataValue) {
	name = p.prefix + name
	shared.mu.Lock()
	_, known := shared.value[name]
	shared.value[name] = v
	shared.mu.Unlock()
	node := ua.NewStringNodeID(shared.ns.ID(), name)
	if !known {
		shared.ns.AddNode(server.NewVariableNode(node, name, func() *ua.DataValue { return shared.read(name) }))
	}
	shared.srv.ChangeNotification(node)
}

// Send, SendBad and Has make a plant a collectortest.Peer. The server keeps only the newest value per publication, hence the wait.
func (p *plant) Send(_ *testing.T, n int) {
	p.set("force", dataValue(float64(n), ua.StatusOK, time.Now()))
	time.Sleep(60 * time.Millisecond)
}

func (p *plant) SendBad(*testing.T) { p.set("text", dataValue("open", ua.StatusOK, time.Now())) }

func (p *plant) Has(s *collectortest.Sink, n int) bool {
	for _, x := range s.Tag("force") {
		if x.Value == float64(n) {
			return true
		}
	}
	return false
}

func (p *plant) node(tag string, kind series.Kind) opcua.Node {
	return opcua.Node{Tag: tag, NodeID: "nsu=" + plantURI + ";s=" + p.prefix + tag, Kind: kind}
}

// config reads force, encrypted and fast.
func (p *plant) config() opcua.Config {
	return opcua.Config{
		Name: "press", Endpoint: "opc.tcp://" + p.net.addr, PKI: p.pki, Host: "gateway",
		PublishInterval: 20 * time.Millisecond, SamplingInterval: 10 * time.Millisecond, Heartbeat: time.Second,
		Nodes: []opcua.Node{p.node("force", series.Number)},
	}
}

// insecure is config without encryption.
func (p *plant) insecure() opcua.Config {
	c := p.config()
	c.Policy, c.Mode, c.AllowInsecure = opcua.None, opcua.None, true
	return c
}

func dataValue(v any, status ua.StatusCode, at time.Time) *ua.DataValue {
	dv := &ua.DataValue{Value: ua.MustVariant(v), Status: status, SourceTimestamp: at, ServerTimestamp: at}
	dv.UpdateMask()
	return dv
}

func serverCertificate(from, to time.Time) (*rsa.PrivateKey, []byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, nil, err
	}
	uri, err := url.Parse("urn:test:server")
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(from.UnixNano()), Subject: pkix.Name{CommonName: "plant"}, NotBefore: from,
		NotAfter: to, URIs: []*url.URL{uri}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageDataEncipherment}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return key, cert, err
}

func contains(s string, parts ...string) bool {
	for _, p := range parts {
		if !strings.Contains(s, p) {
			return false
		}
	}
	return true
}
