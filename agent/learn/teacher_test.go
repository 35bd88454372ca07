package learn_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/learn"
	"edgelabel/agent/series"
)

// class is what a teacher reads, and what it taught.
type class struct {
	*shelf
	taught chan int // samples of each lesson
}

func (c *class) Item(ctx context.Context, id string) (label.Row, []label.Label, error) {
	row, _, err := c.shelf.Item(ctx, id)
	return row, []label.Label{{Rev: 1, By: li, Draft: label.Draft{Verdict: row.Verdict}}}, err
}

func (c *class) window(_ context.Context, tags []string, from, to int64) (*series.Window, error) {
	tr := series.Trace{Tag: tags[0]}
	for at := from; at < to; at += int64(time.Second) {
		tr.T, tr.V, tr.Status = append(tr.T, at), append(tr.V, 1), append(tr.Status, 0)
	}
	return &series.Window{Traces: []series.Trace{tr}}, nil
}

func (c *class) teach(_ context.Context, rule string, stretch []series.Sample) (bool, error) {
	c.taught <- len(stretch)
	return true, nil
}

// lessons counts what is taught while items are labelled one after another.
func (c *class) lessons(t *testing.T, path string, ids ...string) (n int) {
	t.Helper()
	x, err := learn.OpenTeacher(learn.TeacherConfig{
		Items: c, Feed: c, History: c.window, Detector: "novelty", Teach: c.teach, Path: path, Now: now.UnixNano, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	c.labelled(t, x.Run, ids...)
	n = len(c.taught)
	for range n {
		if got := <-c.taught; got != 60 {
			t.Errorf("%d samples", got)
		}
	}
	if x.Count() != uint64(n) {
		t.Errorf("%d counted, %d given", x.Count(), n)
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
	return n
}

func TestRejectedCandidatesAreTaughtOnce(t *testing.T) {
	c := &class{newShelf(), make(chan int, 10)}
	for n, v := range []label.Verdict{label.OK, label.NotOK, label.OK, label.OK} {
		r := row(n, "force.novelty", "novelty", .6, 1, v)
		r.Candidates[0].Tags, r.Candidates[0].To = []string{"force"}, r.At+5
		if n == 2 {
			r.Candidates[0].Detector = "limit"
		}
		c.put(r)
	}
	path := filepath.Join(t.TempDir(), "taught.jsonl")
	if n := c.lessons(t, path, "i0000", "i0001", "i0002", "i0000", "gone"); n != 1 {
		t.Errorf("%d lessons", n)
	}
	if n := c.lessons(t, path, "i0000", "i0003"); n != 1 { // after a restart
		t.Errorf("%d lessons", n)
	}
}
