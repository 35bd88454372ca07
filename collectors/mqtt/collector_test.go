package mqtt_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/mqtt"
)

func TestMain(m *testing.M) {
	if childMode() {
		runChild()
		return
	}
	goleak.VerifyTestMain(m)
}

const force = "raw/l1/force"

var number = mqtt.Topic{Filter: "raw/{line}/{signal}", QoS: 1, Payload: mqtt.Number, Tag: "{line}.{signal}"}

func scripted(t *testing.T, change func(*mqtt.Config)) (*broker, *running) {
	b := newBroker(t)
	cfg := config(number, mqtt.Topic{Filter: "cam/+", QoS: 1, Payload: mqtt.Image, Camera: "cam1"})
	cfg.URL, cfg.StateDir = b.url(), t.TempDir()
	if change != nil {
		change(&cfg)
	}
	return b, newRunning(t, cfg)
}

func TestSessionIsPersistent(t *testing.T) {
	b, r := scripted(t, func(c *mqtt.Config) { c.User, c.Password = "u", "p" })
	r.start()
	p := b.accept(false)
	if c := p.connect; c.CleanSession || c.ClientIdentifier != "edgelabel-test" || c.Username != "u" || string(c.Password) != "p" || c.ProtocolVersion != 4 {
		t.Errorf("connect: %+v", c)
	}
	slices.Sort(p.subscribed)
	if !slices.Equal(p.subscribed, []string{"cam/+", "raw/+/+"}) {
		t.Errorf("subscribed %v", p.subscribed)
	}
	r.cancel()
	if err := r.ended(); err != nil {
		t.Errorf("a stop that was asked for returns %v", err)
	}
	if g := r.sink.Gaps(); len(g) > 0 {
		t.Errorf("the first connection ever records %+v", g)
	}
}

func TestAcknowledgedOnlyAfterDisk(t *testing.T) {
	b, r := scripted(t, nil)
	r.sink.Hold()
	r.start()
	p := b.accept(false)
	p.publish(1, force, "1", flags{})
	p.publish(2, force, "2", flags{})
	r.has(1, 2)
	p.publish(3, force, "not a number", flags{}) // rejected at once, but acknowledged in turn
	r.eventually("rejected", func() bool { return r.status.Snapshot().Rejected["number"] == 1 })
	p.unacked()
	r.sink.Release(nil)
	p.acked(1, 2, 3)
	if s := r.status.Snapshot(); s.Samples != 2 || !strings.Contains(s.Problems[force], "not a number") {
		t.Errorf("status %+v", s)
	}
	p.publish(4, force, "4", flags{})
	p.acked(4)
	if s := r.status.Snapshot(); len(s.Problems) > 0 {
		t.Errorf("the topic is well again, but: %v", s.Problems)
	}
}

func TestStopWaitsForDisk(t *testing.T) {
	b, r := scripted(t, nil)
	r.sink.Hold()
	r.start()
	p := b.accept(false)
	p.publish(1, force, "1", flags{})
	r.has(1)
	r.cancel()
	r.sink.Release(nil)
	if acks := p.gone(); !slices.Equal(acks, []uint16{1}) {
		t.Errorf("acknowledged %v on the way out", acks)
	}
}

func TestMessagesOfAnOldSubscriptionAreTaken(t *testing.T) {
	b, r := scripted(t, nil)
	r.start()
	p := b.accept(true)
	p.publish(1, "old/topic", "1", flags{})
	p.publish(2, force, "2", flags{})
	p.acked(1, 2)
	if s := r.status.Snapshot(); s.Rejected["unknown_topic"] != 1 || s.Problems["old/topic"] == "" {
		t.Errorf("status %+v", s)
	}
}

func TestRepetitionOfStoredMessageIsRecognised(t *testing.T) {
	b, r := scripted(t, nil)
	r.start()
	p := b.accept(false)
	p.publish(1, force, "5", flags{})
	p.acked(1)
	p.publish(2, force, "5", flags{}) // says the same, is another one
	p.acked(2)
	p.conn.Close()
	if err := r.ended(); err == nil || !strings.Contains(err.Error(), "connection lost") {
		t.Fatalf("Run: %v", err)
	}

	r.start()
	p = b.accept(true)
	p.publish(2, force, "5", flags{dup: true}) // the acknowledgement had not arrived
	p.publish(3, force, "5", flags{dup: true}) // never arrived here
	p.publish(4, force, "5", flags{})
	p.acked(2, 3, 4)
	r.has(5, 5, 5, 5)
	if s := r.status.Snapshot(); s.Duplicates != 1 {
		t.Errorf("%d duplicates", s.Duplicates)
	}
}

