package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

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

func controlPublish(ctx context.Context, w world, args []string) error {
	f := flag.NewFlagSet("control publish", flag.ContinueOnError)
	to := f.String("to", "", "URL of the bucket")
	as := f.String("as", "", "name of the sender in the configuration of the gateways")
	files := f.String("files", "", "folder with the pictures and models that the bundle names; those of several cameras in a folder for each")
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
	if *files == "" && b.HasFiles() {
		return misused("want --files: the bundle names files")
	}
	if err := control.PublishFiles(ctx, target, b, *files); err != nil {
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
