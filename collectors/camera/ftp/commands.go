package ftp

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const maxPath = 1024 // bytes

// command carries out one line. Its error ends the session.
func (s *session) command(ctx context.Context, text string) error {
	verb, arg, _ := strings.Cut(text, " ")
	verb = strings.ToUpper(verb)
	if do, is := open[verb]; is {
		return do(s, ctx, arg)
	}
	do, is := signedIn[verb]
	switch {
	case !is && forbidden[verb]:
		return s.reply(550, "this server takes pictures and gives nothing back")
	case !is:
		return s.reply(502, "%.16q is not known here", verb)
	case s.user == nil:
		return s.reply(530, "sign in first")
	}
	return do(s, ctx, arg)
}

type action func(s *session, ctx context.Context, arg string) error

// say answers a command that changes nothing.
func say(code int, text string) action {
	return func(s *session, _ context.Context, _ string) error { return s.reply(code, "%s", text) }
}

// open is what may be said before signing in.
var open = map[string]action{
	"USER": (*session).cmdUser,
	"PASS": (*session).cmdPass,
	"AUTH": (*session).cmdAuth,
	"PBSZ": say(200, "PBSZ=0"),
	"PROT": (*session).cmdProt,
	"FEAT": (*session).cmdFeat,
	"SYST": say(215, "UNIX Type: L8"),
	"NOOP": say(200, "ready"),
	"OPTS": say(200, "as you like"),
	"CLNT": say(200, "noted"),
	"QUIT": (*session).cmdQuit,
}

var signedIn = map[string]action{
	"ACCT": say(230, "not needed"),
	"ALLO": say(202, "not needed"),
	"TYPE": (*session).cmdType,
	"MODE": mustBe("S"),
	"STRU": mustBe("F"),
	"PWD":  (*session).cmdPwd,
	"XPWD": (*session).cmdPwd,
	"CWD":  (*session).cmdCwd,
	"XCWD": (*session).cmdCwd,
	"CDUP": (*session).cmdUp,
	"MKD":  (*session).cmdMkd,
	"XMKD": (*session).cmdMkd,
	"SIZE": (*session).cmdSize,
	"REST": (*session).cmdRest,
	"PASV": (*session).cmdPasv,
	"EPSV": (*session).cmdEpsv,
	"PORT": (*session).cmdPort,
	"EPRT": (*session).cmdEprt,
	"STOR": (*session).cmdStor,
	"APPE": (*session).cmdAppe,
	"RNFR": (*session).cmdRnfr,
	"RNTO": (*session).cmdRnto,
	"ABOR": say(226, "nothing to abort"),
}

// forbidden would show, change or take away what is stored.
var forbidden = map[string]bool{
	"LIST": true, "NLST": true, "MLSD": true, "MLST": true, "STAT": true, "RETR": true, "DELE": true, "RMD": true, "XRMD": true,
	"MDTM": true, "MFMT": true, "SITE": true, "STOU": true,
}

func (s *session) cmdUser(_ context.Context, name string) error {
	if s.cfg.RequireTLS && !s.secure {
		return s.reply(530, "AUTH TLS first")
	}
	s.name, s.user = name, nil
	return s.reply(331, "password, please")
}

func (s *session) cmdPass(ctx context.Context, password string) error {
	if s.name == "" {
		return s.reply(503, "USER first")
	}
	u, known := s.users[s.name]
	secret := ""
	if known {
		secret = u.Password
	}
	a, b := sha256.Sum256([]byte(password)), sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(a[:], b[:]) == 1 && known {
		s.name, s.user = "", u
		return s.reply(230, "welcome")
	}
	s.status.Reject("login")
	s.cfg.Log.Warn("ftp sign-in refused", "source", s.cfg.Name, "user", fmt.Sprintf("%.40q", s.name), "from", s.conn.RemoteAddr().String())
	s.name = ""
	if s.wrong++; s.wrong >= maxLogins {
		_ = s.reply(421, "too many wrong passwords") // whoever does not hear it finds the connection closed
		return errQuit
	}
	pause := time.NewTimer(s.cfg.LoginPause)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.reply(530, "user or password is wrong")
}

