package agent

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/results"
	"edgelabel/collectors/mqtt"
	"edgelabel/store"
	"edgelabel/ui"
)

var (
	_ results.Outbox = (*store.Store)(nil)
	_ results.Items  = (*store.Store)(nil)
)

// newResults makes a forwarder for each of those who are told of items and verdicts.
func (a *Agent) newResults(hints []chan struct{}) error {
	for i, r := range a.cfg.Results {
		to, err := a.sender(r)
		if err != nil {
			return err
		}
		cfg := results.Config{
			Name: r.Name, Gateway: a.cfg.Gateway.ID, Topic: r.Topic, Retain: r.Retain, MaxAge: time.Duration(r.MaxAge),
			Outbox: a.store, Items: a.store, Publisher: publisher{to}, Hint: hints[i], Now: a.opt.Now, Log: a.opt.Log,
		}
		for _, e := range r.Events {
			cfg.Events = append(cfg.Events, results.Event(e))
		}
		f, err := results.New(cfg)
		if err != nil {
			return err
		}
		a.results = append(a.results, f)
	}
	return nil
}

func (a *Agent) sender(r config.Results) (*mqtt.Sender, error) {
	c := a.sources.Broker(r.Broker())
	c.ClientID = cmp.Or(r.ClientID, fmt.Sprintf("edgelabel-%s-results-%s", a.cfg.Gateway.ID, r.Name))
	return mqtt.NewSender(c)
}

// probeResults connects once, under a client id of its own: the running agent keeps its connection.
func (a *Agent) probeResults(ctx context.Context, r config.Results) error {
	r.ClientID = cmp.Or(r.ClientID, "edgelabel-"+a.cfg.Gateway.ID+"-"+r.Name) + "-probe"
	to, err := a.sender(r)
	if err != nil {
		return err
	}
	defer to.Close()
	return to.Send(ctx, nil)
}

// consumers are the names under which the store keeps what waits.
func consumers(cfg *config.Config) []string {
	var names []string
	for _, r := range cfg.Results {
		names = append(names, r.Name)
	}
	return names
}

// publisher sends results over MQTT.
type publisher struct{ *mqtt.Sender }

// Send implements results.Publisher.
func (p publisher) Send(ctx context.Context, all []results.Publication) error {
	out := make([]mqtt.Publication, len(all))
	for i, m := range all {
		out[i] = mqtt.Publication{Topic: m.Topic, Payload: m.Payload, Retain: m.Retain}
	}
	return p.Sender.Send(ctx, out)
}

// resultsStatus is what the status page says about who is told of results.
func resultsStatus(s results.Status) ui.Target {
	state := map[results.State]string{results.Idle: "idle", results.Sending: "uploading", results.Waiting: "waiting"}[s.State]
	return ui.Target{Name: s.Name, Kind: "mqtt", State: state, Since: s.Since, Error: s.Error, Pending: s.Pending, Oldest: s.Oldest, LastSync: s.Last}
}

func (a *Agent) resultsMetrics(w io.Writer) {
	m := exposition{w}
	for _, f := range a.results {
		s := f.Status()
		on := labels("consumer", s.Name)
		m.gauge("results_pending", on, float64(s.Pending))
		m.counter("results_published_total", on, s.Published)
		m.counter("results_dropped_total", labels("consumer", s.Name, "reason", "expired"), s.Expired)
		m.counter("results_dropped_total", labels("consumer", s.Name, "reason", "gone"), s.Gone)
		m.counter("results_failures_total", on, s.Failures)
		m.gauge("results_last_seconds", on, float64(s.Last)/1e9)
	}
}
