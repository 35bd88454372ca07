package rtsp_test

import (
	"bytes"
	"context"
	"image/jpeg"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/pion/rtp"

	"edgelabel/collectors"
	"edgelabel/collectors/camera/rtsp"
	"edgelabel/collectors/camera/shutter"
	"edgelabel/collectors/collectortest"
)

// relay is an RTSP server that shows what somebody publishes to it.
type relay struct {
	*camera
	live chan struct{} // closed once it is shown
}

// OnAnnounce implements gortsplib.ServerHandlerOnAnnounce.
func (r *relay) OnAnnounce(x *gortsplib.ServerHandlerOnAnnounceCtx) (*base.Response, error) {
	r.door.Lock()
	defer r.door.Unlock()
	r.stream = &gortsplib.ServerStream{Server: r.server, Desc: x.Description}
	return &base.Response{StatusCode: base.StatusOK}, r.stream.Initialize()
}

// OnSetup implements gortsplib.ServerHandlerOnSetup.
func (r *relay) OnSetup(x *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if x.Session.State() == gortsplib.ServerSessionStatePreRecord {
		return &base.Response{StatusCode: base.StatusOK}, nil, nil
	}
	return r.camera.OnSetup(x)
}

// OnRecord implements gortsplib.ServerHandlerOnRecord.
func (r *relay) OnRecord(x *gortsplib.ServerHandlerOnRecordCtx) (*base.Response, error) {
	x.Session.OnPacketRTPAny(func(m *description.Media, _ format.Format, p *rtp.Packet) { _ = r.shown().WritePacketRTP(m, p) })
	close(r.live)
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// film publishes a colour with ffmpeg, coded as told, until the test ends.
func film(t *testing.T, codec ...string) *relay {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		if os.Getenv("EDGELABEL_REQUIRE_PEERS") == "1" {
			t.Fatal("ffmpeg: not installed")
		}
		t.Skip("ffmpeg: not installed")
	}
	r := &relay{newCamera(t), make(chan struct{})}
	r.server = &gortsplib.Server{Handler: r, RTSPAddress: r.addr, WriteQueueSize: 4096}
	must(t, r.server.Start())
	t.Cleanup(func() {
		r.server.Close()
		if s := r.shown(); s != nil {
			s.Close()
		}
	})
	args := append([]string{"-loglevel", "error", "-re", "-f", "lavfi", "-i", "color=c=0xC02020:size=640x480:rate=10,noise=alls=5:allf=t"}, codec...)
	ffmpeg := exec.Command("ffmpeg", append(args, "-f", "rtsp", "-rtsp_transport", "tcp", "rtsp://"+r.addr+"/live")...)
	var said bytes.Buffer
	ffmpeg.Stderr = &said
	must(t, ffmpeg.Start())
	t.Cleanup(func() { _ = ffmpeg.Process.Kill(); _ = ffmpeg.Wait() })
	select {
	case <-r.live:
	case <-time.After(collectortest.Patience):
		t.Fatalf("ffmpeg does not publish: %s", said.String())
	}
	return r
}

func TestStillsOfFFmpeg(t *testing.T) {
	r := film(t, "-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p", "-huffman", "default", "-force_duplicated_matrix", "1")
	s, err := rtsp.New(config(t, r.camera, shutter.Config{Every: 50 * time.Millisecond}))
	must(t, err)
	sink, status := collectortest.NewSink(), collectors.NewStatus("cam", time.Now)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, sink, status) }()
	collectortest.Eventually(t, "stills", func() bool { return len(sink.Images()) >= 10 }, func() any { return status.Snapshot() })
	cancel()
	must(t, <-ended)
	for _, p := range sink.Images() {
		m, err := jpeg.Decode(bytes.NewReader(p.Data))
		must(t, err)
		red, green, _, _ := m.At(320, 240).RGBA()
		if m.Bounds().Dx() != 640 || m.Bounds().Dy() != 480 || red>>8 < 140 || green>>8 > 90 {
			t.Errorf("%v, red %d, green %d: not what was filmed", m.Bounds(), red>>8, green>>8)
		}
	}
	if n := status.Snapshot().Rejected; len(n) > 0 {
		t.Errorf("rejected %v", n)
	}
}

func TestH264OfFFmpegIsToldPlainly(t *testing.T) {
	r := film(t, "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency")
	err := rtsp.Probe(context.Background(), config(t, r.camera, shutter.Config{Every: time.Second}))
	if want := "the stream is H264, which cannot be decoded here: set the camera, or a second profile of it, to Motion JPEG"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