func (s *session) cmdAuth(ctx context.Context, kind string) error {
	switch kind = strings.ToUpper(kind); {
	case s.run.tls == nil:
		return s.reply(502, "no certificate is configured")
	case s.secure:
		return s.reply(503, "TLS already")
	case kind != "TLS" && kind != "SSL" && kind != "TLS-C":
		return s.reply(504, "want AUTH TLS")
	}
	return s.upgrade(ctx)
}

func (s *session) cmdProt(_ context.Context, level string) error {
	switch level = strings.ToUpper(level); {
	case level == "P" && s.secure:
		s.private = true
	case level == "C" && !s.cfg.RequireTLS:
		s.private = false
	case level == "C":
		return s.reply(534, "pictures come over TLS here: PROT P")
	default:
		return s.reply(536, "want PROT P after AUTH TLS")
	}
	return s.reply(200, "protection %s", level)
}

func (s *session) cmdFeat(context.Context, string) error {
	features := []string{"EPRT", "EPSV", "REST STREAM", "SIZE", "UTF8"}
	if s.run.tls != nil {
		features = append(features, "AUTH TLS", "PBSZ", "PROT")
	}
	return s.send("211-features\r\n " + strings.Join(features, "\r\n ") + "\r\n211 end\r\n")
}

func (s *session) cmdQuit(context.Context, string) error {
	_ = s.reply(221, "goodbye") // the client may be gone already
	return errQuit
}

// cmdType accepts ASCII too: bytes are taken as they come, and a picture that a client has converted shows itself as broken.
func (s *session) cmdType(_ context.Context, kind string) error {
	switch strings.ToUpper(kind) {
	case "I", "L 8", "A", "A N":
		return s.reply(200, "bytes are taken as they come")
	}
	return s.reply(504, "want TYPE I")
}

func mustBe(only string) action {
	return func(s *session, _ context.Context, arg string) error {
		if strings.EqualFold(arg, only) {
			return s.reply(200, "as always")
		}
		return s.reply(504, "only %s", only)
	}
}

// at is a path of the client's, absolute. Folders exist in the client's mind only: a picture is known by its name.
func (s *session) at(name string) (string, bool) {
	if len(name) > maxPath || strings.ContainsFunc(name, unicode.IsControl) {
		return "", false
	}
	name = strings.ReplaceAll(name, `\`, "/")
	if !path.IsAbs(name) {
		name = path.Join(s.dir, name)
	}
	name = path.Clean(name)
	return name, len(name) <= maxPath
}

func (s *session) cmdPwd(context.Context, string) error {
	return s.reply(257, "\"%s\" is where you are", strings.ReplaceAll(s.dir, `"`, `""`))
}

func (s *session) cmdCwd(_ context.Context, name string) error {
	dir, ok := s.at(name)
	if !ok {
		return s.reply(553, "want a shorter path that can be printed")
	}
	s.dir = dir
	return s.reply(250, "so be it")
}

func (s *session) cmdUp(ctx context.Context, _ string) error { return s.cmdCwd(ctx, "..") }

func (s *session) cmdMkd(_ context.Context, name string) error {
	dir, ok := s.at(name)
	if !ok || name == "" {
		return s.reply(553, "want a shorter name that can be printed")
	}
	return s.reply(257, "\"%s\" may be used", strings.ReplaceAll(dir, `"`, `""`))
}

// cmdSize tells the length of an upload that was cut short, and nothing of what is stored.
func (s *session) cmdSize(_ context.Context, name string) error {
	file, ok := s.at(name)
	if n, have := s.partials.length(s.user.Name, file); ok && have {
		return s.reply(213, "%d", n)
	}
	return s.reply(550, "no upload of this name was cut short")
}

func (s *session) cmdRest(_ context.Context, arg string) error {
	n, err := strconv.ParseUint(arg, 10, 62)
	if err != nil {
		return s.reply(501, "want a number of bytes")
	}
	s.rest = int64(n)
	return s.reply(350, "send STOR to go on from byte %d", n)
}
