// Package postgrestest runs a real PostgreSQL for a test.
package postgrestest

import (
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

// Start runs a server of the test's own on a socket that nobody else reaches, and stops it at the end. login names who connects; everybody
// may, without a password. The test is skipped where PostgreSQL is not installed.
func Start(t testing.TB) (url func(login string) string) {
	t.Helper()
	bin := programs(t)
	dir, err := os.MkdirTemp("/tmp", "edgelabel-pg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	as := nobodyElse(t, dir)
	data := filepath.Join(dir, "data")
	execute(t, as, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
	options := "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_wal_size=4GB -k " + dir
	execute(t, as, filepath.Join(bin, "pg_ctl"), "-D", data, "-w", "-t", "120", "-l", filepath.Join(dir, "log"), "-o", options, "start")
	t.Cleanup(func() { execute(t, as, filepath.Join(bin, "pg_ctl"), "-D", data, "-w", "-m", "immediate", "stop") })
	return func(login string) string { return fmt.Sprintf("postgres:///postgres?host=%s&user=%s", dir, login) }
}

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

func execute(t testing.TB, as *syscall.Credential, program string, args ...string) {
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
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		t.Fatalf("%s: %v\n%s", filepath.Base(program), err, said)
	}
}
