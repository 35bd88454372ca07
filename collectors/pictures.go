package collectors

import "time"

// newest is how many pictures rate and clock are worked out of.
const newest = 16

// Pictures is what a camera brings, whatever becomes of it.
type Pictures struct {
	Bytes     uint64    // since the start of the agent
	LastBytes int       // of the newest
	Last      time.Time // when the newest came, zero before the first
	Rate      float64   // a second, over the newest 16 and the time since; 0 before the second
}

// pictures remembers the newest ones, in a ring.
type pictures struct {
	Pictures
	came    [newest]time.Time
	offsets [newest]time.Duration
	n, told int // pictures, and those of them that told their time
}

// Picture notes that a picture came. taken is by the camera's clock, 0 when it does not tell, received by this gateway's, both UTC ns. It
// returns by how much the camera's clock is ahead of the gateway's, as the least delayed of the newest pictures tells; false when none
// has told. Snapshot shows it as ClockOffset from then on.
func (s *Status) Picture(bytes int, taken, received int64) (ahead time.Duration, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &s.pictures
	p.Bytes, p.LastBytes, p.Last = p.Bytes+uint64(bytes), bytes, s.now()
	p.came[p.n%newest] = p.Last
	p.n++
	if taken != 0 {
		p.offsets[p.told%newest] = time.Duration(taken - received)
		p.told++
		s.snap.ClockKnown, s.snap.ClockOffset = true, p.offset()
	}
	return s.snap.ClockOffset, s.snap.ClockKnown
}

// offset is that of the picture that came with the least delay.
func (p *pictures) offset() time.Duration {
	best := p.offsets[0]
	for _, o := range p.offsets[:min(p.told, newest)] {
		best = max(best, o)
	}
	return best
}

// rate is that of the newest pictures; it goes down while none comes.
func (p *pictures) rate(now time.Time) float64 {
	kept := min(p.n, newest)
	if kept < 2 {
		return 0
	}
	took := now.Sub(p.came[(p.n-kept)%newest])
	if took <= 0 {
		return 0
	}
	return float64(kept-1) / took.Seconds()
}
