package config

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"edgelabel/collectors/opcua"
)

// OPCUA is one OPC UA server.
type OPCUA struct {
	Name       string       `yaml:"name"`
	Endpoint   string       `yaml:"endpoint"`
	Security   Security     `yaml:"security"`
	User       string       `yaml:"user"`
	Password   Secret       `yaml:"password"`
	UserCert   string       `yaml:"user_cert"`
	UserKey    string       `yaml:"user_key"`
	Publish    Duration     `yaml:"publish"`
	Sampling   Duration     `yaml:"sampling"`
	Queue      int          `yaml:"queue"`
	Poll       Duration     `yaml:"poll"`
	Heartbeat  Duration     `yaml:"heartbeat"`
	Backfill   bool         `yaml:"backfill"`
	Clock      Clock        `yaml:"clock"`
	Groups     []OPCUAGroup `yaml:"groups"`
	Nodes      []Node       `yaml:"nodes"`
	MaxMatches int          `yaml:"max_matches"`
	Events     []OPCUAEvent `yaml:"events"`
}

func (o *OPCUA) setDefaults() {
	*o = OPCUA{
		Security: Security{Policy: opcua.Auto, Mode: opcua.Auto, Trust: opcua.FirstUse},
		Publish:  Duration(opcua.DefaultPublishInterval), Sampling: Duration(opcua.DefaultSamplingInterval),
		Heartbeat: Duration(opcua.DefaultHeartbeat), Backfill: true, MaxMatches: opcua.DefaultMaxMatches,
	}
}

// Security is how an OPC UA connection is protected.
type Security struct {
	Policy        string `yaml:"policy"`
	Mode          string `yaml:"mode"`
	AllowInsecure bool   `yaml:"allow_insecure"`
	Trust         string `yaml:"trust"`
	ServerCert    string `yaml:"server_cert"` // empty: Trust says how one is chosen
}

// OPCUAGroup is another way to read some of a server's nodes.
type OPCUAGroup struct {
	Name            string   `yaml:"name"`
	Publish         Duration `yaml:"publish"`
	Sampling        Duration `yaml:"sampling"`
	Queue           int      `yaml:"queue"`
	Discard         string   `yaml:"discard"`
	Deadband        float64  `yaml:"deadband"`
	DeadbandPercent float64  `yaml:"deadband_percent"`
	Poll            Duration `yaml:"poll"`
}

func (g *OPCUAGroup) setDefaults() { *g = OPCUAGroup{Discard: discardOldest} }

const discardOldest, discardNewest = "oldest", "newest"

// Node is one variable of an OPC UA server, or all that a path matches.
type Node struct {
	Tag      string   `yaml:"tag"`
	Node     string   `yaml:"node"`
	Path     string   `yaml:"path"`
	Group    string   `yaml:"group"`
	Sampling Duration `yaml:"sampling"`
}

// OPCUAEvent makes samples of a server's events.
type OPCUAEvent struct {
	Tag         string   `yaml:"tag"`
	Text        string   `yaml:"text"`
	Notifier    string   `yaml:"notifier"`
	Sources     []string `yaml:"sources"`
	MinSeverity int      `yaml:"min_severity"`
}

// DiscardsNewest tells what goes when the server's queue is full.
func (g OPCUAGroup) DiscardsNewest() bool { return g.Discard == discardNewest }

func (v *validator) opcua(path string, o *OPCUA) {
	v.id(path+".name", o.Name)
	v.unique("source", path+".name", o.Name)
	if u, err := url.Parse(o.Endpoint); err != nil || u.Scheme != "opc.tcp" || u.Host == "" {
		v.wrong(path+".endpoint", "%q: want opc.tcp://host:port/path", o.Endpoint)
	}
	v.opcuaSecurity(path, o)
	v.positive(path+".publish", float64(o.Publish))
	v.positive(path+".sampling", float64(o.Sampling))
	v.positive(path+".max_matches", float64(o.MaxMatches))
	if o.Queue < 0 || o.Poll < 0 {
		v.wrong(path, "queue and poll: want zero or more")
	}
	v.positive(path+".heartbeat", float64(o.Heartbeat))
	if len(o.Nodes)+len(o.Events) == 0 {
		v.wrong(path+".nodes", "want at least one node or event")
	}
	for i := range o.Groups {
		v.opcuaGroup(fmt.Sprintf("%s.groups[%d]", path, i), path, &o.Groups[i])
	}
	for i, n := range o.Nodes {
		v.opcuaNode(fmt.Sprintf("%s.nodes[%d]", path, i), path, n)
	}
	for i, e := range o.Events {
		v.opcuaEvent(fmt.Sprintf("%s.events[%d]", path, i), e)
	}
}

