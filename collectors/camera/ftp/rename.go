package ftp

import (
	"context"
	"errors"
	"path"
	"slices"

	"edgelabel/collectors/camera"
)

// temporary reports whether a camera will rename the file when it is whole.
func (s *session) temporary(file string) bool {
	name := path.Base(file)
	return slices.ContainsFunc(s.cfg.Temporary, func(pattern string) bool {
		is, err := path.Match(pattern, name)
		return is && err == nil // the patterns were checked with the configuration
	})
}

// keep holds on to an upload that is not stored. What has to make room for it is counted.
func (s *session) keep(file string, data []byte) {
	s.counts().RejectN("upload_dropped", s.partials.keep(s.user.Name, file, data))
}

// hold keeps a whole picture until it is renamed. Its 226 says that it was received; that it is on disk is said by the 250 of the RNTO.
func (s *session) hold(file string, data []byte) answer {
	_, _, _, err := camera.Inspect(data, s.cfg.Limits)
	switch {
	case errors.Is(err, camera.ErrTruncated), errors.Is(err, camera.ErrEmpty):
		s.counts().Reject(camera.Reason(err))
		s.keep(file, data)
		return notWhole
	case err != nil:
		s.counts().Reject(camera.Reason(err))
		return answer{550, "not taken: " + oneLine(err)}
	}
	s.keep(file, data)
	if n, held := s.partials.length(s.user.Name, file); !held || n != len(data) {
		return answer{552, "too large to wait for its name, upload it under the final one"}
	}
	return answer{226, "received, and stored when it is renamed"}
}

func (s *session) cmdRnfr(_ context.Context, name string) error {
	file, ok := s.at(name)
	s.from = ""
	if _, held := s.partials.length(s.user.Name, file); !ok || !held {
		return s.reply(550, "only an upload under a temporary name can be renamed")
	}
	s.from = file
	return s.reply(350, "to what?")
}

// cmdRnto stores what was uploaded under a temporary name, and answers 250 after it is on disk. What cannot be stored now keeps its
// temporary name, so that the camera may try again.
func (s *session) cmdRnto(ctx context.Context, name string) error {
	from := s.from
	s.from = ""
	file, ok := s.at(name)
	switch {
	case from == "":
		return s.reply(503, "RNFR first")
	case !ok || name == "" || file == "/":
		return s.reply(553, "want a file name that can be printed")
	}
	data := s.partials.take(s.user.Name, from)
	if data == nil {
		return s.reply(550, "the upload is gone, send it again")
	}
	if s.temporary(file) {
		s.keep(file, data)
		return s.reply(250, "renamed, and stored when it is renamed again")
	}
	a := s.store(ctx, file, data)
	s.partials.take(s.user.Name, file) // where store has put what is not whole
	switch a.code {
	case 226:
		a.code = 250
	case 451, 426:
		s.keep(from, data)
	}
	return s.reply(a.code, "%s", a.text)
}
