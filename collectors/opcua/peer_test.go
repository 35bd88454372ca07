package opcua_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/series"
	"edgelabel/collectors/opcua"
)

// peer is a node-opcua server: another implementation, in a process of its own.
type peer struct {
	url, control string
	command      func() *exec.Cmd
	cmd          *exec.Cmd
}

// startPeer starts the server, or skips the test where it is not installed.
func startPeer(t *testing.T) *peer {
	t.Helper()
	return startNode(t, func(port, control int, pki string) []string {
		return []string{"opcua-server.cjs", "--port", fmt.Sprint(port), "--ctl", fmt.Sprint(control), "--pki", pki, "--vars", "40"}
	})
}

// startNode runs a server of node-opcua, with ports and a folder for its certificates.
func startNode(t *testing.T, args func(port, control int, pki string) []string) *peer {
	t.Helper()
	dir := os.Getenv("EDGELABEL_PEERS")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(home, ".cache", "edgelabel-peers")
	}
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, "plant", "node_modules", "node-opcua"))
	}
	if err != nil {
		if os.Getenv("EDGELABEL_REQUIRE_PEERS") == "1" {
			t.Fatalf("node-opcua: not installed: %v", err)
		}
		t.Skip("node-opcua: not installed")
	}
	port, control := freePort(t), freePort(t)
	pki := t.TempDir()
	p := &peer{url: fmt.Sprintf("opc.tcp://127.0.0.1:%d", port), control: fmt.Sprintf("http://127.0.0.1:%d", control)}
	p.command = func() *exec.Cmd {
		cmd := exec.Command(node, args(port, control, pki)...)
		cmd.Dir = filepath.Join(dir, "plant")
		return cmd
	}
	t.Cleanup(p.kill)
	p.start(t)
	return p
}

// start runs the server and waits until it is ready.
func (p *peer) start(t *testing.T) {
	t.Helper()
	p.cmd = p.command()
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "READY") {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return
		}
	}
	t.Fatal("node-opcua ended before it was ready")
}

