package ftp_test

import (
	"bytes"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"edgelabel/collectors/camera/ftp"
	"edgelabel/collectors/collectortest"
)

func itoa(n int) string { return strconv.Itoa(n) }

// try is one upload by a camera that may meet any fault; it returns whether the picture was acknowledged.
func try(addr, file string, data []byte) bool {
	raw, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return false
	}
	defer raw.Close()
	if raw.SetDeadline(time.Now().Add(collectortest.Patience)) != nil {
		return false
	}
	c := textproto.NewConn(raw)
	say := func(code int, format string, args ...any) (string, bool) {
		if c.PrintfLine(format, args...) != nil {
			return "", false
		}
		_, text, err := c.ReadResponse(code)
		return text, err == nil
	}
	_, _, err = c.ReadResponse(220)
	_, user := say(331, "USER cam")
	_, in := say(230, "PASS pw")
	text, passive := say(229, "EPSV")
	if err != nil || !user || !in || !passive {
		return false
	}
	host, _, _ := net.SplitHostPort(addr)
	conn, err := net.Dial("tcp", net.JoinHostPort(host, epsv.FindStringSubmatch(text)[1]))
	if err != nil {
		return false
	}
	defer conn.Close()
	if _, ok := say(150, "STOR %s", file); !ok {
		return false
	}
	if _, err := conn.Write(data); err != nil || conn.Close() != nil {
		return false
	}
	_, _, err = c.ReadResponse(226)
	return err == nil
}

// program skips the test when a peer is not installed.
func program(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("EDGELABEL_REQUIRE_PEERS") == "1" {
			t.Fatalf("%s: not installed", name)
		}
		t.Skipf("%s: not installed", name)
	}
}

func file(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, data, 0o600))
	return path
}

func TestCurl(t *testing.T) {
	program(t, "curl")
	cert, key, _ := certificate(t)
	ports := func(c *ftp.Config) { c.CertFile, c.KeyFile = cert, key }
	data := picture(t, 1, 200)
	for name, args := range map[string][]string{
		"passive": {"--disable-epsv"},
		"epsv":    {},
		"active":  {"--ftp-port", "-"},
		"tls":     {"--ssl-reqd", "--cacert", cert},
		"folders": {"--ftp-create-dirs"},
	} {
		t.Run(name, func(t *testing.T) {
			r := serve(t, ports)
			run(t, true, "curl", append([]string{"-sS", "-T", file(t, "a.png", data), "--user", "cam:pw", fmt.Sprintf("ftp://%s/a/b/a.png", r.addr)}, args...)...)
			r.stored(data)
			run(t, false, "curl", "-sS", "--user", "cam:pw", fmt.Sprintf("ftp://%s/a/b/a.png", r.addr))
			run(t, false, "curl", "-sS", "--user", "cam:pw", fmt.Sprintf("ftp://%s/", r.addr))
			run(t, false, "curl", "-sS", "-T", file(t, "b.png", data), "--user", "cam:no", fmt.Sprintf("ftp://%s/", r.addr))
		})
	}
}

func TestCurlKilledInTheMiddleResumes(t *testing.T) {
	program(t, "curl")
	r := serve(t, nil)
	data := picture(t, 1, 400)
	path, url := file(t, "a.png", data), fmt.Sprintf("ftp://%s/a.png", r.addr)
	slow := exec.Command("curl", "-sS", "--limit-rate", "200k", "-T", path, "--user", "cam:pw", url)
	must(t, slow.Start())
	time.Sleep(700 * time.Millisecond) // when nothing was sent yet the rest of the test is merely easier
	must(t, slow.Process.Kill())
	_ = slow.Wait()
	r.eventually("the cut is noticed", func() bool { return len(r.status.Snapshot().Rejected) > 0 })
	r.stored()
	run(t, true, "curl", "-sS", "-C", "-", "-T", path, "--user", "cam:pw", url)
	r.stored(data)
}

func TestLFTP(t *testing.T) {
	program(t, "lftp")
	cert, key, _ := certificate(t)
	r := serve(t, func(c *ftp.Config) { c.CertFile, c.KeyFile, c.RequireTLS = cert, key, true })
	data := picture(t, 1, 400)
	path := file(t, "a.png", data)
	script := func(put string) string {
		return fmt.Sprintf("set ssl:ca-file %s; set ftp:ssl-force true; set ftp:ssl-protect-data true; set net:max-retries 2; open -u cam,pw ftp://%s; %s; bye", cert, r.addr, put)
	}
	slow := exec.Command("lftp", "-c", "set net:limit-total-rate 200000; "+script("put "+path))
	must(t, slow.Start())
	time.Sleep(1200 * time.Millisecond)
	must(t, slow.Process.Kill())
	_ = slow.Wait()
	r.stored()
	run(t, true, "lftp", "-c", script("put -c "+path))
	r.stored(data)
	if !bytes.Equal(r.sink.Images()[0].Data, data) {
		t.Error("the picture differs")
	}
}

func run(t *testing.T, well bool, program string, args ...string) {
	t.Helper()
	out, err := exec.Command(program, args...).CombinedOutput()
	if (err == nil) != well {
		t.Fatalf("%s %q: %v: %s", program, args, err, out)
	}
}
