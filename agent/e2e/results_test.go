//go:build e2e

package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

const resultsConfig = `gateway: {id: gw-results, line: l1}
data: {dir: %s, keep_free: 16MiB}
web: {listen: "127.0.0.1:%d"}
assets: [{id: press, before: 1s, after: 1s}]
tags: [{id: level, asset: press, rules: [{limit: {h: 80}}]}]
mqtt:
  - {name: broker, url: "tcp://127.0.0.1:%[3]d", topics: [{filter: level, tag: level}]}
results:
  - {name: mes, url: "tcp://127.0.0.1:%[3]d", topic: "to/{line}/{asset}/{event}"}
`

// heard is what a PLC at the broker has heard, by message id.
type heard struct {
	mu  sync.Mutex
	all map[string]result
}

type result struct {
	ID, Item, Event, Verdict string
	Final                    bool
}

func (h *heard) note(_ paho.Client, m paho.Message) {
	var r result
	if json.Unmarshal(m.Payload(), &r) == nil && m.Topic() == "to/l1/press/"+r.Event {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.all[r.ID] = r
	}
}

// wait returns a message that fits, once it was heard.
func (h *heard) wait(t *testing.T, what string, fits func(result) bool) (found result) {
	t.Helper()
	eventually(t, 40*time.Second, what, func() error {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, r := range h.all {
			if fits(r) {
				found = r
				return nil
			}
		}
		return fmt.Errorf("heard %v", h.all)
	})
	return found
}

// TestResultsReachTheLine has a PLC hear of an item and of a verdict, the verdict over a kill of the agent while the broker is away.
func TestResultsReachTheLine(t *testing.T) {
	b := openBroker(t)
	dir, port := t.TempDir(), freePort(t)
	data := filepath.Join(dir, "data")
	l := &line{t: t, dir: dir, run: binary(t), url: fmt.Sprintf("http://127.0.0.1:%d", port),
		config: write(t, filepath.Join(dir, "edgelabel.yaml"), fmt.Sprintf(resultsConfig, data, port, b.port))}
	person(t, data, "anna", "labeler")
	l.start()
	l.up("broker", 30*time.Second)

	h := &heard{all: map[string]result{}}
	plc := paho.NewClient(paho.NewClientOptions().AddBroker(fmt.Sprintf("tcp://127.0.0.1:%d", b.port)).SetClientID("plc").
		SetAutoReconnect(true).SetMaxReconnectInterval(500 * time.Millisecond).
		SetOnConnectHandler(func(c paho.Client) { c.Subscribe("to/#", 1, h.note) }))
	if token := plc.Connect(); !token.WaitTimeout(10*time.Second) || token.Error() != nil {
		t.Fatal(token.Error())
	}
	defer plc.Disconnect(100)
	for _, v := range []string{"50", "99", "50"} {
		if token := plc.Publish("level", 1, false, v); !token.WaitTimeout(10*time.Second) || token.Error() != nil {
			t.Fatal(token.Error())
		}
		time.Sleep(300 * time.Millisecond)
	}
	item := h.wait(t, "the PLC hears of the item", func(r result) bool { return r.Event == "item" && r.Verdict == "not_ok" })
	h.wait(t, "the PLC hears that it is final", func(r result) bool { return r.Item == item.Item && r.Final })

	b.stop(syscall.SIGKILL)
	anna := signIn(t, l.url, "anna", "anna-password")
	draft := map[string]any{"verdict": "ok", "parent": 0, "taxonomy": 1}
	if err := anna.send(http.MethodPost, "/api/v1/items/"+item.Item+"/labels", draft, http.Header{"Idempotency-Key": {"k1"}}, nil); err != nil {
		t.Fatal(err)
	}
	l.crash()
	if waiting := sum(l.metrics(), "edgelabel_results_published_total", `"mes"`); waiting != 0 {
		t.Errorf("%.0f published without a broker", waiting)
	}
	b.start()
	verdict := h.wait(t, "the PLC hears the verdict", func(r result) bool { return r.Event == "verdict" })
	if verdict.Item != item.Item || verdict.Verdict != "ok" {
		t.Errorf("verdict %+v of item %+v", verdict, item)
	}
}