// kill ends the server without a chance to say goodbye.
func (p *peer) kill() {
	if p.cmd == nil || p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	p.cmd = nil
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

// tell sends a command to the server's control port.
func (p *peer) tell(t *testing.T, command string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.control+command, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	res.Body.Close()
	http.DefaultClient.CloseIdleConnections()
}

func (p *peer) config(t *testing.T, nodes ...opcua.Node) opcua.Config {
	return opcua.Config{
		Name: "line1", Endpoint: p.url, PKI: t.TempDir(), Host: "gateway", User: "agent", Password: "s3cret",
		PublishInterval: 200 * time.Millisecond, SamplingInterval: 50 * time.Millisecond, Heartbeat: 3 * time.Second, Nodes: nodes,
	}
}

func peerNode(name string, kind series.Kind) opcua.Node {
	return opcua.Node{Tag: name, NodeID: "ns=1;s=" + name, Kind: kind}
}

func TestRealServer(t *testing.T) {
	if testing.Short() {
		t.Skip("long: left to make test")
	}
	t.Parallel()
	p := startPeer(t)
	for _, policy := range []string{"Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"} {
		t.Run("encrypts with "+policy, func(t *testing.T) {
			c := p.config(t, peerNode("V000", series.Number))
			c.Policy, c.Mode = policy, "SignAndEncrypt"
			r := run(t, c)
			r.waitUp(t)
			r.waitFor(t, "data", func() bool { return len(r.sink.Tag("V000")) > 5 })
		})
	}
	t.Run("refuses a wrong password", func(t *testing.T) { wrongPassword(t, p) })
	t.Run("takes every kind and names what does not fit", func(t *testing.T) { kinds(t, p) })
	t.Run("loses nothing without a gap", func(t *testing.T) { drops(t, p) })
	t.Run("leaves nothing at the server", func(t *testing.T) { tidies(t, p) })
	t.Run("notices a server that hangs", func(t *testing.T) { hangs(t, p) })
	t.Run("reads holes back from history", func(t *testing.T) { readsBack(t, p) })
	t.Run("comes back after kill -9", func(t *testing.T) { killed(t, p) })
	t.Run("probes", func(t *testing.T) { probes(t, p) })
}

func wrongPassword(t *testing.T, p *peer) {
	c := p.config(t, peerNode("V000", series.Number))
	c.Password = "guess"
	r := run(t, c)
	r.waitFor(t, "a refusal that says why", func() bool {
		return strings.Contains(r.status.Snapshot().Err, "refuses the user or the password")
	})
	if s := r.status.Snapshot(); s.Samples > 0 || strings.Contains(s.Err, "guess") {
		t.Errorf("status %+v", s)
	}
}

func kinds(t *testing.T, p *peer) {
	r := run(t, p.config(t, peerNode("V010", series.Number), peerNode("V011", series.Number), peerNode("Wave", series.Wave),
		peerNode("Running", series.Bool), peerNode("Batch", series.Number), peerNode("Temp", ""), peerNode("Missing", series.Number),
		opcua.Node{Tag: "elsewhere", NodeID: "nsu=urn:nobody;s=X"}))
	r.waitUp(t)
	has := func(tag string, ok func(series.Sample) bool) func() bool {
		return func() bool {
			for _, s := range r.sink.Tag(tag) {
				if ok(s) {
					return true
				}
			}
			return false
		}
	}
	r.waitFor(t, "bad quality", has("V010", func(s series.Sample) bool { return s.Status == 0x808C0000 && s.Quality() == series.Bad }))
	r.waitFor(t, "uncertain quality", has("V011", func(s series.Sample) bool { return s.Quality() == series.Uncertain && s.Source > 0 }))
	r.waitFor(t, "a wave", has("Wave", func(s series.Sample) bool { return len(s.Wave) == 1024 && s.Wave[0] >= 1 }))
	r.waitFor(t, "a bool", has("Running", func(s series.Sample) bool { return s.Value == 1 || s.Value == 0 }))
	r.waitFor(t, "an undeclared kind", has("Temp", func(s series.Sample) bool { return s.Value > 0 }))
	s := r.status.Snapshot()
	if !contains(s.Problems["Batch"], "expected number", "String") || s.Rejected["type"] == 0 || len(r.sink.Tag("Batch")) > 0 {
		t.Errorf("text on a number tag: %q, rejected %v", s.Problems["Batch"], s.Rejected)
	}
	if !contains(s.Problems["Missing"], "ns=1;s=Missing", "BadNodeIDUnknown") {
		t.Errorf("missing node: %q", s.Problems["Missing"])
	}
	if !contains(s.Problems["elsewhere"], "unknown namespace urn:nobody") {
		t.Errorf("unknown namespace: %q", s.Problems["elsewhere"])
	}
	if len(s.Problems) != 3 || s.Attempts != 1 {
		t.Errorf("status %+v", s)
	}
}

// drops checks the server's own counter: where it jumps, a gap must say so.
func drops(t *testing.T, p *peer) {
	r := run(t, p.config(t, peerNode("V000", series.Number), peerNode("V002", series.Number)))
	for n := 1; n <= 3; n++ {
		r.waitUp(t)
		before := len(r.sink.Tag("V000"))
		r.waitFor(t, "data", func() bool { return len(r.sink.Tag("V000")) > before+10 })
		p.tell(t, "/drop")
		r.waitFor(t, "a gap", func() bool { return len(r.sink.Gaps()) == n })
	}
	r.waitUp(t)
	r.stop()
	gaps := r.sink.Gaps()
	for _, g := range gaps {
		if g.Reason != series.GapDisconnected || g.From >= g.To || g.Source != "line1" || g.Tag != "" {
			t.Errorf("gap %+v", g)
		}
	}
	if s := r.status.Snapshot(); len(gaps) != 3 || s.Gaps[series.GapDisconnected] != 3 {
		t.Errorf("%d gaps, status %v", len(gaps), s.Gaps)
	}
	for _, tag := range []string{"V000", "V002"} {
		for _, hole := range holes(r.sink.Tag(tag), gaps) {
			t.Errorf("%s: %s", tag, hole)
		}
	}
}

// tidies counts what the server keeps for a client that was cut off again and again: sessions and what they watch are limited.
func tidies(t *testing.T, p *peer) {
	r := run(t, p.config(t, peerNode("V000", series.Number)))
	for n := range uint64(4) {
		r.waitFor(t, "one connection more", func() bool { return r.status.Snapshot().Attempts > n })
		r.waitUp(t)
		p.tell(t, "/drop")
	}
	r.waitFor(t, "the last connection", func() bool { return r.status.Snapshot().Attempts > 4 })
	r.waitUp(t)
	if s := p.stats(t); s.Sessions != 1 || s.Subs != 1 {
		t.Errorf("after four cuts the server keeps %d sessions and %d subscriptions", s.Sessions, s.Subs)
	}
}

// kept is what the server has for its clients.
type kept struct{ Sessions, Subs int }

func (p *peer) stats(t *testing.T) (s kept) {
	t.Helper()
	res, err := http.Get(p.control + "/stats")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

// holes lists where a counter repeats, or jumps without a gap between its neighbours.
func holes(samples []series.Sample, gaps []series.Gap) (out []string) {
	for i := 1; i < len(samples); i++ {
		a, b := samples[i-1], samples[i]
		if b.Value == a.Value+1 || covered(a, b, gaps) && b.Value > a.Value {
			continue
		}
		out = append(out, fmt.Sprintf("%v at %d is followed by %v at %d; gaps %+v", a.Value, a.Source, b.Value, b.Source, gaps))
	}
	return out
}

// covered tells whether everything lost between two samples lies inside a gap.
func covered(a, b series.Sample, gaps []series.Gap) bool {
	for _, g := range gaps {
		if a.Source <= g.To && g.From <= b.Source {
			return true
		}
	}
	return false
}

func hangs(t *testing.T, p *peer) {
	r := run(t, p.config(t, peerNode("V000", series.Number)))
	r.waitUp(t)
	r.waitFor(t, "data", func() bool { return len(r.sink.Tag("V000")) > 5 })
	hung := make(chan struct{})
	go func() { defer close(hung); p.tell(t, "/pause?ms=6000") }()
	r.waitFor(t, "silence is noticed", func() bool { return strings.Contains(r.status.Snapshot().Err, "connected, but silent for") })
	<-hung
	r.waitUp(t)
	r.waitFor(t, "a gap", func() bool { return len(r.sink.Gaps()) > 0 })
	r.stop()
	if gaps := r.sink.Gaps(); len(gaps) != 1 || gaps[0].Reason != series.GapSilent || time.Duration(gaps[0].To-gaps[0].From) < 3*time.Second {
		t.Errorf("gaps %+v", gaps)
	}
	for _, hole := range holes(r.sink.Tag("V000"), r.sink.Gaps()) {
		t.Error(hole)
	}
}

// readsBack cuts, hangs and kills the server: what its history still has must be there, and no record must say that it is missing.
func readsBack(t *testing.T, p *peer) {
	c := p.config(t, peerNode("V000", series.Number), peerNode("V002", series.Number))
	c.Backfill, c.StateDir = true, t.TempDir()
	r := run(t, c)
	r.waitUp(t)
	r.waitFor(t, "data", func() bool { return len(r.sink.Tag("V000")) > 10 })
	for n := 1; n <= 2; n++ {
		p.tell(t, "/drop")
		r.waitFor(t, "a gap of the tag without history", func() bool { return len(r.sink.Gaps()) == n })
	}
	p.tell(t, "/pause?ms=5000")
	r.waitFor(t, "a gap of the pause", func() bool { return len(r.sink.Gaps()) == 3 })
	for _, g := range r.sink.Gaps() {
		if g.Tag != "V002" {
			t.Errorf("gap %+v", g)
		}
	}
	if h := holes(byTime(r.sink.Tag("V000")), nil); len(h) > 0 {
		t.Error(h)
	}
	p.kill()
	p.start(t)
	r.waitFor(t, "gaps of both tags", func() bool { return len(r.sink.Gaps()) >= 4 })
	r.stop()
	for _, g := range r.sink.Gaps()[3:] {
		if g.Tag == "V000" && !contains(g.Detail, "history begins later") {
			t.Errorf("gap %+v", g)
		}
	}
}

func byTime(samples []series.Sample) []series.Sample {
	slices.SortStableFunc(samples, func(a, b series.Sample) int { return cmp.Compare(a.Time(), b.Time()) })
	return samples
}

func killed(t *testing.T, p *peer) {
	r := run(t, p.config(t, peerNode("V000", series.Number)))
	r.waitUp(t)
	r.waitFor(t, "data", func() bool { return len(r.sink.Tag("V000")) > 5 })
	p.kill()
	before := len(r.sink.Tag("V000"))
	p.start(t)
	r.waitFor(t, "data again", func() bool { return len(r.sink.Tag("V000")) > before+5 && len(r.sink.Gaps()) > 0 })
	if g := r.sink.Gaps(); len(g) != 1 || g[0].Reason != series.GapDisconnected {
		t.Errorf("gaps %+v", g)
	}
}

func probes(t *testing.T, p *peer) {
	c := p.config(t, peerNode("V000", series.Number))
	if err := opcua.Probe(t.Context(), c); err != nil {
		t.Errorf("a good source: %v", err)
	}
	if pins, err := os.ReadDir(filepath.Join(c.PKI, "trusted", "certs")); err != nil || len(pins) > 0 {
		t.Errorf("the probe pinned a certificate: %v, %v", pins, err)
	}
	c.Nodes = append(c.Nodes, peerNode("Batch", series.Number), peerNode("Missing", ""), opcua.Node{Tag: "x", NodeID: "nsu=urn:nobody;s=x"})
	err := opcua.Probe(t.Context(), c)
	if err == nil || !contains(err.Error(), "tag Batch", "expected number", "tag Missing", "BadNodeIDUnknown", "unknown namespace urn:nobody") ||
		strings.Contains(err.Error(), "V000") {
		t.Errorf("three bad nodes: %v", err)
	}
}
