// Command benchflagging measures the detectors on recordings with ground truth: it runs the built program on each recording with its
// default settings, lets the scorer that lies beside the recordings judge what came out, and says how fast it was and how much memory it
// took.
//
//	benchflagging -data DATA [-edgelabel bin/edgelabel] [-ucr DIR] [-only nab,skab,tep,ucr] [-v]
//	benchflagging -data DATA -cross [-v]
//
// With -cross it tells how far the scores can be trusted: settings are chosen without one recording, one group or one set at a time, and
// judged on what was left out.
//
// DATA has nab/dev, skab/dev, tep/dev and score; a set that is not there is left out, and that is said.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchflagging:", err)
		os.Exit(1)
	}
}

// bench is one run of everything.
type bench struct {
	data, program, out string
	verbose            bool
	stdout             io.Writer
}

func run(ctx context.Context, args []string, stdout io.Writer) (err error) {
	f := flag.NewFlagSet("benchflagging", flag.ContinueOnError)
	data := f.String("data", "", "folder with nab, skab, tep and score")
	program := f.String("edgelabel", "bin/edgelabel", "the built program")
	ucr := f.String("ucr", "", "folder with series NNN_UCR_Anomaly_NAME_TRAINEND_BEGIN_END.txt")
	only := f.String("only", "nab,skab,tep,ucr", "the sets to run")
	cross := f.Bool("cross", false, "choose settings without each recording in turn, and judge the choice on it")
	verbose := f.Bool("v", false, "say the score of each recording")
	if err := f.Parse(args); err != nil {
		return err
	}
	if *data == "" {
		return errors.New("want -data DIR")
	}
	out, err := os.MkdirTemp("", "benchflagging")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(out)) }()
	b := &bench{data: *data, out: out, verbose: *verbose, stdout: stdout}
	if b.program, err = filepath.Abs(*program); err != nil {
		return err
	}
	if *cross {
		return errors.Join(b.cross(ctx), b.crossNAB(ctx))
	}
	for _, s := range sets(*data, *ucr) {
		if !slices.Contains(strings.Split(*only, ","), s.name) {
			continue
		}
		if _, err := os.Stat(s.truth); err != nil {
			fmt.Fprintf(stdout, "%-5s left out: %v\n", s.name, err)
			continue
		}
		if err := b.set(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// set plays all recordings of a set and has them scored.
func (b *bench) set(ctx context.Context, s set) error {
	recordings, err := s.list(s.truth)
	if err != nil {
		return err
	}
	pred, truth := filepath.Join(b.out, s.name), s.truth
	var sum cost
	for _, r := range recordings {
		used, err := b.play(ctx, r, filepath.Join(pred, r.name))
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		sum.add(used)
	}
	if s.name == "ucr" {
		truth = pred
		if err := writeTruth(truth, recordings); err != nil {
			return err
		}
	}
	fmt.Fprintf(b.stdout, "%-5s %d recordings, %s\n", s.name, len(recordings), sum)
	return b.score(ctx, s, truth, pred)
}

// score runs the scorer.
func (b *bench) score(ctx context.Context, s set, truth, pred string) error {
	truth, err := filepath.Abs(truth)
	if err != nil {
		return err
	}
	args := append([]string{"run", ".", s.name, "-truth", truth, "-pred", pred}, s.flags...)
	if b.verbose {
		args = append(args, "-v")
	}
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir, c.Stdout, c.Stderr = filepath.Join(b.data, "score"), b.stdout, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("score: %w", err)
	}
	return nil
}