func TestFailedStoreBringsMessagesBack(t *testing.T) {
	b, r := scripted(t, nil)
	r.sink.Fail(errors.New("disk full"))
	r.start()
	p := b.accept(false)
	p.publish(1, force, "1", flags{})
	if err := r.ended(); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Fatalf("Run: %v", err)
	}
	if acks := p.gone(); len(acks) > 0 {
		t.Fatalf("acknowledged %v", acks)
	}
	r.sink.Fail(nil)
	r.start()
	p = b.accept(true)
	p.publish(1, force, "1", flags{dup: true})
	p.acked(1)
	r.has(1)
	if d := r.status.Snapshot().Duplicates; d != 0 {
		t.Errorf("%d duplicates", d)
	}
}

func TestAcknowledgementNeverCrossesConnections(t *testing.T) {
	b, r := scripted(t, func(c *mqtt.Config) { c.Drain = 1 })
	r.sink.Hold()
	r.start()
	p := b.accept(false)
	p.publish(1, force, "1", flags{})
	r.has(1)
	p.conn.Close()
	r.ended()
	r.start()
	p = b.accept(true)
	r.sink.Release(nil) // now it is on disk, but id 1 may mean another message by now
	p.unacked()
	p.publish(1, force, "1", flags{dup: true})
	p.acked(1)
	r.has(1)
}

func TestLostSessionIsAGap(t *testing.T) {
	b, r := scripted(t, nil)
	r.start()
	p := b.accept(false)
	p.publish(1, force, "1", flags{})
	p.acked(1)
	p.conn.Close()
	r.ended()
	r.start()
	p = b.accept(true)
	p.publish(2, force, "2", flags{})
	p.acked(2)
	if g := r.sink.Gaps(); len(g) > 0 {
		t.Fatalf("the session was kept, but: %+v", g)
	}
	p.conn.Close()
	r.ended()

	// Another process, with the state of the one before.
	r.sink.Fail(errors.New("disk full"))
	r.start()
	b.accept(false)
	if err := r.ended(); err == nil || !strings.Contains(err.Error(), "record gap") {
		t.Fatalf("Run: %v", err)
	}
	r.sink.Fail(nil)
	r.start()
	b.accept(true) // the session is present by now, the gap is still owed
	r.eventually("a gap", func() bool { return len(r.sink.Gaps()) == 1 })
	g := r.sink.Gaps()[0]
	if last := r.sink.All()[1].Receive; g.Reason != series.GapDisconnected || g.Source != "press" || g.From < last || g.To <= g.From {
		t.Errorf("gap %+v, last sample at %d", g, last)
	}
	if n := r.status.Snapshot().Gaps[series.GapDisconnected]; n != 1 {
		t.Errorf("%d gaps counted", n)
	}
}

func TestQoS0IsNotKeptWhileAway(t *testing.T) {
	b, r := scripted(t, nil)
	r.start()
	p := b.accept(false)
	p.publish(0, force, "1", flags{})
	r.has(1)
	p.conn.Close()
	r.ended()
	r.start()
	b.accept(true)
	r.eventually("a gap", func() bool { return len(r.sink.Gaps()) == 1 })
}

func TestLargeMessageIsDroppedOnce(t *testing.T) {
	b, r := scripted(t, func(c *mqtt.Config) { c.MaxPayload = 1000 })
	r.start()
	p := b.accept(false)
	p.publish(1, "cam/1", strings.Repeat("x", 200000), flags{})
	p.publish(2, force, "2", flags{})
	p.acked(1, 2)
	s := r.status.Snapshot()
	if s.Rejected["too_large"] != 1 || !strings.Contains(s.Problems["cam/1"], "200000 bytes is over the limit of 1000") || s.State != collectors.Up {
		t.Errorf("status %+v", s)
	}
}

func TestRetained(t *testing.T) {
	b, r := scripted(t, nil)
	r.start()
	p := b.accept(false)
	p.publish(1, force, "1", flags{retain: true})
	p.publish(2, force, "2", flags{})
	p.acked(1, 2)
	r.has(2)

	b, r = scripted(t, func(c *mqtt.Config) { c.AcceptRetained = true })
	r.start()
	p = b.accept(false)
	p.publish(1, force, "1", flags{retain: true})
	p.acked(1)
	if s := r.sink.All(); len(s) != 1 || s[0].Quality() != series.Uncertain {
		t.Errorf("retained: %+v", s)
	}
}

