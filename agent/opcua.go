package agent

import (
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"edgelabel/agent/config"
	"edgelabel/collectors/opcua"
)

// opcuaPatience is the longest wait between two attempts: a controller that is back is read again within ten seconds.
const opcuaPatience = 5 * time.Second

func (a *Agent) opcua(o config.OPCUA) opcua.Config {
	return opcua.Config{
		Name: o.Name, Endpoint: o.Endpoint, Policy: o.Security.Policy, Mode: o.Security.Mode, AllowInsecure: o.Security.AllowInsecure,
		User: o.User, Password: o.Password.Reveal(), UserCert: o.UserCert, UserKey: o.UserKey, PKI: a.pki(), Trust: o.Security.Trust,
		ServerCert:      o.Security.ServerCert,
		PublishInterval: time.Duration(o.Publish), SamplingInterval: time.Duration(o.Sampling), QueueSize: uint32(o.Queue),
		Poll: time.Duration(o.Poll), Groups: opcuaGroups(o), Nodes: a.opcuaNodes(o), MaxMatches: o.MaxMatches, Events: opcuaEvents(o),
		Heartbeat: time.Duration(o.Heartbeat), Backfill: o.Backfill, StateDir: filepath.Join(a.cfg.Data.Dir, "opcua"),
		Kind: kinds(a.tags), LastSeen: a.lastSeen, Now: a.opt.Now, Log: a.opt.Log,
	}
}

func (a *Agent) opcuaNodes(o config.OPCUA) []opcua.Node {
	kind := kinds(a.tags)
	nodes := make([]opcua.Node, len(o.Nodes))
	for i, n := range o.Nodes {
		k, _ := kind(n.Tag) // of a template the collector asks when it knows the tag
		nodes[i] = opcua.Node{Tag: n.Tag, NodeID: n.Node, Path: n.Path, Group: n.Group, Kind: k, SamplingInterval: time.Duration(n.Sampling)}
	}
	return nodes
}

func opcuaGroups(o config.OPCUA) []opcua.Group {
	var all []opcua.Group
	for _, g := range o.Groups {
		out := opcua.Group{
			Name: g.Name, Publish: time.Duration(g.Publish), Sampling: time.Duration(g.Sampling), Queue: uint32(g.Queue),
			DiscardNewest: g.DiscardsNewest(), Deadband: opcua.Deadband{Value: g.Deadband}, Poll: time.Duration(g.Poll),
		}
		if g.DeadbandPercent > 0 {
			out.Deadband = opcua.Deadband{Value: g.DeadbandPercent, Percent: true}
		}
		all = append(all, out)
	}
	return all
}

func opcuaEvents(o config.OPCUA) []opcua.Event {
	var all []opcua.Event
	for _, e := range o.Events {
		all = append(all, opcua.Event{Tag: e.Tag, Text: e.Text, Notifier: e.Notifier, Sources: e.Sources, MinSeverity: e.MinSeverity})
	}
	return all
}

// opcuaTags notes which tags a server brings. What a template may stand for is taken for it, unless somebody else brings it.
func opcuaTags(from map[string]string, o config.OPCUA, tags []config.Tag) {
	for _, e := range o.Events {
		from[e.Tag], from[e.Text] = o.Name, o.Name
	}
	for _, n := range o.Nodes {
		if !strings.Contains(n.Tag, "{") {
			from[n.Tag] = o.Name
			continue
		}
		fits := likeTemplate(n.Tag)
		for _, t := range tags {
			if _, taken := from[t.ID]; !taken && fits.MatchString(t.ID) {
				from[t.ID] = o.Name
			}
		}
	}
}

// likeTemplate matches what a template of tags may become.
func likeTemplate(template string) *regexp.Regexp {
	var b strings.Builder
	for rest := template; rest != ""; {
		text, hole, found := strings.Cut(rest, "{")
		b.WriteString(regexp.QuoteMeta(text))
		if !found {
			break
		}
		_, rest, _ = strings.Cut(hole, "}")
		b.WriteString(".*")
	}
	return regexp.MustCompile("^" + b.String() + "$")
}

// lastSeen is the newest event time, UTC ns, that an earlier run stored of the tag; 0 when there is none.
func (a *Agent) lastSeen(tag string) int64 {
	s, ok := a.store.Latest(tag)
	if !ok {
		return 0
	}
	return s.Time()
}
