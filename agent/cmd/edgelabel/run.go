package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"time"

	"edgelabel/agent"
	"edgelabel/agent/config"
)

func runAgent(ctx context.Context, w world, args []string) error {
	f := flag.NewFlagSet("run", flag.ContinueOnError)
	file := f.String("c", "", "configuration file")
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if *file == "" || len(rest) > 0 {
		return misused("want -c FILE and nothing else")
	}
	cfg, err := config.Load(*file)
	if err != nil {
		return err
	}
	a, err := agent.New(cfg, agent.Options{Version: version, Log: logger(w.stderr, cfg.Log), Now: time.Now, Probe: probeInChild})
	if err != nil {
		return err
	}
	return a.Run(ctx, func() { fmt.Fprintln(w.stdout, "ready", a.URL()) })
}

func logger(w io.Writer, l config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.Level)); err != nil {
		level = slog.LevelInfo // config.Parse lets only known levels through
	}
	options := &slog.HandlerOptions{Level: level}
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
