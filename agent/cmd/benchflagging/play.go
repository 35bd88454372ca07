package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// cost is what playing took.
type cost struct {
	rows, values int
	busy         time.Duration // of the processor, start of the program included
	memory       int64         // KiB, the largest
}

func (c *cost) add(o cost) {
	c.rows, c.values, c.busy, c.memory = c.rows+o.rows, c.values+o.values, c.busy+o.busy, max(c.memory, o.memory)
}

func (c cost) String() string {
	s := max(c.busy.Seconds(), 1e-9)
	return fmt.Sprintf("%.0f k rows/s and %.0f k values/s of a core, reading and writing tables included; at most %d MiB",
		float64(c.rows)/s/1e3, float64(c.values)/s/1e3, c.memory>>10)
}

// play lets the program judge a recording and writes the prediction.
func (b *bench) play(ctx context.Context, r recording, pred string) (cost, error) {
	in, out := filepath.Join(b.out, "in.csv"), filepath.Join(b.out, "scores.csv")
	if err := writeTable(in, r); err != nil {
		return cost{}, err
	}
	c := exec.CommandContext(ctx, b.program, "replay", "--csv", in, "--scores", out, "--fit", strconv.Itoa(r.fit))
	c.Stderr = os.Stderr
	if err := c.Run(); err != nil {
		return cost{}, err
	}
	used := cost{rows: len(r.rows), values: len(r.rows) * len(r.columns), busy: c.ProcessState.UserTime() + c.ProcessState.SystemTime()}
	if u, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		used.memory = int64(u.Maxrss)
	}
	if err := os.MkdirAll(filepath.Dir(pred), 0o700); err != nil {
		return cost{}, err
	}
	return used, convert(out, pred, r)
}

// writeTable writes what the program is shown. The step of the made-up times is a second.
func writeTable(path string, r recording) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := csv.NewWriter(f)
	lines := [][]string{append([]string{"time"}, r.columns...)}
	for i, row := range r.rows {
		lines = append(lines, append([]string{strconv.Itoa(1_600_000_000 + i)}, row...))
	}
	return w.WriteAll(lines)
}

// convert makes the scorer's table of the program's.
func convert(from, to string, r recording) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer out.Close()
	w := bufio.NewWriter(out)
	fmt.Fprintln(w, "index,score,alarm")
	row, before := 0, "0"
	lines := bufio.NewScanner(in)
	lines.Scan() // the header
	for lines.Scan() {
		cells := strings.Split(lines.Text(), ",")
		if len(cells) != 4 {
			return fmt.Errorf("%s: line %q", from, lines.Text())
		}
		alarm := cells[3]
		if r.onset && before == "1" {
			alarm = "0"
		}
		before = cells[3]
		if row++; row > r.skip {
			fmt.Fprintf(w, "%d,%s,%s\n", row-r.skip-1, cells[2], alarm)
		}
	}
	if row != len(r.rows) && lines.Err() == nil {
		return fmt.Errorf("%s: %d rows, want %d", from, row, len(r.rows))
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return w.Flush()
}
