//go:build e2e

package e2e_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const telegrafHead = `[agent]
  interval = "1s"
  flush_interval = "1s"
  omit_hostname = true
[[outputs.file]]
  files = ["%[1]s"]
  data_format = "influx"
[[inputs.opcua_listener]]
  name = "line1"
  endpoint = "opc.tcp://127.0.0.1:%[2]d/line1"
  subscription_interval = "500ms"
  security_policy = "Basic256Sha256"
  security_mode = "SignAndEncrypt"
  auth_method = "Anonymous"
  certificate = "%[3]s/cert.pem"
  private_key = "%[3]s/key.pem"
  timestamp = "source"
  [[inputs.opcua_listener.group]]
    namespace = "1"
    identifier_type = "s"
    sampling_interval = "50ms"
    nodes = [
`

// telegraf reads the same nodes with another program.
type telegraf struct{ program, config, out string }

// newTelegraf makes it known to the server, which starts anew for that; nil where it is not installed.
func newTelegraf(t *testing.T, plc *plc, pki string) *telegraf {
	t.Helper()
	dir := t.TempDir()
	g := &telegraf{program: filepath.Join(peers(), "bin", "telegraf"), out: filepath.Join(dir, "out.lp")}
	if !exists(g.program) {
		t.Log("telegraf: not installed, nothing to compare with")
		return nil
	}
	var text strings.Builder
	fmt.Fprintf(&text, telegrafHead, g.out, plc.port, dir)
	for i := range fastNodes {
		fmt.Fprintf(&text, "      {name=\"V%03[1]d\", identifier=\"V%03[1]d\"},\n", i)
	}
	text.WriteString("    ]\n")
	g.config = write(t, filepath.Join(dir, "telegraf.conf"), text.String())
	first := g.run(t) // it makes a certificate, is refused and gives up
	eventually(t, time.Minute, "telegraf is refused", func() error {
		if !first.ended() {
			return errors.New("still running")
		}
		return nil
	})
	files, err := filepath.Glob(filepath.Join(pki, "rejected", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("refused: %v, %v", files, err)
	}
	if err := os.Rename(files[0], filepath.Join(pki, "trusted", "certs", "telegraf.pem")); err != nil {
		t.Fatal(err)
	}
	plc.stop(syscall.SIGTERM)
	plc.start()
	return g
}

// start returns when it writes; nil for nil.
func (g *telegraf) start(t *testing.T) *process {
	t.Helper()
	if g == nil {
		return nil
	}
	p := g.run(t)
	eventually(t, time.Minute, "telegraf writes", g.writes)
	return p
}

func (g *telegraf) run(t *testing.T) *process {
	return start(t, "telegraf", nil, g.program, "--config", g.config)
}

func (g *telegraf) writes() error {
	info, err := os.Stat(g.out)
	if err == nil && info.Size() == 0 {
		err = errors.New("nothing yet")
	}
	return err
}

// taken is what a program has had of the machine.
type taken struct{ cpu, peak float64 } // s, MiB

func usage(t *testing.T, p *process) (u taken) {
	t.Helper()
	if p == nil {
		return u
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	var user, system float64
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for row := range strings.Lines(string(status)) {
		if n, _ := fmt.Sscanf(row, "VmHWM: %f kB", &u.peak); n == 1 {
			u.peak /= 1024
		}
	}
	u.cpu = (user + system) / 100
	return u
}

func (u taken) since(before taken, seconds float64) string {
	return fmt.Sprintf("%.1f %% of a core, peak %.0f MiB", 100*(u.cpu-before.cpu)/seconds, u.peak)
}
