package snapshot_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"edgelabel/collectors/camera/shutter"
	"edgelabel/collectors/camera/snapshot"
	"edgelabel/collectors/collectortest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// picture is a PNG that differs for each n.
func picture(n int) []byte {
	m := image.NewGray16(image.Rect(0, 0, 8, 8))
	m.SetGray16(1, 1, color.Gray16{uint16(n)})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err) // of a picture in memory: cannot happen
	}
	return b.Bytes()
}

// camera shows its pictures one after another, each at least once; the last one stays. It implements collectortest.Peer.
type camera struct {
	mu      sync.Mutex
	addr    string
	frames  [][]byte
	asked   int
	server  *httptest.Server
	respond http.HandlerFunc // nil shows the pictures
}

func (c *camera) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.asked++
	respond := c.respond
	c.mu.Unlock()
	if respond != nil {
		respond(w, r)
		return
	}
	c.show(w, r)
}

func (c *camera) show(w http.ResponseWriter, _ *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.frames) == 0 {
		_, _ = w.Write(picture(0))
		return
	}
	_, _ = w.Write(c.frames[0])
	if len(c.frames) > 1 {
		c.frames = c.frames[1:]
	}
}

func (c *camera) listen(network string) (net.Listener, error) {
	if c.addr == "" {
		return net.Listen(network, "127.0.0.1:0")
	}
	return net.Listen(network, c.addr)
}

func (c *camera) Start(t *testing.T) {
	ln, err := c.listen("tcp")
	must(t, err)
	c.addr = ln.Addr().String()
	c.server = &httptest.Server{Listener: ln, Config: &http.Server{Handler: c}}
	c.server.Start()
	t.Cleanup(c.server.Close)
}

func (c *camera) Stop(*testing.T) {
	c.server.CloseClientConnections()
	c.server.Close()
}

func (c *camera) add(data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frames = append(c.frames, data)
}

func (c *camera) Send(_ *testing.T, n int) { c.add(picture(n)) }

// SendBad leaves a picture behind the scrap: a camera whose picture stays broken is no conformance test.
func (c *camera) SendBad(*testing.T) {
	c.add([]byte("scrap"))
	c.add(picture(60000))
}

func (c *camera) Has(s *collectortest.Sink, n int) bool {
	for _, p := range s.Images() {
		if bytes.Equal(p.Data, picture(n)) {
			return true
		}
	}
	return false
}

// reserve makes the address known before the first Start.
func (c *camera) reserve(t *testing.T) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	c.addr = ln.Addr().String()
	must(t, ln.Close())
}

func config(t *testing.T, c *camera, when shutter.Config) snapshot.Config {
	t.Helper()
	s, err := shutter.New(when)
	must(t, err)
	return snapshot.Config{Name: "cam", URL: fmt.Sprintf("http://%s/snap.jpg?key=hush", c.addr), Shutter: s, Timeout: 10 * time.Second}
}
