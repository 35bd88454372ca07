package agent_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgelabel/agent"
	"edgelabel/agent/config"

	"go.uber.org/goleak"
)

const oneCamera = `gateway: {id: gw-test}
data: {dir: DIR/data, keep_free: 1MiB}
web: {listen: "127.0.0.1:0", ingest: {token: test-ingest-token}}
assets: [{id: press}]
cameras: [{name: top, asset: press}]
sync: {targets: [{name: nas, url: "file:DIR/nas"}]}
`

func start(t *testing.T, yaml string) (url string, stop func()) {
	t.Helper()
	dir := t.TempDir()
	cfg, err := config.Parse("test.yaml", []byte(strings.ReplaceAll(yaml, "DIR", dir)))
	if err != nil {
		t.Fatal(err)
	}
	a, err := agent.New(cfg, agent.Options{Version: "test", Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- a.Run(ctx, func() { close(ready) }) }()
	<-ready
	return a.URL(), func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	res, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// TestRunAnswersAndLeavesNothingBehind starts the whole agent, asks what supervisors ask, and holds that no goroutine outlives it.
func TestRunAnswersAndLeavesNothingBehind(t *testing.T) {
	defer goleak.VerifyNone(t)
	url, stop := start(t, oneCamera)
	defer stop()
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/api/v1/items": 401, "/api/v1/openapi.json": 200, "/": 200} {
		if code, body := get(t, url+path); code != want {
			t.Errorf("%s: %d, want %d: %.200s", path, code, want, body)
		}
	}
}

// TestMetricNames holds the names that dashboards and acceptance checks rely on.
func TestMetricNames(t *testing.T) {
	url, stop := start(t, oneCamera)
	defer stop()
	_, text := get(t, url+"/metrics")
	for _, name := range []string{
		`edgelabel_samples_total{source="top"}`, `edgelabel_labels_total `, `edgelabel_duplicates_total{source="top"}`,
		`edgelabel_unsynced_items `, `edgelabel_oldest_unsynced_seconds `, `edgelabel_source_up{source="top"} 1`,
		`edgelabel_pictures_per_second{source="top"} 0`, `edgelabel_picture_bytes_total{source="top"} 0`, `edgelabel_items_open `, `edgelabel_disk_bytes{class="images"}`, `edgelabel_sync_pending{target="nas"}`,
	} {
		if !strings.Contains(text, name) {
			t.Errorf("/metrics lacks %s", name)
		}
	}
}

// TestAnOccupiedAddressLeavesNothingOpen starts a second agent on the first one's data and address.
func TestAnOccupiedAddressLeavesNothingOpen(t *testing.T) {
	defer goleak.VerifyNone(t)
	dir := t.TempDir()
	text := strings.ReplaceAll(oneCamera, "DIR", dir)
	cfg, err := config.Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	options := agent.Options{Log: slog.New(slog.DiscardHandler), Now: time.Now}
	first, err := agent.New(cfg, options)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := agent.New(cfg, options); err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "data")) {
		t.Errorf("a second agent on the same data: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := first.Run(ctx, nil); err != nil {
		t.Error(err)
	}
}

func TestStatusNeedsASession(t *testing.T) {
	url, stop := start(t, oneCamera)
	defer stop()
	code, body := get(t, url+"/api/v1/status")
	var answer struct{ Error struct{ Code string } }
	if err := json.Unmarshal([]byte(body), &answer); err != nil || code != http.StatusUnauthorized || answer.Error.Code != "unauthorized" {
		t.Errorf("%d %s (%v)", code, body, err)
	}
}
