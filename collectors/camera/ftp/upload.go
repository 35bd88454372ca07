package ftp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"edgelabel/collectors"
	"edgelabel/collectors/camera"
)

// errCut is an upload that ended before its time.
var errCut = errors.New("cut")

func (s *session) cmdStor(ctx context.Context, name string) error {
	file, ok := s.at(name)
	if !ok || name == "" || file == "/" {
		return s.reply(553, "want a file name that can be printed")
	}
	offset := s.rest
	s.rest = 0
	begun := s.partials.take(s.user.Name, file)
	if offset > int64(len(begun)) {
		s.keep(file, begun)
		return s.reply(554, "there are %d bytes of this file", len(begun))
	}
	return s.upload(ctx, file, begun[:offset])
}

// cmdAppe goes on where an upload was cut short. A file of which there is nothing begins with it.
func (s *session) cmdAppe(ctx context.Context, name string) error {
	file, ok := s.at(name)
	if !ok || name == "" || file == "/" {
		return s.reply(553, "want a file name that can be printed")
	}
	s.rest = 0
	return s.upload(ctx, file, s.partials.take(s.user.Name, file))
}

// answer is how an upload ended.
type answer struct {
	code int
	text string
}

var notWhole = answer{426, "the picture is not whole; nothing is stored, go on with REST or send it again"}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// upload takes one picture in. Commands that come meanwhile wait, except ABOR, which cuts the upload.
func (s *session) upload(ctx context.Context, file string, begun []byte) error {
	switch {
	case s.data.listener == nil && !s.data.active.IsValid():
		s.keep(file, begun)
		return s.reply(425, "PASV, EPSV, PORT or EPRT first")
	case s.cfg.RequireTLS && !s.private:
		s.keep(file, begun)
		return s.reply(521, "pictures come over TLS here: PROT P")
	}
	if !s.slot(ctx) {
		s.data.close()
		s.keep(file, begun)
		return s.reply(450, "%d pictures are being stored already, try again", s.cfg.Uploads)
	}
	defer func() { <-s.uploads }()
	if err := s.reply(150, "send it"); err != nil {
		return err
	}
	receiving, cut := context.WithCancel(ctx)
	defer cut()
	ended := make(chan answer, 1)
	go func() { ended <- s.receive(ctx, receiving, file, begun) }()
	return s.mind(ctx, ended, cut)
}

// mind waits for the upload and watches the control connection meanwhile. A client that hangs up does not end its upload: it may have
// sent everything and not care for the answer.
func (s *session) mind(ctx context.Context, ended <-chan answer, cut func()) error {
	var early *line
	lines := s.lines
	if s.ask(ctx) != nil {
		lines = nil // the upload ends with ctx too
	}
	for {
		select {
		case a := <-ended:
			return s.finish(a, early)
		case l := <-lines:
			s.asked, lines, early = false, nil, &l
			if l.aborts() {
				cut()
			}
		}
	}
}

// finish answers an upload, and leaves a command that came too early to the session.
func (s *session) finish(a answer, early *line) error {
	if early != nil && early.err != nil {
		return early.err
	}
	if err := s.reply(a.code, "%s", a.text); err != nil || early == nil {
		return err
	}
	if early.aborts() {
		return s.reply(226, "aborted")
	}
	s.early = early
	return nil
}

// slot waits for a place among the pictures in memory, which the caller gives back.
func (s *session) slot(ctx context.Context) bool {
	free := time.NewTimer(s.cfg.Wait)
	defer free.Stop()
	select {
	case s.uploads <- struct{}{}:
		return true
	case <-free.C:
	case <-ctx.Done():
	}
	return false
}

// receive reads the picture, within the limits, and stores it. It keeps what came of one that was cut short.
func (s *session) receive(ctx, receiving context.Context, file string, begun []byte) answer {
	data, err := s.collect(receiving, begun)
	switch {
	case errors.Is(err, camera.ErrBytes):
		s.counts().Reject(camera.Reason(err))
		return answer{552, err.Error()}
	case err != nil:
		s.counts().Reject("cut")
		s.keep(file, data)
		return answer{426, fmt.Sprintf("upload was cut short: %v; nothing is stored, go on with REST or send it again", err)}
	}
	if s.temporary(file) {
		return s.hold(file, data)
	}
	return s.store(ctx, file, data)
}

// collect makes the data connection and reads it to its end. It returns what it has with an error too.
func (s *session) collect(ctx context.Context, begun []byte) ([]byte, error) {
	conn, err := s.open(ctx)
	if err != nil {
		return begun, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	data := bytes.NewBuffer(begun)
	source := io.LimitReader(&paced{conn, s.cfg.Stall, time.Now().Add(s.cfg.UploadTime)}, s.cfg.Limits.Bytes-int64(len(begun))+1)
	_, err = data.ReadFrom(source)
	switch {
	case int64(data.Len()) > s.cfg.Limits.Bytes:
		return nil, fmt.Errorf("%w: at most %d are allowed", camera.ErrBytes, s.cfg.Limits.Bytes)
	case errors.Is(err, io.ErrUnexpectedEOF): // TLS without a closing alert: whether the picture is whole shows in itself
		return data.Bytes(), nil
	case err != nil && ctx.Err() != nil:
		return data.Bytes(), errCut
	}
	return data.Bytes(), err
}

// paced is a connection whose every read has a deadline, and all of them together.
type paced struct {
	net.Conn
	stall time.Duration
	end   time.Time
}

func (p *paced) Read(b []byte) (int, error) {
	by := time.Now().Add(p.stall)
	if by.After(p.end) {
		by = p.end
	}
	if err := p.SetReadDeadline(by); err != nil {
		return 0, err
	}
	return p.Conn.Read(b)
}

// store answers 226 only after the picture is on disk. The end of a data connection does not tell a whole file from one whose sender
// died, so that the picture itself has to show it.
func (s *session) store(ctx context.Context, file string, data []byte) answer {
	p, matches := s.user.Naming.Picture(s.user.Camera, file, data, s.cfg.Now().UnixNano())
	s.pattern(p.Name, matches)
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Wait)
	defer cancel()
	stored, err := camera.Deliver(ctx, s.sink, s.counts(), p, s.cfg.Limits)
	switch {
	case errors.Is(err, camera.ErrTruncated), errors.Is(err, camera.ErrEmpty):
		s.keep(file, data)
		return notWhole
	case errors.Is(err, collectors.ErrRejected):
		return answer{550, "not stored: " + oneLine(err)}
	case err != nil:
		s.cfg.Log.Warn("picture was not stored", "source", s.cfg.Name, "from", s.peer().String(), "err", err)
		return answer{451, "the gateway cannot store pictures now, send it again"}
	case stored.Duplicate:
		return answer{226, "was there already"}
	}
	return answer{226, "on disk"}
}

func (s *session) pattern(name string, matches bool) {
	text := ""
	if !matches {
		text = fmt.Sprintf("file name %q does not match the pattern: stored without part, time and result", name)
	}
	s.counts().Problem("pattern", text)
}
