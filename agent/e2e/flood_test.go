//go:build e2e

package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	floodSenders = 8
	floodBytes   = 100
	floodWindow  = 250 // messages of a sender that the broker has not answered
)

const floodConfig = `gateway: {id: gw-flood}
data: {dir: %s, keep_free: 16MiB}
web: {listen: "127.0.0.1:%d"}
tags:
%smqtt:
  - name: broker
    url: tcp://127.0.0.1:%d
    topics:
      - {filter: "bench/{n}", payload: json, tag: "bench.{n}", value: v, time: ts, time_format: unix_ns}
      - {filter: "image/{n}", payload: image, camera: cam, part: "{n}"}
cameras:
  - {name: cam}
`

const floodTelegraf = `[agent]
  interval = "1s"
  flush_interval = "1s"
  metric_batch_size = 5000
  metric_buffer_limit = 1000000
  omit_hostname = true
[[inputs.mqtt_consumer]]
  servers = ["tcp://127.0.0.1:%d"]
  topics = ["bench/#"]
  qos = 1
  client_id = "telegraf-peer"
  persistent_session = true
  max_undelivered_messages = 5000
  data_format = "json"
  json_string_fields = ["tag"]
[[outputs.file]]
  files = ["%s"]
  data_format = "influx"
`

// openBroker is a mosquitto without secrets that drops nothing.
func openBroker(t *testing.T) *broker {
	t.Helper()
	need(t, "mosquitto", installed("mosquitto"))
	dir := t.TempDir()
	b := &broker{t: t, port: freePort(t)}
	b.conf = write(t, filepath.Join(dir, "mosquitto.conf"), fmt.Sprintf(`user root
listener %d 127.0.0.1
allow_anonymous true
log_type error
persistence true
persistence_location %s/
max_inflight_messages 1000
max_queued_messages 0
set_tcp_nodelay true
`, b.port, dir))
	b.start()
	return b
}

// startFlooded starts an agent on the broker at a port, with one person called anna / anna-password.
func startFlooded(t *testing.T, port int) *line {
	t.Helper()
	dir, web := t.TempDir(), freePort(t)
	data := filepath.Join(dir, "data")
	var tags bytes.Buffer
	for n := range floodSenders {
		fmt.Fprintf(&tags, "  - {id: bench.%d, rules: []}\n", n)
	}
	l := &line{t: t, dir: dir, run: binary(t), url: fmt.Sprintf("http://127.0.0.1:%d", web),
		config: write(t, filepath.Join(dir, "edgelabel.yaml"), fmt.Sprintf(floodConfig, data, web, &tags, port))}
	password := write(t, filepath.Join(dir, "password"), "anna-password\n")
	if out, err := command(t, nil, l.run, "user", "add", "anna", "-d", data, "--password-file", password); err != nil {
		t.Fatalf("user add: %v\n%s", err, out)
	}
	l.start()
	l.up("broker", 30*time.Second)
	return l
}

// TestMQTTFlood sends EDGELABEL_FLOOD messages at QoS 1 from eight senders through mosquitto to the agent, which acknowledges after fsync,
// and then to Telegraf, which writes a file without. Then 500 pictures of 1 MB, and a broker that is killed under way.
func TestMQTTFlood(t *testing.T) {
	count, err := strconv.Atoi(os.Getenv("EDGELABEL_FLOOD"))
	if err != nil {
		t.Skip("long: make bench-mqtt")
	}
	b := openBroker(t)
	l := startFlooded(t, b.port)
	began := time.Now()
	mine := flooded(t, b, l.process, count, func() int { return int(sum(l.metrics(), "edgelabel_samples_total", "broker")) })
	t.Logf("edgelabel: %s", mine)
	for n := range floodSenders {
		if got := len(l.values(n, began)); got != count/floodSenders {
			t.Errorf("sender %d: %d samples of %d", n, got, count/floodSenders)
		}
	}
	l.stop(syscall.SIGTERM)

	if theirs, ok := floodTheirs(t, b, count); ok {
		t.Logf("telegraf:  %s", theirs)
		t.Logf("edgelabel to telegraf: rate %.2f, CPU a message %.2f, peak memory %.2f", mine.rate/theirs.rate, mine.cpu/theirs.cpu, mine.peak/theirs.peak)
		if mine.cpu > 1.1*theirs.cpu {
			t.Errorf("CPU a message is above Telegraf's")
		}
	}
	if mine.peak > 64 {
		t.Errorf("peak memory %.0f MiB, want below 64", mine.peak)
	}
}

// values reads back what a sender's messages came to, in pieces small enough that nothing is reduced.
func (l *line) values(n int, since time.Time) map[float64]bool {
	const piece = 300 * time.Millisecond
	c, all := signIn(l.t, l.url, "anna", "anna-password"), map[float64]bool{}
	for at := since; at.Before(time.Now()); at = at.Add(piece) {
		got, _ := l.samples(c, fmt.Sprintf("bench.%d", n), at, at.Add(piece))
		for _, v := range got.v {
			all[v] = true
		}
	}
	return all
}

