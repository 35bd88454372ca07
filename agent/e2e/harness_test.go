//go:build e2e

package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// need skips the test, or fails it where the real peers are required, when something is not installed.
func need(t *testing.T, what string, present bool) {
	t.Helper()
	if present {
		return
	}
	if os.Getenv("EDGELABEL_REQUIRE_PEERS") == "1" {
		t.Fatalf("%s: not installed, and EDGELABEL_REQUIRE_PEERS=1", what)
	}
	t.Skipf("%s: not installed", what)
}

func peers() string {
	if dir := os.Getenv("EDGELABEL_PEERS"); dir != "" {
		return dir
	}
	home, _ := os.UserHomeDir()
	return filepath.Join(home, ".cache", "edgelabel-peers")
}

// shared is the folder with the recordings, which a plain clone does not have.
func shared() string {
	if dir := os.Getenv("EDGELABEL_SHARED"); dir != "" {
		return dir
	}
	return root("..", "shared")
}

func root(elem ...string) string {
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		panic(err)
	}
	return filepath.Join(append([]string{dir}, elem...)...)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func installed(command string) bool {
	_, err := exec.LookPath(command)
	return err == nil
}

func binary(t *testing.T) string {
	t.Helper()
	bin := root("bin", "edgelabel")
	if !exists(bin) {
		t.Fatalf("%s is missing: make build", bin)
	}
	return bin
}

// process is a program that the test started. Its output is kept and shown when the test fails.
type process struct {
	name string
	cmd  *exec.Cmd
	done chan struct{}

	mu  sync.Mutex
	out bytes.Buffer
	err error
}

func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// start runs a program until the test ends.
func start(t *testing.T, name string, env []string, command string, args ...string) *process {
	t.Helper()
	p := &process{name: name, cmd: exec.Command(command, args...), done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = p, p
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	go func() {
		err := p.cmd.Wait()
		p.mu.Lock()
		p.err = err
		p.mu.Unlock()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.stop(syscall.SIGTERM)
		if t.Failed() {
			t.Logf("--- %s ---\n%s", name, tail(p.output(), 60))
		}
	})
	return p
}

// stop ends the program and waits for it; it is killed when it does not go within 15 seconds.
func (p *process) stop(sig syscall.Signal) {
	select {
	case <-p.done:
		return
	default:
	}
	p.cmd.Process.Signal(sig)
	select {
	case <-p.done:
	case <-time.After(15 * time.Second):
		p.cmd.Process.Kill()
		<-p.done
	}
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// expect waits until the program has printed a line that matches and returns its first group.
func (p *process) expect(t *testing.T, pattern string, within time.Duration) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	var found string
	eventually(t, within, p.name+" prints "+pattern, func() error {
		m := re.FindStringSubmatch(p.output())
		if m == nil {
			select {
			case <-p.done:
				t.Fatalf("%s ended before it printed %q:\n%s", p.name, pattern, tail(p.output(), 40))
			default:
			}
			return errors.New("not yet")
		}
		found = m[len(m)-1]
		return nil
	})
	return found
}

// rss is the resident memory of the program in MiB.
func (p *process) rss(t *testing.T) float64 {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	var kb float64
	for line := range strings.Lines(string(b)) {
		if _, err := fmt.Sscanf(line, "VmRSS: %f kB", &kb); err == nil {
			return kb / 1024
		}
	}
	t.Fatal("no VmRSS")
	return 0
}

// eventually tries until what succeeds; it fails the test with the last error when time is up.
func eventually(t *testing.T, within time.Duration, what string, try func() error) {
	t.Helper()
	deadline := time.Now().Add(within)
	for {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v: %v", what, within, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func tail(s string, lines int) string {
	all := strings.Split(strings.TrimRight(s, "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// command runs a program to its end and returns what it printed.
func command(t *testing.T, env []string, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// person adds somebody who may sign in with the id and "-password" behind it. No agent may have the data directory open.
func person(t *testing.T, data, id, role string) {
	t.Helper()
	password := write(t, filepath.Join(t.TempDir(), "password"), id+"-password\n")
	if out, err := command(t, nil, binary(t), "user", "add", id, "--role", role, "-d", data, "--password-file", password); err != nil {
		t.Fatalf("user add: %v\n%s", err, out)
	}
}

// client speaks to the agent's API as a signed-in person.
type client struct {
	base string
	http *http.Client
}

func signIn(t *testing.T, base, user, password string) *client {
	t.Helper()
	jar := &oneJar{}
	c := &client{base: base, http: &http.Client{Jar: jar, Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}}
	if err := c.send(http.MethodPost, "/api/v1/session", map[string]string{"user": user, "password": password}, nil, nil); err != nil {
		t.Fatalf("sign in: %v", err)
	}
	return c
}

// send makes one request. answer may be nil.
func (c *client) send(method, path string, body any, header http.Header, answer any) error {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, c.base+path, in)
	if err != nil {
		return err
	}
	for k, v := range header {
		req.Header[k] = v
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, b)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(b, answer)
}

func (c *client) get(path string, answer any) error {
	return c.send(http.MethodGet, path, nil, nil, answer)
}

// metrics reads /metrics into name{labels} → value.
func metrics(base string) (map[string]float64, error) {
	hc := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	res, err := hc.Get(base + "/metrics")
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	all := map[string]float64{}
	for in := bufio.NewScanner(res.Body); in.Scan(); {
		cut := strings.LastIndexByte(in.Text(), ' ')
		var v float64
		if cut < 0 || strings.HasPrefix(in.Text(), "#") {
			continue
		}
		if _, err := fmt.Sscanf(in.Text()[cut+1:], "%g", &v); err != nil {
			return nil, fmt.Errorf("metric %q: %w", in.Text(), err)
		}
		all[in.Text()[:cut]] = v
	}
	return all, nil
}

// sum adds up every series of a metric whose labels contain the text.
func sum(all map[string]float64, name, containing string) float64 {
	var total float64
	for key, v := range all {
		if (key == name || strings.HasPrefix(key, name+"{")) && strings.Contains(key, containing) {
			total += v
		}
	}
	return total
}
