package uplink_test

import (
	"testing"
	"time"

	"edgelabel/sync/uplink"
)

func hours(t *testing.T, days, from, to string, limit int64) uplink.Hours {
	t.Helper()
	h, err := uplink.ParseHours(days, from, to, limit)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestTimetable(t *testing.T) {
	table := uplink.Timetable{Limit: 100, Hours: []uplink.Hours{
		hours(t, "mon-fri", "06:00", "22:00", 10), hours(t, "sat,sun", "00:00", "24:00", 0), hours(t, "fri", "22:00", "02:30", -1),
	}}
	for at, want := range map[string]int64{
		"Mon 06:00": 10, "Mon 05:59": 100, "Fri 21:59": 10, "Fri 22:00": -1, "Fri 23:59": -1, "Sat 02:29": 0, "Sat 12:00": 0, "Sun 23:59": 0, "Mon 02:00": 100,
	} {
		when, err := time.Parse("Mon 15:04", at)
		if err != nil {
			t.Fatal(err)
		}
		day := time.Date(2026, 3, 1, when.Hour(), when.Minute(), 0, 0, time.UTC) // a Sunday
		for day.Format("Mon") != at[:3] {
			day = day.AddDate(0, 0, 1)
		}
		if got := table.At(day); got != want {
			t.Errorf("%s: %d, want %d", at, got, want)
		}
	}
	if got := table.Least(); got != 10 {
		t.Errorf("least %d", got)
	}
}

// A night that begins on a Friday reaches into a Saturday, and nowhere else.
func TestTimetableOverMidnight(t *testing.T) {
	table := uplink.Timetable{Hours: []uplink.Hours{hours(t, "fri", "22:00", "02:30", -1)}}
	friday := time.Date(2026, 3, 6, 1, 0, 0, 0, time.UTC)
	if table.At(friday) != 0 || table.At(friday.AddDate(0, 0, 1)) != -1 || table.At(friday.Add(22*time.Hour)) != -1 {
		t.Error("the night is not where it was put")
	}
}

func FuzzParseHours(f *testing.F) {
	f.Add("mon-fri", "06:00", "22:00")
	f.Add("sat,sun", "24:00", "00:00")
	f.Add("sun-sun,", "6", "")
	f.Fuzz(func(t *testing.T, days, from, to string) {
		h, err := uplink.ParseHours(days, from, to, 1)
		if err == nil && (h.From < 0 || h.From > 24*60 || h.To < 0 || h.To > 24*60 || h.Days == [7]bool{}) {
			t.Errorf("%+v", h)
		}
	})
}
