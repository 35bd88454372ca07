package rtsp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtpmjpeg"
	"github.com/pion/rtp"

	"edgelabel/collectors"
	"edgelabel/collectors/camera"
	"edgelabel/collectors/camera/shutter"
)

var (
	errNoFrame  = errors.New("the stream brings no whole frame")
	errEnded    = errors.New("the stream has ended")
	errRedirect = errors.New("the camera points elsewhere: configure that address")
)

// stream is one connection that plays.
type stream struct {
	client  *gortsplib.Client
	timeout time.Duration
	status  *collectors.Status

	mu     sync.Mutex
	frame  chan []byte       // whoever waits for a frame; nil when nobody does
	decode *rtpmjpeg.Decoder // of that frame: packets are put together only while somebody waits
}

var _ shutter.Camera = (*stream)(nil)

// play connects, plays and hands the stream to use, whose context ends with the stream. It returns after everything has ended.
func play(ctx context.Context, cfg Config, status *collectors.Status, use func(context.Context, shutter.Camera) error) error {
	s := &stream{timeout: cfg.Timeout, status: status}
	at, err := s.dial(cfg)
	if err != nil {
		return err
	}
	if err := s.client.Start(); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	using, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		cancel(fmt.Errorf("%w: %w", errEnded, s.client.Wait()))
	}()
	defer func() { <-ended }()
	defer s.client.Close()
	defer context.AfterFunc(ctx, s.client.Close)()
	if err := s.begin(at); err != nil {
		return err
	}
	err = use(using, s)
	if using.Err() != nil && ctx.Err() == nil { // whatever use says, the stream's end is why
		return context.Cause(using)
	}
	return err
}

// dial prepares a client that speaks to the configured host and to no other.
func (s *stream) dial(cfg Config) (*base.URL, error) {
	conf, err := camera.ClientTLS(cfg.CAFile, cfg.AllowInsecure)
	if err != nil {
		return nil, err
	}
	at, err := base.ParseURL(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	if cfg.User != "" {
		at.User = url.UserPassword(cfg.User, cfg.Password)
	}
	tcp, host := gortsplib.ProtocolTCP, (*url.URL)(at).Hostname()
	s.client = &gortsplib.Client{
		Scheme: at.Scheme, Host: at.Host, TLSConfig: conf, Protocol: &tcp, UserAgent: "edgelabel",
		ReadTimeout: cfg.Timeout, WriteTimeout: cfg.Timeout,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if to, _, err := net.SplitHostPort(address); err != nil || !strings.EqualFold(to, host) {
				return nil, errRedirect
			}
			return (&net.Dialer{Timeout: cfg.Timeout}).DialContext(ctx, network, address)
		},
		OnPacketsLost: func(lost uint64) { s.status.RejectN("rtp_lost", lost) },
		OnDecodeError: func(error) { s.status.Reject("rtp") },
	}
	return at, nil
}

func (s *stream) begin(at *base.URL) error {
	desc, _, err := s.client.Describe(at)
	if err != nil {
		return fmt.Errorf("describe: %w", err)
	}
	var jpeg *format.MJPEG
	media := desc.FindFormat(&jpeg)
	if media == nil {
		return fmt.Errorf("the stream is %s, which cannot be decoded here: set the camera, or a second profile of it, to Motion JPEG", codecs(desc))
	}
	if _, err := s.client.Setup(desc.BaseURL, media, 0, 0); err != nil {
		return fmt.Errorf("set up: %w", err)
	}
	s.client.OnPacketRTP(media, jpeg, s.packet)
	if _, err := s.client.Play(nil); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	return nil
}

func codecs(desc *description.Session) string {
	var all []string
	for _, m := range desc.Medias {
		for _, f := range m.Formats {
			all = append(all, f.Codec())
		}
	}
	return strings.Join(all, " and ")
}

// Take implements shutter.Camera: it returns the first frame that begins to arrive from now on.
func (s *stream) Take(ctx context.Context) ([]byte, error) {
	decode := &rtpmjpeg.Decoder{}
	if err := decode.Init(); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	frame := make(chan []byte, 1)
	s.want(frame, decode)
	defer s.want(nil, nil)
	patience := time.NewTimer(s.timeout)
	defer patience.Stop()
	select {
	case data := <-frame:
		return data, nil
	case <-patience.C:
		return nil, fmt.Errorf("%w within %s", errNoFrame, s.timeout)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (s *stream) want(frame chan []byte, decode *rtpmjpeg.Decoder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frame, s.decode = frame, decode
}

// packet is called by the client for each packet, one after another. It never blocks.
func (s *stream) packet(p *rtp.Packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.frame == nil {
		return
	}
	data, err := s.decode.Decode(p)
	switch {
	case errors.Is(err, rtpmjpeg.ErrMorePacketsNeeded), errors.Is(err, rtpmjpeg.ErrNonStartingPacketAndNoPrevious):
	case err != nil:
		s.status.Reject("rtp")
	default:
		s.frame <- data // has room: it is wanted once
		s.frame, s.decode = nil, nil
	}
}
