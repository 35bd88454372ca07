package uplink

import (
	"fmt"
	"strings"
	"time"
)

// Timetable is a limit of bytes per second that hangs on the hour of the week.
type Timetable struct {
	Limit int64   // outside all hours; 0 is none
	Hours []Hours // the first that fits counts
}

// Hours are the same stretch of some days, in local time.
type Hours struct {
	Days     [7]bool // from Sunday
	From, To int     // minutes since midnight; To is exclusive. To before From reaches into the next day
	Limit    int64   // 0 is none, less than 0 sends nothing
}

// At is the limit at a time.
func (t *Timetable) At(now time.Time) int64 {
	minute, today := now.Hour()*60+now.Minute(), int(now.Weekday())
	for _, h := range t.Hours {
		day, in := today, minute >= h.From && minute < h.To
		if h.To <= h.From {
			if in = minute >= h.From || minute < h.To; minute < h.To {
				day = (today + 6) % 7
			}
		}
		if in && h.Days[day] {
			return h.Limit
		}
	}
	return t.Limit
}

// Least is the smallest limit that lets anything through; 0 when there is none.
func (t *Timetable) Least() int64 {
	least := t.Limit
	for _, h := range t.Hours {
		if h.Limit > 0 && (least <= 0 || h.Limit < least) {
			least = h.Limit
		}
	}
	return max(least, 0)
}

// ParseHours reads days as "mon-fri", "sat,sun" or "daily", and times as "06:00" and "24:00".
func ParseHours(days, from, to string, limit int64) (h Hours, err error) {
	h.Limit = limit
	if h.Days, err = parseDays(days); err != nil {
		return h, err
	}
	if h.From, err = parseMinute(from); err != nil {
		return h, err
	}
	h.To, err = parseMinute(to)
	return h, err
}

func parseDays(s string) (days [7]bool, err error) {
	if s == "" || s == "daily" {
		return [7]bool{true, true, true, true, true, true, true}, nil
	}
	for _, part := range strings.Split(s, ",") {
		first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
		a, b := dayOf(first), dayOf(last)
		if !isRange {
			b = a
		}
		if a < 0 || b < 0 {
			return days, fmt.Errorf("days %q: want daily, mon-fri or sat,sun", s)
		}
		for ; a != b; a = (a + 1) % 7 {
			days[a] = true
		}
		days[b] = true
	}
	return days, nil
}

func dayOf(name string) int {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(d.String()[:3], name) {
			return int(d)
		}
	}
	return -1
}

func parseMinute(s string) (int, error) {
	if s == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("time %q: want 00:00 to 24:00", s)
	}
	return t.Hour()*60 + t.Minute(), nil
}
