// Package draw draws windows of time at random, whatever a signal shows in them. What people find in these is what detectors miss.
//
//	sample ─▶ its window of time ─▶ is the window's hash among the drawn? ─▶ candidate, from its first to its last sample
//
// Which windows are drawn follows from the tag's name and the time alone: after a restart it is the same ones.
package draw

import (
	"encoding/binary"
	"hash/fnv"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/keep"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

const day = int64(24 * time.Hour)

// Detector draws from one signal. Its score is always 0.
type Detector struct {
	track  *detect.Track
	tag    string
	length int64 // of a window, ns
	draws  int   // windows a day
}

// New returns a detector for a complete, checked rule.
func New(tag series.Tag, r detect.Rule) *Detector {
	say := func(*label.Candidate, time.Duration) label.Text {
		return label.Text{ZH: "随机抽取的时段，用于估计漏检：没有检测器提示。", EN: "Drawn at random, to estimate what is missed: no detector pointed here."}
	}
	r.OnDelay, r.OffDelay = 0, 0
	return &Detector{track: detect.NewTrack(tag, r, "", say), tag: tag.ID, length: int64(r.Period), draws: r.Draws}
}

// Push implements detect.Detector.
func (d *Detector) Push(s series.Sample) []detect.Event {
	if !detect.Usable(s) {
		return nil
	}
	return d.track.Set(s.Time(), d.drawn(s.Time()/d.length), 0, 0)
}

// drawn reports whether a window is among those of its day.
func (d *Detector) drawn(window int64) bool {
	h := fnv.New64a()
	h.Write([]byte(d.tag))
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(window)))
	return mixed(h.Sum64())%uint64(max(day/d.length, 1)) < uint64(d.draws)
}

// mixed spreads what the last bytes did to a hash over all its bits (the finalizer of MurmurHash3, Appleby 2008).
func mixed(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// Tick implements detect.Detector: only samples begin and end a window.
func (d *Detector) Tick(int64) []detect.Event { return nil }

// Score implements detect.Detector.
func (d *Detector) Score() float64 { return 0 }

// Keep implements detect.Keeper.
func (d *Detector) Keep(b *keep.Book) {
	b.Head("draw", 1)
	d.track.Keep(b)
}
