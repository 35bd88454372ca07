package main

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"edgelabel/agent"
	"edgelabel/agent/config"
	"edgelabel/agent/demo"
	"edgelabel/ui/auth"

	"golang.org/x/sync/errgroup"
)

const (
	demoUser    = "inspector"
	demoSignIn  = 12 * time.Hour
	demoAddress = "127.0.0.1:8080"
)

// runDemo is the whole product on a simulated line. Without --dir everything is gone when it ends.
func runDemo(ctx context.Context, w world, args []string) error {
	f := flag.NewFlagSet("demo", flag.ContinueOnError)
	dir := f.String("dir", "", "folder to keep everything in; default: a temporary one")
	listen := f.String("listen", demoAddress, "address of the page")
	seed := f.Uint64("seed", uint64(time.Now().UnixNano()), "the same seed simulates the same day")
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return misused("no arguments but flags")
	}
	if *dir == "" {
		if *dir, err = os.MkdirTemp("", "edgelabel-demo-"); err != nil {
			return err
		}
		defer os.RemoveAll(*dir)
	}
	if *dir, err = filepath.Abs(*dir); err != nil {
		return err
	}
	return runDemoIn(ctx, w, *dir, *listen, *seed)
}

func runDemoIn(ctx context.Context, w world, dir, listen string, seed uint64) error {
	boundMemory()
	log.SetOutput(io.Discard) // the simulated PLC's library logs there
	quiet := slog.New(slog.NewTextHandler(w.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	line, err := demo.NewLine(time.Now(), seed, quiet)
	if err != nil {
		return err
	}
	bucket := filepath.Join(dir, "bucket")
	if err := os.MkdirAll(bucket, 0o700); err != nil {
		return err
	}
	text, err := line.Config(filepath.Join(dir, "data"), listen, bucket)
	if err != nil {
		return err
	}
	cfg, err := config.Parse("demo.yaml", text)
	if err != nil {
		return err
	}
	if err := demo.WriteGood(cfg.Cameras[0].Inspect.Reference); err != nil {
		return err
	}
	a, err := agent.New(cfg, agent.Options{Version: version, Log: quiet, Now: time.Now, Probe: probeInChild})
	if err != nil {
		return err
	}
	greeting, err := greet(a, bucket)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.Run(ctx, func() { fmt.Fprint(w.stdout, greeting) }) })
	group.Go(func() error { return line.Run(ctx, a.URL()) })
	return group.Wait()
}

// greet makes the demo's person and tells how to get in: a link that signs in once, and a password for afterwards.
func greet(a *agent.Agent, bucket string) (string, error) {
	password := rand.Text()[:12]
	users := a.Auth().Users()
	err := users.Add(demoUser, "Demo", auth.Admin, password)
	if err != nil { // a folder that was used before: the person stays, the password is new
		err = users.Set(demoUser, auth.Edit{Password: &password})
	}
	if err != nil {
		return "", err
	}
	token, err := a.Auth().NewToken(demoUser, demoSignIn)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`
  edgelabel demo: a simulated press line. Nothing leaves this machine.

  page      %[1]s/#token=%[2]s
            (signs in once; afterwards: %[3]s / %[4]s)
  bucket    %[5]s
            (edgelabel verify file://%[5]s)
  stop      Ctrl+C

ready %[1]s
`, a.URL(), token, demoUser, password, bucket), nil
}
