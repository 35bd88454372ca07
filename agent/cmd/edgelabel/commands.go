package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

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
		{"control", "keygen --out FILE | sign --key FILE --version N [--gateway ID] [--taxonomy FILE] [--task FILE] [--rules FILE] [--new-rules FILE] [--references CAMERA=DIR ...] [--onnx CAMERA=FILE ...] [--labels FILE] [--trial 1h] [--expires 720h] --out FILE | publish --as SENDER --to BUCKET_URL [--files DIR] FILE | show --gateway ID --from BUCKET_URL", "send signed taxonomies, rules, pictures of good parts, models and labels to gateways, and see what became of them", runControl},
		{"drill", "-c FILE --user ADMIN [--offline 10m] [--wait 30m] [--url URL]", "cut the line of a running gateway to its targets for a while and prove that nothing is lost", runDrill},
		{"catalogue", "init --to postgres://… | rebuild --from BUCKET_URL --to postgres://… | sql", "keep a bucket's items and labels as tables of a PostgreSQL database", runCatalogue},
		{"backup", "-d DATA_DIR --to DIR", "add a snapshot of a gateway's data to a folder, also while the agent runs", runBackup},
		{"restore", "--from DIR [--snapshot NAME] -d DATA_DIR", "make a data directory of a snapshot, on this machine or another", runRestore},
		{"doctor", "-d DATA_DIR [--repair]", "check every hash, and logs and index against each other", runDoctor},
		{"compact", "-d DATA_DIR", "give back the room that deleted entries left in the index", runCompact},
		{"wipe", "-d DATA_DIR --yes [--unsynced] [--overwrite]", "remove everything from a gateway that changes hands", runWipe},
		{"user", "add ID | set ID | remove ID | list -d DATA_DIR [--role R] [--name N] [--password-file F] [--badge-file F]", "manage who may sign in; a password comes from standard input or a file", runUser},
		{"pki", "list | trust THUMBPRINT|FILE | reject THUMBPRINT [-d DATA_DIR]", "manage the certificates of OPC UA servers", runPKI},
		{"version", "", "print the version", runVersion},
	}
}

// call runs the command. One that has no flags of its own is asked for help here.
func (c command) call(ctx context.Context, w world, args []string) error {
	err := c.run(ctx, w, args)
	if _, wrong := errors.AsType[usageError](err); wrong && len(args) == 1 && wantsHelp(args[0]) {
		c.explain(w.stdout, flag.NewFlagSet(c.name, flag.ContinueOnError))
		return nil
	}
	return err
}

func (c command) usage() string {
	return strings.TrimSpace("usage: edgelabel " + c.name + " " + c.args)
}

// explain says what the command does and which flags it has.
func (c command) explain(w io.Writer, flags *flag.FlagSet) {
	fmt.Fprintf(w, "%s\n%s\n", c.usage(), c.does)
	flags.SetOutput(w)
	flags.PrintDefaults()
}

// list says what there is.
func list(w io.Writer) {
	fmt.Fprint(w, "edgelabel collects, flags, keeps, labels and syncs what happens on a line.\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %s\n        %s\n", strings.TrimPrefix(c.usage(), "usage: "), c.does)
	}
	fmt.Fprint(w, "\nedgelabel help COMMAND explains its flags.\n")
}

func wantsHelp(arg string) bool {
	return slices.Contains([]string{"help", "-h", "-help", "--help"}, arg)
}

// parse reads a command's flags, or explains them and returns flag.ErrHelp. Arguments that are no flags are returned; they may stand
// before, between and after the flags.
func parse(f *flag.FlagSet, args []string, w world) ([]string, error) {
	f.SetOutput(io.Discard) // what is wrong with them is said once, with the command's usage
	var rest []string
	for {
		err := f.Parse(args)
		switch {
		case errors.Is(err, flag.ErrHelp):
			name, _, _ := strings.Cut(f.Name(), " ")
			all := commands()
			if i := slices.IndexFunc(all, func(c command) bool { return c.name == name }); i >= 0 {
				all[i].explain(w.stdout, f)
			}
			return nil, err
		case err != nil:
			return nil, usageError{err}
		case f.NArg() == 0:
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
