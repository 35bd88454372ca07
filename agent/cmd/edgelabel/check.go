package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"time"

	"edgelabel/agent"
	"edgelabel/agent/config"
)

// probeTime is the longest that one source or target may take to answer.
const probeTime = 20 * time.Second

func runCheck(ctx context.Context, w world, args []string) error {
	f := flag.NewFlagSet("check", flag.ContinueOnError)
	probe := f.Bool("probe", false, "also connect to each source and target")
	cfg, file, err := loadConfig(f, args, w)
	if err != nil {
		return err
	}
	if err := agent.Check(cfg, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	if *probe {
		if err := errors.Join(probeAll(ctx, w, cfg), owned(cfg.Data.Dir, "pki")); err != nil {
			return err
		}
	}
	for _, note := range advice(cfg) {
		fmt.Fprintf(w.stdout, "note: %s\n", note)
	}
	fmt.Fprintf(w.stdout, "%s: ok\n", file)
	return nil
}

// advice is what works, but not as a line wants it.
func advice(cfg *config.Config) (notes []string) {
	host, _, err := net.SplitHostPort(cfg.Web.Listen)
	if ip := net.ParseIP(host); err == nil && cfg.Web.TLS.Cert == "" && host != "localhost" && !ip.IsLoopback() {
		notes = append(notes, fmt.Sprintf("web.listen %s without web.tls: passwords and pictures travel in clear", cfg.Web.Listen))
	}
	return notes
}

func probeAll(ctx context.Context, w world, cfg *config.Config) error {
	probes, err := agent.Probes(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	failed := 0
	for _, p := range probes {
		limited, cancel := context.WithTimeout(ctx, probeTime)
		err := p.Try(limited)
		cancel()
		if err != nil {
			failed++
			fmt.Fprintf(w.stderr, "%s %s: %v\n", p.Kind, p.Name, err)
			continue
		}
		fmt.Fprintf(w.stdout, "%s %s: answers\n", p.Kind, p.Name)
	}
	if failed > 0 {
		return fmt.Errorf("%d of the sources and targets do not work", failed)
	}
	return nil
}
