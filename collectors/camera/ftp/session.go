package ftp

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"edgelabel/collectors"
)

const (
	maxLine   = 4096 // bytes of a command
	maxLogins = 3    // wrong passwords
)

var (
	errQuit = errors.New("the client said goodbye")
	errLine = errors.New("command is too long")
)

// session is one control connection. Its commands are carried out one after another; while an upload goes on, the next command is read
// already, because it may be ABOR.
type session struct {
	*run
	conn net.Conn
	text *bufio.Reader

	want  chan struct{} // asks the reader for one line
	lines chan line
	asked bool  // a line was asked for and has not come
	early *line // came during an upload and waits

	name    string // given with USER
	user    *User  // nil until signed in
	wrong   int    // passwords
	secure  bool   // the control connection is TLS
	private bool   // PROT P
	dir     string // where the client believes itself to be
	rest    int64  // of REST, for the next STOR
	from    string // of RNFR, for the next RNTO
	data    dataWay
}

type line struct {
	text string
	err  error
}

func (l line) aborts() bool {
	return l.err == nil && strings.EqualFold(strings.TrimSpace(l.text), "ABOR")
}

func newSession(r *run, conn net.Conn) *session {
	return &session{run: r, conn: conn, text: bufio.NewReaderSize(conn, maxLine), dir: "/",
		want: make(chan struct{}), lines: make(chan line)}
}

func (s *session) serve(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	raw := s.conn
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	read := make(chan struct{})
	go func() {
		defer close(read)
		s.read(ctx)
	}()
	err := s.loop(ctx)
	if !errors.Is(err, errQuit) && ctx.Err() == nil {
		s.cfg.Log.Debug("ftp session ended", "source", s.cfg.Name, "from", raw.RemoteAddr().String(), "err", err)
	}
	s.data.close()
	cancel()
	stop()
	_ = raw.Close()
	<-read
}

// read brings one line for each that is asked for, and nothing ahead of it: behind AUTH comes a TLS handshake.
func (s *session) read(ctx context.Context) {
	for {
		select {
		case <-s.want:
		case <-ctx.Done():
			return
		}
		var l line
		if l.err = s.conn.SetReadDeadline(time.Now().Add(s.cfg.Idle + s.cfg.UploadTime)); l.err == nil {
			l.text, l.err = readLine(s.text)
		}
		select {
		case s.lines <- l:
		case <-ctx.Done():
			return
		}
	}
}

// readLine returns a command without its end. Telnet's interrupt and synch, which clients put before ABOR, are dropped.
func readLine(r *bufio.Reader) (string, error) {
	b, err := r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return "", errLine
	}
	if err != nil {
		return "", err
	}
	text := strings.TrimRight(string(b), "\r\n")
	for len(text) > 0 && text[0] >= 0xf0 {
		text = text[1:]
	}
	return text, nil
}

// ask makes sure that a line is on its way.
func (s *session) ask(ctx context.Context) error {
	if s.asked {
		return nil
	}
	select {
	case s.want <- struct{}{}:
		s.asked = true
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *session) next(ctx context.Context) (string, error) {
	if l := s.early; l != nil {
		s.early = nil
		return l.text, l.err
	}
	if err := s.ask(ctx); err != nil {
		return "", err
	}
	patience := s.cfg.Idle
	if s.user == nil {
		patience = s.cfg.Stall // who has not signed in must not hold a place
	}
	idle := time.NewTimer(patience)
	defer idle.Stop()
	select {
	case l := <-s.lines:
		s.asked = false
		return l.text, l.err
	case <-idle.C:
		return "", errors.Join(s.reply(421, "no command for %s", patience), errors.New("idle"))
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (s *session) loop(ctx context.Context) error {
	if err := s.reply(220, "edgelabel takes pictures"); err != nil {
		return err
	}
	for {
		text, err := s.next(ctx)
		if errors.Is(err, errLine) {
			return errors.Join(s.reply(500, "%v", err), err)
		}
		if err != nil {
			return err
		}
		if err := s.command(ctx, text); err != nil {
			return err
		}
	}
}

// reply sends one line. What it says of a client's own words is cut and made printable.
func (s *session) reply(code int, format string, args ...any) error {
	return s.send(fmt.Sprintf("%d %s\r\n", code, fmt.Sprintf(format, args...)))
}

func (s *session) send(text string) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(s.cfg.Stall)); err != nil {
		return err
	}
	_, err := s.conn.Write([]byte(text))
	return err
}

// upgrade puts TLS on the control connection. What came before the handshake and was not encrypted is not obeyed.
func (s *session) upgrade(ctx context.Context) error {
	if s.text.Buffered() > 0 {
		return errors.New("commands behind AUTH")
	}
	if err := s.reply(234, "begin with TLS"); err != nil {
		return err
	}
	conn := tls.Server(s.conn, s.run.tls)
	shaking, cancel := context.WithTimeout(ctx, s.cfg.Stall)
	defer cancel()
	if err := conn.HandshakeContext(shaking); err != nil {
		return fmt.Errorf("tls: %w", err)
	}
	s.conn, s.text, s.secure = conn, bufio.NewReaderSize(conn, maxLine), true
	s.name, s.user = "", nil
	return nil
}

// counts is where the signed-in camera's pictures are counted.
func (s *session) counts() *collectors.Status {
	if s.user != nil && s.user.Status != nil {
		return s.user.Status
	}
	return s.status
}
