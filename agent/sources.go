package agent

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"time"

	"edgelabel/agent/config"
	"edgelabel/collectors"
	"edgelabel/collectors/mqtt"
	"edgelabel/collectors/opcua"
	"edgelabel/collectors/sparkplug"
	"edgelabel/collectors/timestamp"
)

// source is one way in: a collector with its status. A camera whose images only come over HTTP or MQTT has no collector of its own.
type source struct {
	kind      string // opcua, mqtt, camera
	collector collectors.Collector
	status    *collectors.Status
}

func (a *Agent) newSources() ([]source, error) {
	var all []source
	add := func(kind string, name string, c collectors.Collector) {
		status := collectors.NewStatus(name, a.opt.Now)
		if c == nil {
			status.Up() // nothing to connect: others come to us
		}
		all = append(all, source{kind, c, status})
	}
	for _, o := range a.cfg.OPCUA {
		c, err := opcua.New(a.opcua(o))
		if err != nil {
			return nil, err
		}
		add("opcua", o.Name, c)
	}
	for _, m := range a.cfg.MQTT {
		c, err := mqtt.New(a.mqtt(m))
		if err != nil {
			return nil, err
		}
		add("mqtt", m.Name, c)
	}
	for _, s := range a.cfg.Sparkplug {
		c, err := sparkplug.New(a.sparkplug(s))
		if err != nil {
			return nil, err
		}
		add("sparkplug", s.Name, c)
	}
	statuses := map[string]*collectors.Status{}
	for _, c := range a.cfg.Cameras {
		collector, err := a.camera(c)
		if err != nil {
			return nil, err
		}
		add("camera", c.Name, collector)
		statuses[c.Name] = all[len(all)-1].status
	}
	receiver, err := a.ftp(statuses)
	if err != nil {
		return nil, err
	}
	if receiver != nil {
		add("ftp", config.FTPSource, receiver)
	}
	return all, nil
}

func (a *Agent) supervise(ctx context.Context, s source) error {
	o := collectors.Options{Now: a.opt.Now, Log: a.opt.Log}
	switch s.kind {
	case "opcua":
		o.Max = opcuaPatience
	case "camera":
		o.Max = cameraPatience
	}
	return collectors.Supervise(ctx, s.collector, a.sink(), s.status, o)
}

func (a *Agent) mqtt(m config.MQTT) mqtt.Config {
	topics := make([]mqtt.Topic, len(m.Topics))
	for i, t := range m.Topics {
		topics[i] = topic(t)
	}
	return mqtt.Config{
		Name: m.Name, URL: m.URL, ClientID: cmp.Or(m.ClientID, fmt.Sprintf("edgelabel-%s-%s", a.cfg.Gateway.ID, m.Name)),
		User: m.User, Password: m.Password.Reveal(),
		TLS: mqtt.TLS{
			CAFile: m.TLS.CA, CertFile: m.TLS.Cert, KeyFile: m.TLS.Key, ServerName: m.TLS.ServerName,
			InsecureSkipVerify: m.TLS.AllowInsecure, AllowInsecure: m.TLS.AllowInsecure,
		},
		KeepAlive: time.Duration(m.KeepAlive), MaxPayload: int(m.MaxPayload), AcceptRetained: m.AcceptRetained, Topics: topics,
		Kind: kinds(a.tags), StateDir: filepath.Join(a.cfg.Data.Dir, "mqtt"), DeadDir: a.deadLetters(m), DeadBytes: int64(m.DeadLetters), Now: a.opt.Now, Log: a.opt.Log,
	}
}

// deadLetters is the folder for messages of a source that cannot be decoded; empty keeps none.
func (a *Agent) deadLetters(m config.MQTT) string {
	if m.DeadLetters == 0 {
		return ""
	}
	return filepath.Join(a.cfg.Data.Dir, "mqtt", "dead", m.Name)
}

func (a *Agent) sparkplug(s config.Sparkplug) sparkplug.Config {
	out := sparkplug.Config{MQTT: a.mqtt(s.Broker()), HostID: s.HostID}
	for _, m := range s.Metrics {
		out.Metrics = append(out.Metrics, sparkplug.Metric{
			Tag: m.Tag, Group: m.Group, Node: m.Node, Device: m.Device, Metric: m.Metric, Column: m.Column, TimeColumn: m.TimeColumn,
		})
	}
	return out
}

func topic(t config.Topic) mqtt.Topic {
	out := mqtt.Topic{
		Filter: t.Filter, QoS: t.QoS, Payload: mqtt.Payload(t.Payload), Tag: t.Tag, Value: t.Value, Time: t.Time, Quality: t.Quality,
		Camera: t.Camera, Part: t.Part, Each: t.Each, Header: t.Header, Separator: t.Separator, Beside: mqtt.Beside(t.Beside),
	}
	if t.TimeAs != "auto" {
		out.TimeFormat = timestamp.Format(t.TimeAs)
	}
	for _, f := range t.Fields {
		out.Fields = append(out.Fields, mqtt.Field{Path: f.Path, Tag: f.Tag, Optional: f.Optional})
	}
	return out
}
