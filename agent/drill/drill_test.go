package drill_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"edgelabel/agent/drill"
	"edgelabel/agent/label"
	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A line that was never cut is no different from none.
func TestWholeLine(t *testing.T) {
	uplinktest.TestTarget(t, func(*testing.T) uplink.Target {
		return (&drill.Line{Now: time.Now}).Target(&uplinktest.Memory{})
	})
}

// stuck is a target that answers when it is given up.
type stuck struct{ uplinktest.Memory }

func (*stuck) Head(ctx context.Context, _ string) (uplink.Info, error) {
	<-ctx.Done()
	return uplink.Info{}, ctx.Err()
}

func TestCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line := &drill.Line{Now: time.Now}
		at := &stuck{}
		at.Set("x", []byte("body"))
		to := line.Target(at)
		open, err := to.Get(t.Context(), "x")
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() {
			_, err := to.Head(t.Context(), "x")
			ended <- err
		}()
		synctest.Wait()
		line.Cut(time.Now().Add(time.Minute))
		if err := <-ended; !errors.Is(err, drill.ErrCut) {
			t.Errorf("a call on its way: %v", err)
		}
		if _, err := io.ReadAll(open); !errors.Is(err, drill.ErrCut) {
			t.Errorf("a body on its way: %v", err)
		}
		if err := open.Close(); err != nil {
			t.Error(err)
		}
		time.Sleep(59 * time.Second)
		refused(t, to, drill.ErrCut)
		time.Sleep(time.Second) // its end needs nobody
		refused(t, to, nil)
		line.Cut(time.Now().Add(time.Hour))
		line.Mend()
		refused(t, to, nil)
	})
}

func refused(t *testing.T, to uplink.Target, want error) {
	t.Helper()
	_, put := to.PutIfAbsent(t.Context(), "y", strings.NewReader("y"), 1, uplinktest.Sum([]byte("y")))
	r, get := to.Get(t.Context(), "x")
	if get == nil {
		get = r.Close()
	}
	over := to.Put(t.Context(), "z", nil)
	list := to.List(t.Context(), "", func(uplink.Info) bool { return true })
	for _, err := range []error{put, get, over, list} {
		if !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
}

// What was collected while the line was cut is found after it, once, and what is not there is named.
func TestSearch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line, at := &drill.Line{Now: time.Now}, &uplinktest.Memory{}
		out, blobs := &uplinktest.Outbox{}, uplinktest.Blobs{}
		f, err := uplink.New(uplink.Config{Gateway: "gw-1", Name: "central", Target: line.Target(at), Outbox: out, Blobs: blobs,
			MaxBatchEntries: 5, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		uplinktest.Fill(t, out, blobs, "A", 3)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- f.Run(ctx) }()
		time.Sleep(time.Minute)
		synctest.Wait()
		line.Cut(time.Now().Add(5 * time.Minute))
		uplinktest.Fill(t, out, blobs, "B", 4)
		kept, err := drill.Read(ctx, false, func(_ context.Context, yield func(label.Item, []label.Label) error) error {
			for _, id := range []string{"A0000", "B0000", "B0003", "partial", "unlabelled"} {
				labels := []label.Label{{ID: "L" + id}}
				if id == "partial" || id == "unlabelled" {
					labels = nil
				}
				if err := yield(label.Item{ID: id, IsPartial: id == "partial"}, labels); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(kept.Items) != 3 || len(kept.Labels) != 3 {
			t.Fatalf("%+v, %v", kept, err)
		}
		s := drill.NewSearch(kept)
		look(t, s, at, 4)
		time.Sleep(10 * time.Minute)
		look(t, s, at, 0)
		if s.Items != 3 || s.Labels != 3 || s.Twice != 0 || s.Number == 0 {
			t.Errorf("%+v", s)
		}
		kept.Items["gone"] = true
		s = drill.NewSearch(kept)
		look(t, s, at, 1)
		if _, ids := s.Left(); len(ids) != 1 || ids[0] != "gone" {
			t.Errorf("%v", ids)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func look(t *testing.T, s *drill.Search, at uplink.Target, left int) {
	t.Helper()
	if err := s.Look(t.Context(), at, "gw-1"); err != nil {
		t.Fatal(err)
	}
	if n, ids := s.Left(); n != left {
		t.Errorf("%d left, %v, want %d", n, ids, left)
	}
}
