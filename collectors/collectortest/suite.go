// Package collectortest is what every way in has to pass, and a Sink in memory to test collectors with.
//
//	                    opcua  mqtt  sparkplug  snapshot, rtsp  folder  ftp, ingest  replay
//	delivers              ●     ●        ●            ●           ●          ●         ●
//	waits for its peer    ●     ●        ●            ●           ●          ●         ●
//	comes back            ●     ●        ●            ●           ●          ●         ●
//	records gaps          ●     ●        ●            ●           1          2         3
//	back-pressure         ●     ●        ●            ●           ●          ●         ●
//	stops while blocked   ●     ●        ●            ●           ●          ●         ●
//	stops while away      ●     ●        ●            ●           ●          ●         ●
//	bad input             ●     ●        ●            ●           ●          ●         ●
//
// 1: what nobody reads stays in the folder. 2: the camera has what was not acknowledged, and sends it again; whether it gave something up
// only it knows. 3: a recording is read from its beginning. Every parser has a fuzz target beside it.
package collectortest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"edgelabel/collectors"
)

// Patience is how long Eventually waits for what must happen in the end.
const Patience = 30 * time.Second

// Peer is the other side of the collector under test: a server, a broker, a folder.
type Peer interface {
	// Start makes the peer reachable, always at the same address. It is called first, and after each Stop.
	Start(t *testing.T)

	// Stop makes it unreachable, in a way that the collector can notice.
	Stop(t *testing.T)

	// Send offers input number n, which differs from every other number's.
	Send(t *testing.T, n int)

	// SendBad offers input that the collector cannot use.
	SendBad(t *testing.T)

	// Has tells whether input number n has arrived in the sink.
	Has(s *Sink, n int) bool
}

// Factory makes a new collector and its peer, which is not started. What the peer leaves behind is removed by t.Cleanup.
type Factory func(t *testing.T) (collectors.Collector, Peer)

// Case names one thing that every collector has to do.
type Case string

// The cases.
const (
	Delivers          Case = "delivers what the peer sends"
	WaitsForItsPeer   Case = "waits for a peer that is not there"
	ComesBack         Case = "comes back when the peer does"
	RecordsGaps       Case = "records what it cannot have any more"
	BackPressure      Case = "keeps input while the sink blocks"
	StopsWhileBlocked Case = "stops while the sink blocks"
	StopsWhileAway    Case = "stops while the peer is away"
	BadInput          Case = "goes on after bad input"
)

// Exempt says which cases do not apply to a way in, and why.
type Exempt map[Case]string

// Run tests that a collector keeps the contract of collectors.Collector under collectors.Supervise. It must not run in parallel with
// other tests: it looks for goroutines that were left behind. ignore excuses those of the peer.
func Run(t *testing.T, factory Factory, exempt Exempt, ignore ...goleak.Option) {
	cases := map[Case]func(*testing.T, *rig){
		Delivers: delivers, WaitsForItsPeer: startsLate, ComesBack: comesBack, RecordsGaps: recordsGaps, BackPressure: blockedSink,
		StopsWhileBlocked: stopsWhileBlocked, StopsWhileAway: stopsWhileDown, BadInput: badInput,
	}
	for name := range exempt {
		if cases[name] == nil {
			t.Fatalf("exempt from %q, which is no case", name)
		}
	}
	for name, test := range cases {
		t.Run(string(name), func(t *testing.T) {
			if why, is := exempt[name]; is {
				t.Skip("does not apply: " + why)
			}
			// Registered first, so that it looks after the peer's own clean-up.
			excused := append([]goleak.Option{goleak.IgnoreCurrent()}, ignore...)
			t.Cleanup(func() { goleak.VerifyNone(t, excused...) })
			r := newRig(t, factory)
			test(t, r)
			r.stop()
		})
	}
}

// rig is one supervised collector and its peer.
type rig struct {
	t      *testing.T
	peer   Peer
	c      collectors.Collector
	sink   *Sink
	status *collectors.Status
	cancel context.CancelFunc
	ended  chan error
}

func newRig(t *testing.T, factory Factory) *rig {
	c, peer := factory(t)
	return &rig{t: t, peer: peer, c: c, sink: NewSink(), status: collectors.NewStatus(c.Name(), time.Now)}
}

// start supervises the collector with waits that suit a test.
func (r *rig) start() {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel, r.ended = cancel, make(chan error, 1)
	o := collectors.Options{Min: 20 * time.Millisecond, Max: 200 * time.Millisecond, Log: slog.New(slog.DiscardHandler)}
	go func() { r.ended <- collectors.Supervise(ctx, r.c, r.sink, r.status, o) }()
	r.t.Cleanup(r.stop)
}

// stop ends the collector, and fails the test when Run does not return. It may be called again.
func (r *rig) stop() {
	if r.cancel == nil {
		return
	}
	r.cancel()
	r.cancel = nil
	select {
	case err := <-r.ended:
		if err != nil {
			r.t.Errorf("Supervise: %v", err)
		}
	case <-time.After(Patience):
		r.t.Errorf("Run did not return within %v after its context had ended", Patience)
	}
	if s := r.status.Snapshot(); s.State != collectors.Stopped {
		r.t.Errorf("state after the end is %s", s.State)
	}
}

// begin starts peer and collector and waits until they have found each other.
func (r *rig) begin() {
	r.t.Helper()
	r.peer.Start(r.t)
	r.start()
	r.waitUp()
}

func (r *rig) waitUp() {
	r.t.Helper()
	Eventually(r.t, "the collector is up", func() bool { return r.status.Snapshot().State == collectors.Up },
		func() any { return r.status.Snapshot() })
}

func (r *rig) waitDown() {
	r.t.Helper()
	Eventually(r.t, "the collector notices that its peer has gone", func() bool {
		s := r.status.Snapshot()
		return s.State == collectors.Waiting && s.Err != ""
	}, func() any { return r.status.Snapshot() })
}

// send offers the inputs from..to, both included.
func (r *rig) send(from, to int) {
	for n := from; n <= to; n++ {
		r.peer.Send(r.t, n)
	}
}

func (r *rig) waitFor(from, to int) {
	r.t.Helper()
	for n := from; n <= to; n++ {
		Eventually(r.t, "every input arrives", func() bool { return r.peer.Has(r.sink, n) }, func() any {
			return map[string]any{"missing": n, "status": r.status.Snapshot()}
		})
	}
}

// Eventually polls ok until it is true and fails the test when Patience runs out. detail, which may be nil, is asked for the message.
func Eventually(t *testing.T, what string, ok func() bool, detail func() any) {
	t.Helper()
	for end := time.Now().Add(Patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().Before(end) {
			continue
		}
		if detail == nil {
			t.Fatalf("not within %v: %s", Patience, what)
		}
		t.Fatalf("not within %v: %s: %+v", Patience, what, detail())
	}
}
