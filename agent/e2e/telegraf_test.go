//go:build e2e

package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
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

// startTelegraf reads the same nodes with another program; nil where it is not installed.
func startTelegraf(t *testing.T, plc *plc, pki string) *process {
	t.Helper()
	program := filepath.Join(peers(), "bin", "telegraf")
	if !exists(program) {
		t.Log("telegraf: not installed, nothing to compare with")
		return nil
	}
	dir := t.TempDir()
	var text strings.Builder
	fmt.Fprintf(&text, telegrafHead, filepath.Join(dir, "out.lp"), plc.port, dir)
	for i := range fastNodes {
		fmt.Fprintf(&text, "      {name=\"V%03[1]d\", identifier=\"V%03[1]d\"},\n", i)
	}
	text.WriteString("    ]\n")
	config := write(t, filepath.Join(dir, "telegraf.conf"), text.String())
	var p *process
	trust(t, pki, func() bool { // it makes a certificate, and gives up where that is refused
		if p == nil || p.ended() {
			p = start(t, "telegraf", nil, program, "--config", config)
		}
		info, err := os.Stat(filepath.Join(dir, "out.lp"))
		return err == nil && info.Size() > 0
	})
	return p
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
