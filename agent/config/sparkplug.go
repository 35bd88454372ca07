package config

import (
	"fmt"
	"strings"

	"edgelabel/collectors/mqtt"
	"edgelabel/collectors/sparkplug"
)

// Sparkplug is a host application at one broker.
type Sparkplug struct {
	Name       string            `yaml:"name"`
	URL        string            `yaml:"url"`
	ClientID   string            `yaml:"client_id"`
	User       string            `yaml:"user"`
	Password   Secret            `yaml:"password"`
	TLS        MQTTTLS           `yaml:"tls"`
	KeepAlive  Duration          `yaml:"keep_alive"`
	MaxPayload ByteSize          `yaml:"max_payload"`
	Clock      Clock             `yaml:"clock"`
	HostID     string            `yaml:"host_id"`
	Metrics    []SparkplugMetric `yaml:"metrics"`
}

func (s *Sparkplug) setDefaults() {
	*s = Sparkplug{KeepAlive: Duration(mqtt.DefaultKeepAlive), MaxPayload: mqtt.DefaultMaxPayload}
}

// Broker is the connection alone.
func (s Sparkplug) Broker() MQTT {
	return MQTT{
		Name: s.Name, URL: s.URL, ClientID: s.ClientID, User: s.User, Password: s.Password, TLS: s.TLS,
		KeepAlive: s.KeepAlive, MaxPayload: s.MaxPayload, DeadLetters: mqtt.DefaultDeadBytes, Clock: s.Clock,
	}
}

// SparkplugMetric maps metrics of edge nodes to tags.
type SparkplugMetric struct {
	Tag        string `yaml:"tag"`
	Group      string `yaml:"group"`
	Node       string `yaml:"node"`
	Device     string `yaml:"device"`
	Metric     string `yaml:"metric"`
	Column     string `yaml:"column"`
	TimeColumn string `yaml:"time_column"`
}

func (v *validator) sparkplug(path string, s *Sparkplug) {
	b := s.Broker()
	v.broker(path, &b)
	if strings.ContainsAny(s.HostID, "/+#") {
		v.wrong(path+".host_id", "%q: want no / + or #", s.HostID)
	}
	if len(s.Metrics) == 0 {
		v.wrong(path+".metrics", "want at least one metric")
	}
	for i, m := range s.Metrics {
		v.sparkplugMetric(fmt.Sprintf("%s.metrics[%d]", path, i), m)
	}
}

func (v *validator) sparkplugMetric(path string, m SparkplugMetric) {
	v.literal(path+".tag", m.Tag)
	if m.Group == "" || m.Node == "" || m.Metric == "" {
		v.wrong(path, "want group, node and metric; + stands for any")
	}
	for key, name := range map[string]string{"group": m.Group, "node": m.Node, "device": m.Device} {
		if name != sparkplug.Any && strings.ContainsAny(name, "/+#") {
			v.wrong(path+"."+key, "%q: want a name without / + and #, or + alone", name)
		}
	}
}
