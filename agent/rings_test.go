package agent

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
)

type trace struct {
	mu  sync.Mutex
	got []string
}

func (tr *trace) add(s string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.got = append(tr.got, s)
}

func (tr *trace) until(name string) task {
	return task{name, func(ctx context.Context) error {
		<-ctx.Done()
		tr.add(name)
		return nil
	}}
}

func TestRingsStopFromOutsideIn(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var tr trace
	if err := run(ctx, ring{tr.until("store")}, ring{tr.until("pipeline")}, ring{tr.until("sources")}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"sources", "pipeline", "store"}; !slices.Equal(tr.got, want) {
		t.Errorf("stopped in the order %v, want %v", tr.got, want)
	}
}

func TestAFailedTaskStopsEverythingAndIsNamed(t *testing.T) {
	broken := errors.New("disk gone")
	var tr trace
	err := run(context.Background(), ring{tr.until("store")}, ring{{"pipeline", func(context.Context) error { return broken }}}, ring{tr.until("sources")})
	if !errors.Is(err, broken) || err.Error() != "pipeline: disk gone" {
		t.Errorf("got %v", err)
	}
	if want := []string{"sources", "store"}; !slices.Equal(tr.got, want) {
		t.Errorf("stopped %v, want %v", tr.got, want)
	}
}
