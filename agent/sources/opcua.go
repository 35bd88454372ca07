package sources

import (
	"path/filepath"
	"time"

	"edgelabel/agent/config"
	"edgelabel/collectors/opcua"
)

// opcuaPatience is the longest wait between two attempts: a controller that is back is read again within ten seconds.
const opcuaPatience = 5 * time.Second

func (s *Sources) opcua(o config.OPCUA) opcua.Config {
	return opcua.Config{
		Name: o.Name, Endpoint: o.Endpoint, Policy: o.Security.Policy, Mode: o.Security.Mode, AllowInsecure: o.Security.AllowInsecure,
		User: o.User, Password: o.Password.Reveal(), UserCert: o.UserCert, UserKey: o.UserKey, PKI: s.pki(), Trust: o.Security.Trust,
		ServerCert:      o.Security.ServerCert,
		PublishInterval: time.Duration(o.Publish), SamplingInterval: time.Duration(o.Sampling), QueueSize: uint32(o.Queue),
		Poll: time.Duration(o.Poll), Groups: opcuaGroups(o), Nodes: s.opcuaNodes(o), MaxMatches: o.MaxMatches, Events: opcuaEvents(o),
		Heartbeat: time.Duration(o.Heartbeat), Backfill: o.Backfill, StateDir: filepath.Join(s.cfg.Data.Dir, "opcua"),
		Kind: s.kinds(), LastSeen: s.opt.LastSeen, Now: s.opt.Now, Log: s.opt.Log,
	}
}

func (s *Sources) opcuaNodes(o config.OPCUA) []opcua.Node {
	kind := s.kinds()
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
