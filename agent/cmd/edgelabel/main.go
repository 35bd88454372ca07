// Command edgelabel is the industrial edge labelling agent and the tools around it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the linker.
var version = "dev"

// Exit codes.
const (
	done   = 0
	failed = 1 // the work could not be done; the reason is on stderr
	misuse = 2 // wrong usage
)

// world is what a command may touch.
type world struct {
	stdout, stderr io.Writer
}

type command struct {
	name, args, does string
	run              func(ctx context.Context, w world, args []string) error
}

func commands() []command {
	return []command{
		{"demo", "[--dir D] [--listen A]", "run a simulated line and the whole agent, with nothing to configure", runDemo},
		{"run", "-c FILE", "run the agent", runAgent},
		{"check", "-c FILE [--probe]", "check a configuration; --probe also connects to each source and target", runCheck},
		{"browse", "URL [PATH ...] [--user U --password P] [--policy P] [--mode M] [--allow-insecure]", "walk an OPC UA server, print tags and nodes as YAML ready to paste; PATH is a glob such as Line1/**/Temp*", runBrowse},
		{"replay", "[-c FILE] --csv DATA.csv [--scores OUT.csv] [--fit N] [--per-signal]", "run recorded rows through the detectors", runReplay},
		{"inspect", "--reference DIR --in DIR [--scores OUT.csv]", "run pictures through the image detectors", runInspect},
		{"export", "--format F --from DATA_DIR|BUCKET_URL --out DIR [--split 80/10/10 --seed N --by part|lot|time] [--policy P] [--windows] [--simulated]", "write a dataset", runExport},
		{"import", "--format F --in DIR --to URL --user ID --camera NAME", "bring a dataset of another tool into a running gateway", runImport},
		{"share", "--from DATA_DIR|BUCKET_URL --out DIR --salt FILE --for WHO --licence L --expires DAY [--classes A,B] [--since DAY] [--until DAY] [--area CAMERA:x,y,w,h ...] [--places] [--signals]", "make a masked package of labelled items for somebody outside", runShare},
		{"report", "--from DATA_DIR|BUCKET_URL --out DIR [--simulated] | --verify DIR [--from …]", "write a dataset quality report, or compute one again and compare", runReport},
		{"tables", "--from DATA_DIR|BUCKET_URL --out DIR", "write items, labels and regions as Parquet in hive layout, or bring such a folder up to date", runTables},
		{"verify", "BUCKET_URL", "walk a bucket's manifests and check every hash", runVerify},
		{"control", "keygen --out FILE | sign --key FILE --version N [--gateway ID] [--taxonomy FILE] [--labels FILE] [--expires 720h] --out FILE | publish --as SENDER --to BUCKET_URL FILE | show --gateway ID --from BUCKET_URL", "send signed taxonomies and labels to gateways", runControl},
		{"drill", "-c FILE --user ADMIN [--offline 10m] [--wait 30m] [--url URL]", "cut the line of a running gateway to its targets for a while and prove that nothing is lost", runDrill},
		{"catalogue", "init --to postgres://… | rebuild --from BUCKET_URL --to postgres://… | sql", "keep a bucket's items and labels as tables of a PostgreSQL database", runCatalogue},
		{"backup", "-d DATA_DIR --to DIR", "add a snapshot of a gateway's data to a folder, also while the agent runs", runBackup},
		{"restore", "--from DIR [--snapshot NAME] -d DATA_DIR", "make a data directory of a snapshot, on this machine or another", runRestore},
		{"doctor", "-d DATA_DIR [--repair]", "check every hash, and logs and index against each other", runDoctor},
		{"compact", "-d DATA_DIR", "give back the room that deleted entries left in the index", runCompact},
		{"wipe", "-d DATA_DIR --yes [--unsynced] [--overwrite]", "remove everything from a gateway that changes hands", runWipe},
		{"user", "add|set|remove|list -d DATA_DIR [ID] [--role R] [--name N]", "manage who may sign in", runUser},
		{"pki", "list | trust THUMBPRINT|FILE | reject THUMBPRINT [-d DATA_DIR]", "manage the certificates of OPC UA servers", runPKI},
		{"version", "", "print the version", runVersion},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// usageError is a mistake in how a command was called.
type usageError struct{ error }

func misused(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(stdout)
		if len(args) == 0 {
			return misuse
		}
		return done
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return status(c, c.run(ctx, world{stdout, stderr}, args[1:]), stderr)
		}
	}
	if args[0] == probeCommand {
		return status(command{name: probeCommand}, runProbe(args[1:]), stderr)
	}
	fmt.Fprintf(stderr, "edgelabel: unknown command %q; edgelabel help lists them\n", args[0])
	return misuse
}

func status(c command, err error, stderr io.Writer) int {
	var wrong usageError
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return done
	case errors.As(err, &wrong):
		fmt.Fprintf(stderr, "edgelabel %s: %v\nusage: edgelabel %s %s\n", c.name, err, c.name, c.args)
		return misuse
	default:
		fmt.Fprintf(stderr, "edgelabel %s: %v\n", c.name, err)
		return failed
	}
}

func usage(w io.Writer) {
	fmt.Fprint(w, "edgelabel collects, flags, keeps, labels and syncs what happens on a line.\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  edgelabel %s %s\n        %s\n", c.name, c.args, c.does)
	}
}

// parse reads a command's flags. Arguments that are no flags are returned; they may stand before, between and after the flags.
func parse(f *flag.FlagSet, args []string, w world) ([]string, error) {
	f.SetOutput(w.stderr)
	f.Usage = func() { f.PrintDefaults() }
	var rest []string
	for {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usageError{err}
		}
		if f.NArg() == 0 {
			return rest, nil
		}
		rest, args = append(rest, f.Arg(0)), f.Args()[1:]
	}
}

func runVersion(_ context.Context, w world, args []string) error {
	if len(args) > 0 {
		return misused("no arguments")
	}
	fmt.Fprintln(w.stdout, "edgelabel", version)
	return nil
}
