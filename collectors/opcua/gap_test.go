package opcua_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
	"edgelabel/collectors"
)

func TestCutLeavesOneGapAndDropsWhatIsKnown(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	p.Start(t)
	r := run(t, p.config())
	r.waitFor(t, "data", func() bool { return p.Has(r.sink, 1) })
	before := time.Now().UnixNano()
	p.Stop(t)
	r.waitFor(t, "the cut is noticed", func() bool { return r.status.Snapshot().State == collectors.Waiting })
	time.Sleep(300 * time.Millisecond) // several attempts fail
	after := time.Now().UnixNano()
	p.Start(t)
	r.waitFor(t, "the gap and the duplicate", func() bool { return len(r.sink.Gaps()) > 0 && r.status.Snapshot().Duplicates == 1 })
	r.stop()
	gaps := r.sink.Gaps()
	if len(gaps) != 1 || gaps[0].Reason != series.GapDisconnected || gaps[0].From > before || gaps[0].To < after || gaps[0].Tag != "" {
		t.Errorf("gaps %+v, cut from %d to %d", gaps, before, after)
	}
	if s := r.status.Snapshot(); s.Gaps[series.GapDisconnected] != 1 || len(r.sink.Tag("force")) != 1 {
		t.Errorf("status %+v, samples %v", s, r.sink.Tag("force"))
	}
}

func TestSilenceIsToldFromStillValues(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	p.Start(t)
	r := run(t, p.config())
	r.waitUp(t)
	thaw := p.net.freeze()
	defer thaw()
	r.waitFor(t, "the silence is noticed", func() bool { return contains(r.status.Snapshot().Err, "connected, but silent for") })
	thaw()
	r.waitFor(t, "a gap", func() bool { return len(r.sink.Gaps()) > 0 })
	r.stop()
	if g := r.sink.Gaps(); len(g) != 1 || g[0].Reason != series.GapSilent {
		t.Errorf("gaps %+v", g)
	}
}

func TestStopWhileAwayLeavesAGapUpToNow(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	p.Start(t)
	r := run(t, p.config())
	r.waitUp(t)
	p.Stop(t)
	r.waitFor(t, "the cut is noticed", func() bool { return r.status.Snapshot().State == collectors.Waiting })
	before := time.Now().Add(-time.Second).UnixNano()
	r.stop()
	if g := r.sink.Gaps(); len(g) != 1 || g[0].Reason != series.GapDisconnected || g[0].To < before {
		t.Errorf("gaps %+v", g)
	}
}

func TestEarlierRunOfTheAgentLeavesAGap(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	c := p.config()
	last := time.Now().Add(-time.Hour).UnixNano()
	c.LastSeen = func(string) int64 { return last }
	p.Start(t)
	r := run(t, c)
	r.waitFor(t, "a gap", func() bool { return len(r.sink.Gaps()) > 0 })
	if g := r.sink.Gaps(); len(g) != 1 || g[0].Reason != series.GapShutdown || g[0].From != last || g[0].To-last < int64(time.Hour) {
		t.Errorf("gaps %+v", g)
	}
}

func TestOverflowOfTheServersQueueLeavesAGapOfTheTag(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	first := time.Now()
	p.set("force", dataValue(1.0, ua.StatusOK, first))
	p.Start(t)
	r := run(t, p.config())
	r.waitFor(t, "data", func() bool { return p.Has(r.sink, 1) })
	second := time.Now()
	p.set("force", dataValue(2.0, 0x480, second))
	r.waitFor(t, "the value is kept", func() bool { return p.Has(r.sink, 2) })
	r.stop()
	if g := r.sink.Gaps(); len(g) != 1 || g[0].Tag != "force" || g[0].Reason != series.GapOverflow ||
		g[0].From/100 != first.UnixNano()/100 || g[0].To/100 != second.UnixNano()/100 {
		t.Errorf("gaps %+v, want %d to %d", g, first.UnixNano(), second.UnixNano())
	}
	if s := r.sink.Tag("force")[1]; s.Quality() != series.Good || s.Status != 0x480 {
		t.Errorf("sample %+v", s)
	}
}