// TestMQTTBrokerKilled kills the broker three times while messages flow. A witness on the line notes what the agent acknowledges: all of
// it must be in the history, whatever the broker forgets.
func TestMQTTBrokerKilled(t *testing.T) {
	if os.Getenv("EDGELABEL_FLOOD") == "" {
		t.Skip("long: make bench-mqtt")
	}
	b := openBroker(t)
	w := newWitness(t, b.port)
	l := startFlooded(t, w.port())
	began := time.Now()
	ctx, cancel := context.WithCancel(t.Context())
	var senders sync.WaitGroup
	for n := range floodSenders {
		senders.Go(func() { stubborn(ctx, b.port, n) })
	}
	for range 3 {
		before := w.count()
		eventually(t, time.Minute, "messages flow", func() error {
			if n := w.count() - before; n < 2000 {
				return fmt.Errorf("%d acknowledged", n)
			}
			return nil
		})
		b.stop(syscall.SIGKILL)
		b.start()
	}
	before := w.count()
	eventually(t, time.Minute, "messages flow after the last kill", func() error {
		if w.count() == before {
			return fmt.Errorf("none")
		}
		return nil
	})
	cancel()
	senders.Wait()
	l.stop(syscall.SIGTERM)
	l.start()
	acked, lost := w.acknowledged(), 0
	for n := range floodSenders {
		have := l.values(n, began)
		for v := range acked[fmt.Sprintf("bench/%d", n)] {
			if !have[v] {
				lost++
			}
		}
	}
	t.Logf("broker killed 3 times: the agent acknowledged %d messages, %d of them are not in its history", w.count(), lost)
	if lost > 0 {
		t.Error("lost what was acknowledged")
	}
}

// stubborn publishes until ctx ends, over a new connection whenever one breaks.
func stubborn(ctx context.Context, port, n int) {
	for i := 0; ctx.Err() == nil; {
		s := dialSender(port, fmt.Sprintf("sender-%d", n))
		for ; s.err == nil && ctx.Err() == nil; i++ {
			s.send(fmt.Sprintf("bench/%d", n), floodMessage(n, i), 20)
			time.Sleep(2 * time.Millisecond)
		}
		s.close()
		time.Sleep(50 * time.Millisecond)
	}
}

func TestMQTTPictures(t *testing.T) {
	if os.Getenv("EDGELABEL_FLOOD") == "" {
		t.Skip("long: make bench-mqtt")
	}
	const pictures = 500
	b := openBroker(t)
	l := startFlooded(t, b.port)
	before, began := usage(t, l.process), time.Now()
	var senders sync.WaitGroup
	for n := range floodSenders {
		senders.Go(func() {
			s := dialSender(b.port, fmt.Sprintf("camera-%d", n))
			defer s.close()
			for i := n; i < pictures; i += floodSenders {
				s.send(fmt.Sprintf("image/%d", i), bitmap(i), 2)
			}
			if s.settle(0); s.err != nil {
				t.Error(s.err)
			}
		})
	}
	senders.Wait()
	eventually(t, 5*time.Minute, "every picture is stored", func() error {
		if n := sum(l.metrics(), "edgelabel_images_total", "broker"); n < pictures {
			return fmt.Errorf("%.0f of %d", n, pictures)
		}
		return nil
	})
	took := time.Since(began)
	after := usage(t, l.process)
	t.Logf("%d pictures of 1 MB, an item each, acknowledged after fsync: %.1f a second, %.1f ms CPU each, peak %.0f MiB",
		pictures, pictures/took.Seconds(), 1000*(after.cpu-before.cpu)/pictures, after.peak)
}

type floodResult struct{ rate, cpu, peak float64 } // messages a second, µs of CPU a message, MiB

func (r floodResult) String() string {
	return fmt.Sprintf("%.0f messages/s, %.1f µs CPU a message, peak %.0f MiB", r.rate, r.cpu, r.peak)
}

// flooded sends all messages and waits until arrived has counted them.
func flooded(t *testing.T, b *broker, to *process, count int, arrived func() int) floodResult {
	t.Helper()
	before, began := usage(t, to), time.Now()
	publishFlood(t, b.port, count)
	sent := time.Since(began)
	eventually(t, 5*time.Minute, "every message has arrived", func() error {
		if n := arrived(); n < count {
			return fmt.Errorf("%d of %d", n, count)
		}
		return nil
	})
	took := time.Since(began)
	after := usage(t, to)
	t.Logf("%d messages of %d bytes: sent in %.2f s, arrived in %.2f s", count, floodBytes, sent.Seconds(), took.Seconds())
	return floodResult{float64(count) / took.Seconds(), 1e6 * (after.cpu - before.cpu) / float64(count), after.peak}
}

func floodTheirs(t *testing.T, b *broker, count int) (floodResult, bool) {
	t.Helper()
	program := filepath.Join(peers(), "bin", "telegraf")
	if !exists(program) {
		t.Log("telegraf: not installed, nothing to compare with")
		return floodResult{}, false
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "out.lp")
	p := start(t, "telegraf", nil, program, "--config", write(t, filepath.Join(dir, "telegraf.conf"), fmt.Sprintf(floodTelegraf, b.port, out)))
	p.expect(t, `Connected \[`, time.Minute)
	var seen int64
	lines := 0
	return flooded(t, b, p, count, func() int {
		f, err := os.Open(out)
		if err != nil {
			return 0
		}
		defer f.Close()
		more := make([]byte, 16<<20)
		n, _ := f.ReadAt(more, seen)
		seen += int64(n)
		lines += bytes.Count(more[:n], []byte("\n"))
		return lines
	}), true
}

func publishFlood(t *testing.T, port, count int) {
	var senders sync.WaitGroup
	for n := range floodSenders {
		senders.Go(func() {
			s := dialSender(port, fmt.Sprintf("sender-%d", n))
			defer s.close()
			for i := range count / floodSenders {
				s.send(fmt.Sprintf("bench/%d", n), floodMessage(n, i), floodWindow)
			}
			if s.settle(0); s.err != nil {
				t.Error(s.err)
			}
		})
	}
	senders.Wait()
}

func floodMessage(n, i int) []byte {
	m := fmt.Appendf(make([]byte, 0, floodBytes), `{"tag":"t%d","v":%d,"ts":%d,"pad":"`, n, i, time.Now().UnixNano())
	for len(m) < floodBytes-2 {
		m = append(m, 'x')
	}
	return append(m, '"', '}')
}