func (v *validator) opcuaSecurity(path string, o *OPCUA) {
	policies := []string{"auto", "None", "Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"}
	v.oneOf(path+".security.policy", o.Security.Policy, policies...)
	v.oneOf(path+".security.mode", o.Security.Mode, "auto", "None", "Sign", "SignAndEncrypt")
	v.oneOf(path+".security.trust", o.Security.Trust, opcua.FirstUse, opcua.Strict)
	insecure := o.Security.Policy == "None" || o.Security.Mode == "None"
	if insecure && !o.Security.AllowInsecure {
		v.wrong(path+".security", "a connection without security wants allow_insecure: true")
	}
	v.file(path+".security.server_cert", o.Security.ServerCert)
	v.file(path+".user_cert", o.UserCert)
	v.file(path+".user_key", o.UserKey)
	if (o.UserCert == "") != (o.UserKey == "") {
		v.wrong(path, "user_cert and user_key go together")
	}
	if o.UserCert != "" && o.User != "" {
		v.wrong(path+".user_cert", "want either a user with a password or a user certificate")
	}
}

func (v *validator) opcuaGroup(path, source string, g *OPCUAGroup) {
	v.id(path+".name", g.Name)
	v.unique("group of "+source, path+".name", g.Name)
	v.oneOf(path+".discard", g.Discard, discardOldest, discardNewest)
	if g.Publish < 0 || g.Sampling < 0 || g.Poll < 0 || g.Queue < 0 || g.Deadband < 0 {
		v.wrong(path, "publish, sampling, queue, deadband and poll: want zero or more")
	}
	if g.DeadbandPercent < 0 || g.DeadbandPercent > 100 {
		v.wrong(path+".deadband_percent", "%g: want 0 to 100", g.DeadbandPercent)
	}
	if g.Deadband != 0 && g.DeadbandPercent != 0 {
		v.wrong(path, "want either deadband or deadband_percent")
	}
	if g.Poll > 0 && (g.Deadband != 0 || g.DeadbandPercent != 0 || g.Discard != discardOldest) {
		v.wrong(path+".poll", "deadbands and discard need a subscription; polling has neither")
	}
}

func (v *validator) opcuaNode(where, source string, n Node) {
	if n.Group != "" {
		v.known("group of "+source, where+".group", n.Group)
	}
	if n.Sampling < 0 {
		v.wrong(where+".sampling", "want zero or more")
	}
	switch {
	case n.Tag == "":
		v.wrong(where+".tag", "want a tag")
	case n.Path != "" && strings.Contains(n.Tag, "{"): // known when the server was asked
	case v.known("tag", where+".tag", n.Tag):
		v.unique("source of tag", where+".tag", n.Tag)
	}
	switch {
	case n.Path != "" && n.Node != "":
		v.wrong(where, "want either node or path")
	case n.Path == "" && !strings.Contains(n.Node, "="):
		v.wrong(where+".node", "%q: want nsu=URI;s=NAME, ns=2;s=NAME or ns=2;i=1001", n.Node)
	case n.Path != "" && strings.ContainsAny(n.Path, "*?[") && !strings.Contains(n.Tag, "{"):
		v.wrong(where+".tag", "a path with *, ? or [ ] may match several nodes: want {name} or {0}, {1} … in the tag")
	}
}

func (v *validator) opcuaEvent(where string, e OPCUAEvent) {
	for key, tag := range map[string]string{"tag": e.Tag, "text": e.Text} {
		if tag != "" && v.known("tag", where+"."+key, tag) {
			v.unique("source of tag", where+"."+key, tag)
		}
	}
	if e.Tag == "" && e.Text == "" {
		v.wrong(where, "want a tag for the severity or one for the text")
	}
	if e.MinSeverity < 0 || e.MinSeverity > 1000 {
		v.wrong(where+".min_severity", "%d: want 0 to 1000", e.MinSeverity)
	}
	if e.Notifier != "" && !strings.Contains(e.Notifier, "=") {
		v.wrong(where+".notifier", "%q: want nsu=URI;s=NAME, ns=2;s=NAME or i=2253", e.Notifier)
	}
	if bad := slices.IndexFunc(e.Sources, func(s string) bool { _, err := path.Match(s, ""); return err != nil }); bad >= 0 {
		v.wrong(where+".sources", "%q: want a name with *, ? or [a-c]", e.Sources[bad])
	}
}

// eventKinds holds the tags of events to what they carry.
func (v *validator) eventKinds(c *Config) {
	kind := map[string]string{}
	for _, t := range c.Tags {
		kind[t.ID] = t.Kind
	}
	for i, o := range c.OPCUA {
		for k, e := range o.Events {
			where := fmt.Sprintf("opcua[%d].events[%d]", i, k)
			if got, ok := kind[e.Tag]; ok && got != "number" {
				v.wrong(where+".tag", "tag %s is %s; a severity wants a number", e.Tag, got)
			}
			if got, ok := kind[e.Text]; ok && got != "text" {
				v.wrong(where+".text", "tag %s is %s; what happened wants kind: text", e.Text, got)
			}
		}
	}
}
