package sources

import (
	"cmp"
	"fmt"
	"path/filepath"
	"time"

	"edgelabel/agent/config"
	"edgelabel/collectors/mqtt"
	"edgelabel/collectors/sparkplug"
	"edgelabel/collectors/timestamp"
)

// Broker is how a broker is spoken to, by who reads from it and by who writes to it.
func (s *Sources) Broker(m config.MQTT) mqtt.Config {
	topics := make([]mqtt.Topic, len(m.Topics))
	for i, t := range m.Topics {
		topics[i] = topic(t)
	}
	return mqtt.Config{
		Name: m.Name, URL: m.URL, ClientID: cmp.Or(m.ClientID, fmt.Sprintf("edgelabel-%s-%s", s.cfg.Gateway.ID, m.Name)),
		User: m.User, Password: m.Password.Reveal(),
		TLS: mqtt.TLS{
			CAFile: m.TLS.CA, CertFile: m.TLS.Cert, KeyFile: m.TLS.Key, ServerName: m.TLS.ServerName,
			InsecureSkipVerify: m.TLS.AllowInsecure, AllowInsecure: m.TLS.AllowInsecure,
		},
		KeepAlive: time.Duration(m.KeepAlive), MaxPayload: int(m.MaxPayload), AcceptRetained: m.AcceptRetained, Topics: topics,
		Kind: s.kinds(), StateDir: filepath.Join(s.cfg.Data.Dir, "mqtt"), DeadDir: s.deadLetters(m), DeadBytes: int64(m.DeadLetters),
		Now: s.opt.Now, Log: s.opt.Log,
	}
}

// deadLetters is the folder for messages of a source that cannot be decoded; empty keeps none.
func (s *Sources) deadLetters(m config.MQTT) string {
	if m.DeadLetters == 0 {
		return ""
	}
	return filepath.Join(s.cfg.Data.Dir, "mqtt", "dead", m.Name)
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

func (s *Sources) sparkplug(p config.Sparkplug) sparkplug.Config {
	out := sparkplug.Config{MQTT: s.Broker(p.Broker()), HostID: p.HostID}
	for _, m := range p.Metrics {
		out.Metrics = append(out.Metrics, sparkplug.Metric{
			Tag: m.Tag, Group: m.Group, Node: m.Node, Device: m.Device, Metric: m.Metric, Column: m.Column, TimeColumn: m.TimeColumn,
		})
	}
	return out
}
