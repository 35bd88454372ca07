package config

import (
	"fmt"

	"edgelabel/agent/results"
	"edgelabel/collectors/mqtt"
)

// Results is one who is told of items and verdicts as they come: a line's PLC or MES, over an MQTT broker.
type Results struct {
	Name      string   `yaml:"name"`
	URL       string   `yaml:"url"`
	ClientID  string   `yaml:"client_id"`
	User      string   `yaml:"user"`
	Password  Secret   `yaml:"password"`
	TLS       MQTTTLS  `yaml:"tls"`
	KeepAlive Duration `yaml:"keep_alive"`
	Topic     string   `yaml:"topic"`
	Events    []string `yaml:"events"`
	Retain    bool     `yaml:"retain"`
	MaxAge    Duration `yaml:"max_age"`
}

func (r *Results) setDefaults() {
	*r = Results{KeepAlive: Duration(mqtt.DefaultKeepAlive), Topic: results.DefaultTopic, MaxAge: Duration(results.DefaultMaxAge)}
}

// Broker is the connection alone.
func (r Results) Broker() MQTT {
	return MQTT{
		Name: r.Name, URL: r.URL, ClientID: r.ClientID, User: r.User, Password: r.Password, TLS: r.TLS,
		KeepAlive: r.KeepAlive, MaxPayload: mqtt.DefaultMaxPayload,
	}
}

func (v *validator) results(path string, r *Results) {
	b := r.Broker()
	v.broker(path, &b)
	if err := results.CheckTopic(r.Topic); err != nil {
		v.wrong(path+".topic", "%v", err)
	}
	for i, e := range r.Events {
		v.oneOf(fmt.Sprintf("%s.events[%d]", path, i), e, string(results.ItemEvent), string(results.VerdictEvent))
	}
	v.positive(path+".max_age", float64(r.MaxAge))
}
