package mqtt_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/mqtt"
)

// The test binary doubles as a gateway that can be killed: it collects into a file.
const (
	childURL = "MQTT_TEST_CHILD_URL"
	childDir = "MQTT_TEST_CHILD_DIR"
)

func childMode() bool { return os.Getenv(childURL) != "" }

func runChild() {
	f, err := os.OpenFile(filepath.Join(os.Getenv(childDir), "samples"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	cfg := config(number)
	cfg.URL, cfg.StateDir = os.Getenv(childURL), os.Getenv(childDir)
	c, err := mqtt.New(cfg)
	if err != nil {
		panic(err)
	}
	sink := &fileSink{f: f}
	o := collectors.Options{Min: 10 * time.Millisecond, Max: 50 * time.Millisecond}
	panic(collectors.Supervise(context.Background(), c, sink, collectors.NewStatus("press", time.Now), o))
}

// fileSink keeps samples in a page for a while, as a group commit does, and acknowledges once they are in the file.
type fileSink struct {
	collectors.Sink
	f *os.File
}

func (s *fileSink) Samples(_ context.Context, batch []series.Sample, done func(error)) error {
	var b strings.Builder
	for _, x := range batch {
		fmt.Fprintln(&b, x.Value)
	}
	go func() {
		time.Sleep(2 * time.Millisecond)
		_, err := s.f.WriteString(b.String())
		done(err)
	}()
	return nil
}

func (s *fileSink) Gap(context.Context, series.Gap) error {
	_, err := s.f.WriteString("gap\n")
	return err
}

func TestKilledCollectorLosesNothingAcknowledged(t *testing.T) {
	m := newMosquitto(t)
	m.start(t)
	dir := t.TempDir()
	child := func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childURL+"="+m.url(), childDir+"="+dir)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	cmd := child()
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	publish := m.publisher(t, nil)
	seen := func() map[string]int { return lines(t, filepath.Join(dir, "samples")) }
	wait := func(n int) {
		for end := time.Now().Add(patience); seen()[fmt.Sprint(n)] == 0; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("message %d does not arrive", n)
			}
		}
	}
	for n := 0; seen()["0"] == 0; n++ { // until the subscription stands
		publish(force, "0")
		time.Sleep(20 * time.Millisecond)
	}
	const rounds, each = 5, 60
	for n := range rounds * each {
		publish(force, fmt.Sprint(n+1))
		if n%each == each-1 {
			cmd.Process.Kill()
			cmd.Wait()
			cmd = child()
		}
	}
	publish(force, fmt.Sprint(rounds*each+1))
	for n := range rounds*each + 1 { // batches are written side by side: the last message may be there first
		wait(n + 1)
	}
	if got := seen(); got["gap"] > 0 {
		t.Errorf("%d gaps recorded, although nothing was lost", got["gap"])
	}
}

func lines(t *testing.T, path string) map[string]int {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got := map[string]int{}
	for s := bufio.NewScanner(f); s.Scan(); {
		got[s.Text()]++
	}
	return got
}
