// Package postgrestest runs a real PostgreSQL for a test.
package postgrestest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
)

// installed is where Debian keeps PostgreSQL's programs, by version.
const installed = "/usr/lib/postgresql/*/bin"

// Server is a PostgreSQL of the test's own, on a socket that nobody else reaches. Everybody may connect, without a password.
type Server struct {
	bin, dir string
	as       *syscall.Credential
}

// Start runs a server until the test ends and tells its address for a login. The test is skipped where PostgreSQL is not installed.
func Start(t testing.TB) (url func(login string) string) {
	t.Helper()
	return Run(t).URL
}

// Run is Start for tests that stop the server in between.
func Run(t testing.TB) *Server {
	t.Helper()
	s := &Server{bin: programs(t)}
	var err error
	if s.dir, err = os.MkdirTemp("/tmp", "edgelabel-pg-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(s.dir); err != nil {
			t.Error(err)
		}
	})
	s.as = nobodyElse(t, s.dir)
	execute(t, s.as, filepath.Join(s.bin, "initdb"), "-D", s.data(), "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
	s.Start(t)
	t.Cleanup(func() { s.Stop(t) })
	return s
}

// URL is the server's address for a login.
func (s *Server) URL(login string) string {
	return fmt.Sprintf("postgres:///postgres?host=%s&user=%s", s.dir, login)
}

// Start returns when the server answers.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	options := "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_wal_size=4GB -k " + s.dir
	execute(t, s.as, filepath.Join(s.bin, "pg_ctl"), "-D", s.data(), "-w", "-t", "120", "-l", filepath.Join(s.dir, "log"), "-o", options, "start")
}

// Stop ends it at once, as a crash would.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	execute(t, s.as, filepath.Join(s.bin, "pg_ctl"), "-D", s.data(), "-w", "-m", "immediate", "stop")
}

// Query asks as the owner and returns the rows as psql prints them without a frame.
func (s *Server) Query(t testing.TB, sql string) string {
	t.Helper()
	return execute(t, s.as, filepath.Join(s.bin, "psql"), "-h", s.dir, "-U", "postgres", "-At", "-v", "ON_ERROR_STOP=1", "-c", sql, "postgres")
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func programs(t testing.TB) string {
	t.Helper()
	found, err := filepath.Glob(installed)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		if os.Getenv("EDGELABEL_REQUIRE_PEERS") == "1" {
			t.Fatal("postgresql: not installed")
		}
		t.Skip("postgresql: not installed")
	}
	return slices.Max(found)
}

// nobodyElse is the user that the server runs as: PostgreSQL refuses to be root. The folder becomes that user's.
func nobodyElse(t testing.TB, dir string) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func execute(t testing.TB, as *syscall.Credential, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = "/tmp"
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	if as != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	}
	out, err := os.CreateTemp("", "edgelabel-pg-out-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out // a file: a pipe would be kept open by the server
	failed := cmd.Run()
	said, err := os.ReadFile(out.Name())
	if err = errors.Join(failed, err); err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(program), err, said)
	}
	return string(said)
}
