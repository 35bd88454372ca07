//go:build e2e

package e2e_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// publisher sends numbered messages at QoS 1, ten a second if not told otherwise, and knows which of them the broker acknowledged.
type publisher struct {
	client paho.Client
	topic  string
	every  time.Duration

	mu    sync.Mutex
	acked []float64
	at    []int64 // UTC ns, source time of each
}

func newPublisher(t *testing.T, b *broker, topic string) *publisher {
	t.Helper()
	o := paho.NewClientOptions().AddBroker(fmt.Sprintf("ssl://127.0.0.1:%d", b.port)).SetClientID("publisher-" + topic).
		SetUsername("agent").SetPassword("s3cret").SetTLSConfig(&tls.Config{InsecureSkipVerify: true}).
		SetCleanSession(false).SetAutoReconnect(true).SetMaxReconnectInterval(time.Second).SetConnectRetry(true).SetConnectRetryInterval(time.Second)
	p := &publisher{client: paho.NewClient(o), topic: topic, every: 100 * time.Millisecond}
	if token := p.client.Connect(); !token.WaitTimeout(10*time.Second) || token.Error() != nil {
		t.Fatalf("publisher: %v", token.Error())
	}
	t.Cleanup(func() { p.client.Disconnect(100) })
	return p
}

// run sends until ctx ends. A number that was not acknowledged is sent again, as the same message.
func (p *publisher) run(ctx context.Context) {
	tick := time.NewTicker(p.every)
	defer tick.Stop()
	for n := 1.0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		at := time.Now().UnixMilli()
		message, err := json.Marshal(map[string]any{"v": n, "t": at})
		if err != nil {
			panic(err)
		}
		for ctx.Err() == nil && !p.send(message) {
			time.Sleep(200 * time.Millisecond)
		}
		if ctx.Err() == nil {
			p.mu.Lock()
			p.acked, p.at = append(p.acked, n), append(p.at, at*int64(time.Millisecond))
			p.mu.Unlock()
		}
	}
}

func (p *publisher) send(message []byte) bool {
	if !p.client.IsConnectionOpen() {
		return false
	}
	token := p.client.Publish(p.topic, 1, false, message)
	return token.WaitTimeout(3*time.Second) && token.Error() == nil
}

func (p *publisher) sent() []float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]float64(nil), p.acked...)
}

// when gives the source time of each acknowledged message.
func (p *publisher) when() map[float64]int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make(map[float64]int64, len(p.acked))
	for i, n := range p.acked {
		all[n] = p.at[i]
	}
	return all
}
