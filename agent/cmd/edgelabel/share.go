package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"edgelabel/agent/share"
	"edgelabel/sync/file"
	"edgelabel/sync/uplink"
)

// runShare makes a package of labelled items for somebody outside.
func runShare(ctx context.Context, w world, args []string) error {
	f := flag.NewFlagSet("share", flag.ContinueOnError)
	from := f.String("from", "", "data directory of a gateway, or URL of a bucket")
	out := f.String("out", "", "folder to write; it must not exist or be empty")
	salt := f.String("salt", "", "file with the secret that serial numbers and names are hashed with; the same file gives the same hashes")
	classes := f.String("classes", "", "of the newest label, with commas; default: all")
	since, until := f.String("since", "", "first day, such as 2026-03-01, UTC"), f.String("until", "", "day after the last")
	expires := f.String("expires", "", "day from which on the package may not be used")
	opt := share.Options{ID: "share-" + strings.ToLower(ulid.Make().String()), Now: time.Now, Log: slog.New(slog.NewTextHandler(w.stderr, nil))}
	f.StringVar(&opt.For, "for", "", "who gets it")
	f.StringVar(&opt.Licence, "licence", "", "what they may do, such as CC-BY-NC-4.0 or the number of a contract")
	f.BoolVar(&opt.Places, "places", false, "keep the names of sites, lines, assets and cameras")
	f.BoolVar(&opt.Series, "signals", false, "bring signals along, with their names")
	f.Func("area", "CAMERA:x,y,width,height in pixels: painted black; * is every camera; may be repeated", func(text string) error {
		a, err := share.ParseArea(text)
		opt.Areas = append(opt.Areas, a)
		return err
	})
	flags := bucketFlags(f)
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if *from == "" || *out == "" || *salt == "" || opt.For == "" || opt.Licence == "" || *expires == "" || len(rest) > 0 {
		return misused("want --from, --out, --salt, --for, --licence and --expires")
	}
	if err := periods(&opt, *since, *until, *expires); err != nil {
		return usageError{err}
	}
	if *classes != "" {
		opt.Classes = strings.Split(*classes, ",")
	}
	if opt.Salt, err = os.ReadFile(*salt); err != nil {
		return err
	}
	return makeShare(ctx, w, *from, *out, flags, opt)
}

func periods(opt *share.Options, since, until, expires string) error {
	for _, d := range []struct {
		name, text string
		set        func(time.Time)
	}{
		{"since", since, func(t time.Time) { opt.From = t.UnixNano() }}, {"until", until, func(t time.Time) { opt.To = t.UnixNano() }},
		{"expires", expires, func(t time.Time) { opt.Expires = t }},
	} {
		if d.text == "" {
			continue
		}
		t, err := time.Parse(time.DateOnly, d.text)
		if err != nil {
			return fmt.Errorf("--%s %q: want a day such as 2026-03-01", d.name, d.text)
		}
		d.set(t)
	}
	return nil
}

func makeShare(ctx context.Context, w world, from, out string, flags targetFlags, opt share.Options) error {
	source, closeSource, err := openDataset(ctx, from, flags)
	if err != nil {
		return err
	}
	defer closeSource()
	root, err := emptyFolder(out)
	if err != nil {
		return err
	}
	t, err := share.Write(ctx, source, file.New(file.Config{Root: root}), opt)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "%s: %d items, %d labels, %d images; left out: %d unlabelled, %d simulated, %d of other classes or days, %d with nothing left, %d unreadable images\n",
		out, t.Items, t.Labels, t.Images, t.LeftOut.Unlabelled, t.LeftOut.Simulated, t.LeftOut.Unasked, t.LeftOut.Empty, t.LeftOut.Pictures)
	return nil
}

func emptyFolder(name string) (string, error) {
	root, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return "", err
	}
	list, err := os.ReadDir(root)
	if err == nil && len(list) > 0 {
		err = fmt.Errorf("%s is not empty", name)
	}
	return root, err
}

// verifyShare checks a bucket's terms, where it is a package that was shared.
func verifyShare(ctx context.Context, w world, at uplink.Target) error {
	t, err := share.Check(ctx, at)
	if err != nil || t == nil {
		return err
	}
	fmt.Fprintf(w.stdout, "package %s for %s: %s, until %s\n", t.ID, t.To, t.Licence, t.Expires.Format(time.DateOnly))
	if !time.Now().Before(t.Expires) {
		return fmt.Errorf("the package expired on %s", t.Expires.Format(time.DateOnly))
	}
	return nil
}
