package rtsp_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtpmjpeg"
	"github.com/bluenviron/gortsplib/v5/pkg/liberrors"
	"github.com/pion/rtp"

	"edgelabel/collectors/collectortest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// picture is a JPEG that differs for each n, by a pattern that survives the coder.
func picture(n int) []byte {
	m := image.NewYCbCr(image.Rect(0, 0, 128, 64), image.YCbCrSubsampleRatio420)
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = 128, 128
	}
	for bit := range 8 {
		for y := range 64 {
			for x := range 16 {
				m.Y[m.YOffset(16*bit+x, y)] = uint8(40 + 160*(n>>bit&1))
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err) // of a picture in memory: cannot happen
	}
	return b.Bytes()
}

// number reads which picture it is; -1 for none.
func number(data []byte) int {
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil || m.Bounds().Dx() != 128 {
		return -1
	}
	n := 0
	for bit := range 8 {
		if color.GrayModel.Convert(m.At(16*bit+8, 32)).(color.Gray).Y > 128 {
			n |= 1 << bit
		}
	}
	return n
}

// camera is an RTSP server that shows one part until its picture has arrived, as a line does that waits for its camera. It implements
// collectortest.Peer.
type camera struct {
	addr           string
	user, password string
	codec          format.Format // nil is Motion JPEG

	server *gortsplib.Server
	door   sync.Mutex // held while the server is up and has no stream yet
	stream *gortsplib.ServerStream
	media  *description.Media
	halt   chan struct{}
	all    sync.WaitGroup

	mu    sync.Mutex
	parts []int
	scrap int // packets of it to send
}

func newCamera(t *testing.T) *camera {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, ln.Close())
	return &camera{addr: ln.Addr().String(), parts: []int{0}}
}

func (c *camera) Start(t *testing.T) {
	c.door.Lock()
	defer c.door.Unlock()
	c.server = &gortsplib.Server{Handler: c, RTSPAddress: c.addr}
	must(t, c.server.Start())
	if c.codec == nil {
		c.codec = &format.MJPEG{}
	}
	c.media = &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{c.codec}}
	c.stream = &gortsplib.ServerStream{Server: c.server, Desc: &description.Session{Medias: []*description.Media{c.media}}}
	must(t, c.stream.Initialize())
	halt, stream, media := make(chan struct{}), c.stream, c.media
	c.halt = halt
	c.all.Go(func() { c.film(halt, stream, media) })
	t.Cleanup(func() { c.Stop(t) })
}

func (c *camera) Stop(*testing.T) {
	if c.halt == nil {
		return
	}
	close(c.halt)
	c.halt = nil
	c.all.Wait()
	c.stream.Close()
	c.server.Close()
}

func (c *camera) film(halt chan struct{}, stream *gortsplib.ServerStream, media *description.Media) {
	encode := &rtpmjpeg.Encoder{}
	if encode.Init() != nil {
		return
	}
	for at := uint32(0); ; at += 900 {
		select {
		case <-halt:
			return
		case <-time.After(5 * time.Millisecond):
		}
		packets, err := encode.Encode(picture(c.now()))
		if err != nil {
			return
		}
		packets = append(packets, c.spoilt(packets[len(packets)-1])...)
		for _, p := range packets {
			p.Timestamp = at
			_ = stream.WritePacketRTP(media, p) // nobody may be looking
		}
	}
}

func (c *camera) now() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.parts[0]
}

func (c *camera) spoilt(like *rtp.Packet) []*rtp.Packet {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.scrap == 0 {
		return nil
	}
	c.scrap--
	p := *like
	p.Payload = []byte{0, 0, 0, 0, 200, 0, 1, 1}
	return []*rtp.Packet{&p}
}

func (c *camera) Send(_ *testing.T, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.parts = append(c.parts, n)
	if len(c.parts) == 2 && c.parts[0] == 0 {
		c.parts = c.parts[1:]
	}
}

func (c *camera) SendBad(*testing.T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.scrap = 50
}

// Has lets the next part come once the picture of this one has arrived.
func (c *camera) Has(s *collectortest.Sink, n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range s.Images() {
		k := number(p.Data)
		if len(c.parts) > 1 && k == c.parts[0] {
			c.parts = c.parts[1:]
		}
		if k == n {
			return true
		}
	}
	return false
}

func (c *camera) shown() *gortsplib.ServerStream {
	c.door.Lock()
	defer c.door.Unlock()
	return c.stream
}

// OnDescribe implements gortsplib.ServerHandlerOnDescribe.
func (c *camera) OnDescribe(x *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if c.user != "" && !x.Conn.VerifyCredentials(x.Request, c.user, c.password) {
		return &base.Response{StatusCode: base.StatusUnauthorized}, nil, liberrors.ErrServerAuth{}
	}
	return &base.Response{StatusCode: base.StatusOK}, c.shown(), nil
}

// OnSetup implements gortsplib.ServerHandlerOnSetup.
func (c *camera) OnSetup(*gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	return &base.Response{StatusCode: base.StatusOK}, c.shown(), nil
}

// OnPlay implements gortsplib.ServerHandlerOnPlay.
func (c *camera) OnPlay(*gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	return &base.Response{StatusCode: base.StatusOK}, nil
}
