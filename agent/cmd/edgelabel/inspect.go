package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"image"
	"io"
	"iter"
	"slices"
	"strconv"

	"edgelabel/agent/vision"
	"edgelabel/agent/vision/folder"
	"edgelabel/agent/vision/pick"
)

// runInspect judges a folder of pictures by a folder of good ones.
func runInspect(ctx context.Context, w world, args []string) error {
	f := flag.NewFlagSet("inspect", flag.ContinueOnError)
	reference := f.String("reference", "", "folder of pictures known good: one golden or many; without it those of --in are compared with each other")
	method := f.String("method", pick.Auto, "golden: parts in a fixed pose; texture: surfaces; auto: what the good pictures suit")
	in := f.String("in", "", "folder of pictures to judge")
	scores := f.String("scores", "-", "file for file,score,x,y,w,h,type; - is standard output")
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if *in == "" || len(rest) > 0 || !slices.Contains([]string{pick.Auto, pick.Golden, pick.Texture}, *method) {
		return misused("want --reference DIR and --in DIR, and as --method auto, golden or texture")
	}
	if *reference == "" {
		*reference, *method = *in, pick.Texture
		fmt.Fprintln(w.stderr, "no pictures known good: each is compared with the others, most of which must be good")
	}
	good, err := folder.Open(*reference)
	if err != nil {
		return err
	}
	judged, err := folder.Open(*in)
	if err != nil {
		return err
	}
	learnt := good.All
	if *reference == *in { // one that cannot be read is named when it is judged
		learnt = readable(good)
	}
	detector, chosen, err := pick.Learn(ctx, *method, learnt)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stderr, "%d good pictures, method %s\n", len(good.Names()), chosen)
	out, closeOut, err := output(w, *scores)
	if err != nil {
		return err
	}
	err = inspectAll(ctx, detector, judged, out, w.stderr)
	return errors.Join(err, closeOut())
}

// readable passes over the pictures that cannot be read.
func readable(f *folder.Folder) iter.Seq2[*image.Gray, error] {
	return func(yield func(*image.Gray, error) bool) {
		for m, err := range f.All {
			if err == nil && !yield(m, nil) {
				return
			}
		}
	}
}

// errUnread says that pictures could not be judged; each was named already.
var errUnread = errors.New("not every picture could be judged")

// inspectAll writes the rows of each picture. One that cannot be read is named and has no row; the others go on.
func inspectAll(ctx context.Context, d vision.Detector, in *folder.Folder, out *bufio.Writer, stderr io.Writer) error {
	rows := csv.NewWriter(out)
	rows.Write([]string{"file", "score", "x", "y", "w", "h", "type"}) // errors come with Flush
	var wrong error
	for _, name := range in.Names() {
		if err := ctx.Err(); err != nil {
			return err
		}
		found, err := inspectOne(ctx, d, in, name)
		if err != nil {
			fmt.Fprintf(stderr, "%s: %v\n", name, err)
			wrong = errUnread
			continue
		}
		rows.Write([]string{name, number(found.Score), "", "", "", "", ""})
		for _, r := range found.Regions {
			rows.Write(append([]string{name, number(r.Score)}, cells(r.Box, r.Type)...))
		}
	}
	rows.Flush()
	return errors.Join(wrong, rows.Error(), out.Flush())
}

func inspectOne(ctx context.Context, d vision.Detector, in *folder.Folder, name string) (vision.Finding, error) {
	picture, err := in.Read(name)
	if err != nil {
		return vision.Finding{}, err
	}
	return d.Inspect(ctx, picture)
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

func cells(box image.Rectangle, kind string) []string {
	return []string{strconv.Itoa(box.Min.X), strconv.Itoa(box.Min.Y), strconv.Itoa(box.Dx()), strconv.Itoa(box.Dy()), kind}
}