func TestImagesAreAcknowledgedAfterTheSink(t *testing.T) {
	b, r := scripted(t, nil)
	unblock := r.sink.Block()
	r.start()
	p := b.accept(false)
	p.publish(1, "cam/7", "picture", flags{})
	p.unacked()
	unblock()
	p.acked(1)
	p.publish(2, "cam/7", "picture", flags{})
	p.acked(2)
	if s := r.status.Snapshot(); s.Images != 1 || s.Duplicates != 1 || len(r.sink.Images()) != 1 {
		t.Errorf("status %+v", s)
	}
}

func TestRefusedImageIsAcknowledged(t *testing.T) {
	b, r := scripted(t, nil)
	r.sink.Fail(errors.Join(collectors.ErrRejected, errors.New("no image")))
	r.start()
	p := b.accept(false)
	p.publish(1, "cam/7", "junk", flags{})
	p.acked(1)
	if s := r.status.Snapshot(); s.Rejected["image"] != 1 || !strings.Contains(s.Problems["cam/7"], "no image") {
		t.Errorf("status %+v", s)
	}
}

func TestRefusedSubscription(t *testing.T) {
	b, r := scripted(t, nil)
	r.start()
	p := b.accept(false, 0x80, 1)
	refused := p.subscribed[0]
	r.eventually("up", func() bool { return r.status.Snapshot().State == collectors.Up })
	if s := r.status.Snapshot(); !strings.Contains(s.Problems[refused], "refused") {
		t.Errorf("status %+v", s)
	}
	p.conn.Close()
	r.ended()
	r.start()
	b.accept(true, 0x80, 0x80)
	if err := r.ended(); err == nil || !strings.Contains(err.Error(), "refused all 2 filters") {
		t.Errorf("Run: %v", err)
	}
}

func TestOldFiltersAreUnsubscribed(t *testing.T) {
	b, _ := scripted(t, nil)
	dir := t.TempDir()
	cfg := config(number, mqtt.Topic{Filter: "gone/#", QoS: 1, Payload: mqtt.Number, Tag: "{1}"})
	cfg.URL, cfg.StateDir = b.url(), dir
	r := newRunning(t, cfg)
	r.start()
	b.accept(false)
	r.eventually("up", func() bool { return r.status.Snapshot().State == collectors.Up })
	r.cancel()
	r.ended()

	cfg.Topics = cfg.Topics[:1]
	r = newRunning(t, cfg)
	r.start()
	if p := b.accept(true); !slices.Equal(p.unsubscribed, []string{"gone/#"}) {
		t.Errorf("unsubscribed %v", p.unsubscribed)
	}
}

func TestOverflowReconnectsAndLosesNothing(t *testing.T) {
	b, r := scripted(t, func(c *mqtt.Config) { c.Inflight = 2 })
	unblock := r.sink.Block()
	r.start()
	p := b.accept(false)
	for id := range uint16(10) {
		p.publish(id+1, force, "1", flags{})
	}
	r.eventually("up", func() bool { return r.status.Snapshot().State == collectors.Up })
	p.publish(11, force, "1", flags{})
	p.unacked()
	unblock()
	if err := r.ended(); err == nil || !strings.Contains(err.Error(), "inbox") {
		t.Fatalf("Run: %v", err)
	}
	acks := p.gone()
	if len(acks) == 0 || len(acks) > 8 || len(acks) != len(r.sink.All()) {
		t.Errorf("%d acknowledged, %d stored", len(acks), len(r.sink.All()))
	}
	if r.c.Overflows() != 1 {
		t.Errorf("%d overflows", r.c.Overflows())
	}
}

func TestOverflowAtQoS0IsAGap(t *testing.T) {
	b, r := scripted(t, func(c *mqtt.Config) { c.Inflight = 2 })
	unblock := r.sink.Block()
	r.start()
	p := b.accept(false)
	for range 20 {
		p.publish(0, force, "1", flags{})
	}
	p.unacked()
	unblock()
	r.eventually("a gap", func() bool { return r.status.Snapshot().Gaps[series.GapOverflow] > 0 })
}

func TestFlappingNamesTheLikelyCause(t *testing.T) {
	b, r := scripted(t, nil)
	for round := range 3 {
		r.start()
		p := b.accept(round > 0)
		r.eventually("up", func() bool { return r.status.Snapshot().State == collectors.Up })
		p.conn.Close()
		err := r.ended()
		if err == nil {
			t.Fatal("no error")
		}
		if named := strings.Contains(err.Error(), `client id "edgelabel-test"`); named != (round > 0) {
			t.Errorf("round %d: %v", round, err)
		}
	}
}
