package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/control"
	"edgelabel/sync/uplink"
)

// controlCommand is one of the words that edgelabel control takes.
type controlCommand func(ctx context.Context, w world, args []string) error

// runControl makes keys, signs bundles for gateways, brings them to a bucket and shows what became of them.
func runControl(ctx context.Context, w world, args []string) error {
	all := map[string]controlCommand{"keygen": controlKeygen, "sign": controlSign, "publish": controlPublish, "show": controlShow}
	if len(args) > 0 && all[args[0]] != nil {
		return all[args[0]](ctx, w, args[1:])
	}
	return misused("want keygen, sign, publish or show")
}

func controlKeygen(_ context.Context, w world, args []string) error {
	f := flag.NewFlagSet("control keygen", flag.ContinueOnError)
	out := f.String("out", "", "file for the private key; it must not exist")
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if *out == "" || len(rest) > 0 {
		return misused("want --out")
	}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	if err := writeNew(*out, 0o600, []byte(control.EncodePrivate(private))); err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "key %s\n%s\n", control.KeyID(public), control.EncodePublic(public))
	return nil
}

// writeNew writes a file that must not exist.
func writeNew(name string, mode os.FileMode, data []byte) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

const defaultExpiry = 30 * 24 * time.Hour

func controlSign(_ context.Context, w world, args []string) error {
	f := flag.NewFlagSet("control sign", flag.ContinueOnError)
	key := f.String("key", "", "file with the private key")
	out := f.String("out", "", "file to write; it must not exist")
	taxonomy := f.String("taxonomy", "", "YAML file")
	labels := f.String("labels", "", "file with one opinion a line, see agent/control/README.md")
	task := f.String("task", "", "YAML file: what people are asked to do, as zh-CN and en")
	rules := f.String("rules", "", "file with one setting of a rule a line, see agent/control/README.md")
	trial := f.Duration("trial", control.DefaultTrial, "how long the rules are watched before they are kept")
	candidates := f.Uint64("candidates", control.DefaultCandidates, "of the rules during the trial: more, and they are rolled back")
	expires := f.Duration("expires", defaultExpiry, "how long gateways may take it")
	b := control.Bundle{}
	f.Uint64Var(&b.Version, "version", 0, "higher than that of the bundle before")
	f.StringVar(&b.Gateway, "gateway", "", "id of the gateway; default: every one")
	f.StringVar(&b.Comment, "comment", "", "what people read in the report")
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if *key == "" || *out == "" || b.Version == 0 || len(rest) > 0 {
		return misused("want --key, --version, --out and --taxonomy, --task, --labels or --rules")
	}
	now := time.Now()
	b.Created, b.NotAfter = now.UnixNano(), now.Add(*expires).UnixNano()
	if err := fill(&b, *taxonomy, *task); err != nil {
		return err
	}
	if b.Labels, err = lines[control.Opinion](*labels); err != nil {
		return err
	}
	if b.Rules, err = lines[control.Setting](*rules); err != nil {
		return err
	}
	if len(b.Rules) > 0 {
		b.Trial = &control.Trial{Seconds: trial.Seconds(), Candidates: *candidates}
	}
	text, err := os.ReadFile(*key)
	if err != nil {
		return err
	}
	private, err := control.ParsePrivate(text)
	if err != nil {
		return fmt.Errorf("%s: %w", *key, err)
	}
	sealed, err := control.Seal(b, private)
	if err != nil {
		return err
	}
	return writeNew(*out, 0o644, sealed)
}

func fill(b *control.Bundle, taxonomy, task string) (err error) {
	if taxonomy != "" {
		if b.Taxonomy, err = config.LoadTaxonomy(taxonomy); err != nil {
			return err
		}
	}
	if task != "" {
		b.Task, err = config.LoadText(task)
	}
	return err
}

// lines reads a file of one JSON value a line; no name is no file.
func lines[T any](name string) (all []T, err error) {
	if name == "" {
		return nil, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	s := bufio.NewScanner(bytes.NewReader(data))
	s.Buffer(nil, control.MaxBundle)
	for n := 1; s.Scan(); n++ {
		var one T
		d := json.NewDecoder(bytes.NewReader(s.Bytes()))
		d.DisallowUnknownFields()
		if err := d.Decode(&one); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		all = append(all, one)
	}
	return all, s.Err()
}

func controlPublish(ctx context.Context, w world, args []string) error {
	f := flag.NewFlagSet("control publish", flag.ContinueOnError)
	to := f.String("to", "", "URL of the bucket")
	as := f.String("as", "", "name of the sender in the configuration of the gateways")
	flags := bucketFlags(f)
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if *to == "" || *as == "" || len(rest) != 1 {
		return misused("want --as, --to and one file")
	}
	sealed, err := os.ReadFile(rest[0])
	if err != nil {
		return err
	}
	b, err := control.Peek(sealed)
	if err != nil {
		return fmt.Errorf("%s: %w", rest[0], err)
	}
	target, err := flags.open(*to)
	if err != nil {
		return err
	}
	key, err := control.Publish(ctx, target, *as, b, sealed)
	if err != nil {
		return err
	}
	fmt.Fprintln(w.stdout, key)
	return nil
}

func controlShow(ctx context.Context, w world, args []string) error {
	f := flag.NewFlagSet("control show", flag.ContinueOnError)
	from := f.String("from", "", "URL of the bucket")
	gateway := f.String("gateway", "", "id of the gateway")
	flags := bucketFlags(f)
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if *from == "" || *gateway == "" || len(rest) > 0 {
		return misused("want --gateway and --from")
	}
	target, err := flags.open(*from)
	if err != nil {
		return err
	}
	r, err := target.Get(ctx, uplink.ControlReport(*gateway))
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(w.stdout, io.LimitReader(r, control.MaxBundle))
	return err
}
