package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"

	"edgelabel/agent/config"
	"edgelabel/collectors/opcua"
)

// runBrowse walks an OPC UA server and prints what it has as a configuration.
func runBrowse(ctx context.Context, w world, args []string) error {
	f := flag.NewFlagSet("browse", flag.ContinueOnError)
	var b browseFlags
	b.define(f)
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return misused("want the server's address, opc.tcp://host:port/path")
	}
	cfg, err := b.config(rest[0])
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w.stdout)
	page := newNodesPage(out, cfg, b)
	walked, err := opcua.Browse(ctx, cfg, opcua.BrowseOptions{Paths: rest[1:], MaxNodes: b.maxNodes}, page.add)
	err = errors.Join(err, owned(filepath.Dir(b.pki), filepath.Base(b.pki)))
	if walked.Variables > 0 {
		err = errors.Join(err, page.finish())
	}
	if err = errors.Join(err, out.Flush()); err != nil {
		return err
	}
	fmt.Fprintf(w.stderr, "%d nodes met, %d tags written, %d variables left out (marked in the output), %d nodes not shown by the server\n",
		walked.Nodes, page.written, walked.Variables-page.written, walked.Refused)
	if walked.Variables == 0 {
		return errors.New("no variable found; browse without paths shows what there is")
	}
	return nil
}

// browseFlags are the keys of an OPC UA source as flags.
type browseFlags struct {
	name, policy, mode, trust, serverCert, user, password, pki string
	allowInsecure                                              bool
	maxNodes                                                   int
}

func (b *browseFlags) define(f *flag.FlagSet) {
	f.StringVar(&b.name, "name", "", "name of the source; default: the server's host")
	f.StringVar(&b.policy, "policy", opcua.Auto, "security policy as in the configuration")
	f.StringVar(&b.mode, "mode", opcua.Auto, "security mode as in the configuration")
	f.StringVar(&b.trust, "trust", opcua.FirstUse, "first-use or strict")
	f.BoolVar(&b.allowInsecure, "allow-insecure", false, "allow None")
	f.StringVar(&b.serverCert, "server-cert", "", "file with the only certificate to accept")
	f.StringVar(&b.user, "user", "", "user; default: anonymous")
	f.StringVar(&b.password, "password", "", "${ENVIRONMENT_VARIABLE}, file:/path or plain text")
	f.StringVar(&b.pki, "pki", filepath.Join("edgelabel-data", "pki"), "folder of certificates: pki in the agent's data directory")
	f.IntVar(&b.maxNodes, "max-nodes", opcua.DefaultMaxNodes, "nodes to go through at most")
}

func (b *browseFlags) config(address string) (opcua.Config, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "opc.tcp" || u.Hostname() == "" {
		return opcua.Config{}, misused("%q: want opc.tcp://host:port/path", address)
	}
	if u.Port() == "" {
		u.Host += ":4840"
	}
	if b.maxNodes < 1 {
		return opcua.Config{}, misused("--max-nodes: want at least 1")
	}
	password, err := config.ParseSecret(b.password)
	if err != nil {
		return opcua.Config{}, fmt.Errorf("--password: %w", err)
	}
	if b.name == "" {
		b.name = tagID(strings.Split(u.Hostname(), "."))
	}
	return opcua.Config{
		Name: b.name, Endpoint: u.String(), Policy: b.policy, Mode: b.mode, AllowInsecure: b.allowInsecure, Trust: b.trust,
		ServerCert: b.serverCert, User: b.user, Password: password.Reveal(), PKI: b.pki, Log: slog.New(slog.DiscardHandler),
	}, nil
}
