package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"edgelabel/agent"
	"edgelabel/agent/config"
	"edgelabel/ui/auth"
)

// softMemory is what the collector of garbage aims to stay below, so that the agent lives beside others in 1 GB. GOMEMLIMIT overrides it.
const softMemory = 400 << 20 // bytes

// garbage is how much of what is in use may lie about before it is collected, in percent: a third of Go's default costs little where samples
// come and go evenly, and a gateway with a thousand signals stays tens of MB smaller. GOGC overrides it.
const garbage = 35

func runAgent(ctx context.Context, w world, args []string) error {
	cfg, _, err := loadConfig(flag.NewFlagSet("run", flag.ContinueOnError), args, w)
	if err != nil {
		return err
	}
	boundMemory()
	log := logger(w.stderr, cfg.Log)
	a, err := agent.New(cfg, agent.Options{Version: version, Log: log, Now: time.Now, Probe: probeInChild})
	if err != nil {
		return err
	}
	for _, note := range append(advice(cfg), nobody(cfg.Data.Dir)...) {
		log.Warn("configuration", "note", note)
	}
	return a.Run(ctx, func() { fmt.Fprintln(w.stdout, "ready", a.URL()) })
}

// nobody is what to do where no person may sign in yet.
func nobody(dir string) []string {
	if people, err := (&auth.Users{Dir: dir}).List(); err != nil || len(people) > 0 {
		return nil // a list that cannot be read is said when somebody signs in
	}
	return []string{"nobody may sign in yet: edgelabel user add ID -d " + dir}
}

// loadConfig reads the file of -c, the only argument beside the flags that the caller has added.
func loadConfig(f *flag.FlagSet, args []string, w world) (cfg *config.Config, file string, err error) {
	f.StringVar(&file, "c", "", "configuration file")
	rest, err := parse(f, args, w)
	if err != nil {
		return nil, "", err
	}
	if file == "" || len(rest) > 0 {
		return nil, "", misused("want -c FILE and nothing else")
	}
	cfg, err = config.Load(file)
	return cfg, file, err
}

func boundMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
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
