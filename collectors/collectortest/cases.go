package collectortest

import (
	"slices"
	"testing"
	"time"

	"edgelabel/agent/series"
	"edgelabel/collectors"
)

func delivers(t *testing.T, r *rig) {
	r.begin()
	r.send(1, 10)
	r.waitFor(1, 10)
	s := r.status.Snapshot()
	if s.Samples+s.Images == 0 || s.LastSample.IsZero() {
		t.Errorf("delivered, but the status counts nothing: %+v", s)
	}
	if s.Err != "" || len(s.Problems) > 0 {
		t.Errorf("delivered, but the status complains: %+v", s)
	}
}

func startsLate(t *testing.T, r *rig) {
	r.start()
	r.waitDown()
	r.peer.Start(t)
	r.waitUp()
	r.send(1, 3)
	r.waitFor(1, 3)
}

func comesBack(t *testing.T, r *rig) {
	r.begin()
	for round := range 3 {
		r.send(10*round+1, 10*round+3)
		r.waitFor(10*round+1, 10*round+3)
		r.peer.Stop(t)
		r.waitDown()
		r.peer.Start(t)
		r.waitUp()
	}
	r.send(100, 103)
	r.waitFor(100, 103)
	if s := r.status.Snapshot(); s.Attempts < 4 || s.Err != "" {
		t.Errorf("after three returns of the peer: %+v", s)
	}
}

func recordsGaps(t *testing.T, r *rig) {
	r.begin()
	r.send(1, 3)
	r.waitFor(1, 3)
	away := time.Now().UnixNano()
	r.peer.Stop(t)
	r.waitDown()
	r.peer.Start(t)
	r.waitUp()
	r.send(4, 6)
	r.waitFor(4, 6)
	Eventually(t, "a record of the time in which the peer was away", func() bool {
		return slices.ContainsFunc(r.sink.Gaps(), func(g series.Gap) bool {
			return g.Source == r.c.Name() && g.Reason != "" && g.From <= g.To && g.To >= away
		})
	}, func() any { return map[string]any{"gaps": r.sink.Gaps(), "status": r.status.Snapshot()} })
	Eventually(t, "the status to count it", func() bool { return len(r.status.Snapshot().Gaps) > 0 }, nil)
}

func blockedSink(t *testing.T, r *rig) {
	r.begin()
	r.send(1, 1)
	r.waitFor(1, 1)
	unblock := r.sink.Block()
	r.send(2, 6)
	if r.peer.Has(r.sink, 6) {
		t.Fatal("input went through a sink that blocks")
	}
	unblock()
	r.waitFor(2, 6)
}

func stopsWhileBlocked(t *testing.T, r *rig) {
	r.begin()
	unblock := r.sink.Block()
	defer unblock()
	r.send(1, 3)
	time.Sleep(100 * time.Millisecond) // let the collector run into the sink; when it is late the test is merely easier
	r.stop()
}

func stopsWhileDown(t *testing.T, r *rig) {
	r.begin()
	r.peer.Stop(t)
	r.waitDown()
	r.stop()
}

func badInput(t *testing.T, r *rig) {
	r.begin()
	r.peer.SendBad(t)
	Eventually(t, "bad input is counted", func() bool { return len(r.status.Snapshot().Rejected) > 0 },
		func() any { return r.status.Snapshot() })
	r.send(1, 3)
	r.waitFor(1, 3)
	if s := r.status.Snapshot(); s.State != collectors.Up || s.Attempts != 1 {
		t.Errorf("bad input broke the connection: %+v", s)
	}
}