func TestSlowStoreDropsTheOldestAndSaysSo(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(0.0, ua.StatusOK, time.Now()))
	p.Start(t)
	c := p.config()
	c.Buffer = 4
	r := run(t, c)
	r.waitFor(t, "data", func() bool { return p.Has(r.sink, 0) })
	unblock := r.sink.Block()
	for n := 1; n <= 12; n++ {
		p.Send(t, n)
	}
	unblock()
	r.waitFor(t, "the newest", func() bool { return p.Has(r.sink, 12) && len(r.sink.Gaps()) > 0 })
	got := r.sink.Tag("force")
	g := r.sink.Gaps()[0]
	if g.Reason != series.GapOverflow || !contains(g.Detail, "dropped") || len(got) > 10 {
		t.Errorf("gap %+v, %d samples", g, len(got))
	}
	for _, hole := range holes(got, r.sink.Gaps()) {
		t.Error(hole)
	}
}

func TestSamplesThatCouldNotBeStoredLeaveAGap(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(0.0, ua.StatusOK, time.Now()))
	p.Start(t)
	r := run(t, p.config())
	r.waitFor(t, "data", func() bool { return p.Has(r.sink, 0) })
	r.sink.Fail(errors.New("no space left"))
	p.Send(t, 1)
	r.waitFor(t, "the store's error shows", func() bool { return contains(r.status.Snapshot().Problems["store"], "no space left") })
	r.sink.Fail(nil)
	r.waitFor(t, "a gap", func() bool { return len(r.sink.Gaps()) > 0 })
	if g := r.sink.Gaps()[0]; g.Reason != series.GapOverflow || !contains(g.Detail, "could not be stored", "no space left") {
		t.Errorf("gap %+v", g)
	}
	r.waitFor(t, "the problem is over", func() bool { return len(r.status.Snapshot().Problems) == 0 })
}

func TestClockThatIsOffIsShown(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	p.Start(t)
	c := p.config()
	c.Now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	r := run(t, c)
	r.waitFor(t, "the offset shows", func() bool { return contains(r.status.Snapshot().Problems["clock"], "2h0m", "behind") })
	p.Stop(t)
	r.waitFor(t, "the cut is noticed", func() bool { return r.status.Snapshot().State == collectors.Waiting })
	p.Start(t)
	r.waitFor(t, "a gap", func() bool { return len(r.sink.Gaps()) > 0 })
	if g := r.sink.Gaps()[0]; !contains(g.Detail, "too far apart", "set the clock") {
		t.Errorf("gap %+v", g)
	}
}

// A server that accepts the connection and then says nothing must not hold up the end.
func TestStopWhileTheServerDoesNotAnswer(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.Start(t)
	thaw := p.net.freeze()
	defer thaw()
	r := run(t, p.config())
	r.waitFor(t, "it connects", func() bool { return p.net.open() > 0 })
	stopped := make(chan struct{})
	go func() { defer close(stopped); r.stop() }()
	select {
	case <-stopped:
	case <-time.After(openTimeout / 2):
		t.Error("it waits for the server")
	}
}

// openTimeout is what the collector gives a server at most.
const openTimeout = 30 * time.Second

// A controller that starts in 1970 issues tokens that look expired; the library then cannot read its answers.
func TestServerOf1970IsExplained(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.net.edit = in1970
	p.Start(t)
	r := run(t, p.insecure())
	r.waitFor(t, "the explanation", func() bool { return contains(r.status.Snapshot().Err, "too far apart", "1970") })
}

// in1970 sets the time of issue in an OpenSecureChannel response to 1970, and the token's id to that of the channel, as controllers have it.
func in1970(b []byte) []byte {
	if !bytes.HasPrefix(b, []byte("OPNF")) {
		return b
	}
	const header, sequence, typeID, response, version = 12, 8, 4, 8 + 4 + 4 + 1 + 4 + 3, 4
	at := header
	for range 3 { // policy, certificate and thumbprint, each with its length or -1
		at += 4 + max(0, int(int32(binary.LittleEndian.Uint32(b[at:]))))
	}
	token := at + sequence + typeID + response + version
	if len(b) < token+16 {
		return b
	}
	copy(b[token+4:token+8], b[token:token+4])
	binary.LittleEndian.PutUint64(b[token+8:], 116444736000000000)
	return b
}
