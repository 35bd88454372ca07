package collectors_test

import (
	"math"
	"testing"
	"time"

	"edgelabel/collectors"
)

func TestPictures(t *testing.T) {
	now := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	s := collectors.NewStatus("cam", func() time.Time { return now })
	if p := s.Snapshot().Pictures; p != (collectors.Pictures{}) {
		t.Errorf("before the first: %+v", p)
	}
	for i := range 40 {
		now = now.Add(100 * time.Millisecond)
		delay := time.Duration(50+10*(i%3)) * time.Millisecond
		ahead, known := s.Picture(1000+i, now.Add(time.Hour-delay).UnixNano(), now.UnixNano())
		if want := time.Hour - 50*time.Millisecond; !known || ahead != want {
			t.Fatalf("picture %d: the clock is %v ahead, want %v", i, ahead, want)
		}
	}
	snap := s.Snapshot()
	if p := snap.Pictures; math.Abs(p.Rate-10) > 1e-9 || p.LastBytes != 1039 || p.Bytes != 40780 || !p.Last.Equal(now) {
		t.Errorf("%+v", p)
	}
	if !snap.ClockKnown || snap.ClockOffset != time.Hour-50*time.Millisecond {
		t.Errorf("clock %v %v", snap.ClockKnown, snap.ClockOffset)
	}
	now = now.Add(13500 * time.Millisecond)
	if r := s.Snapshot().Pictures.Rate; math.Abs(r-1) > 1e-9 {
		t.Errorf("rate %v after a pause", r)
	}
	if _, known := collectors.NewStatus("mute", time.Now).Picture(1, 0, now.UnixNano()); known {
		t.Error("a camera that does not tell its time has a clock")
	}
}
