package timestamp_test

import (
	"errors"
	"testing"
	"time"

	"edgelabel/collectors/timestamp"
)

func TestParse(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	for _, c := range []struct {
		text string
		f    timestamp.Format
		loc  *time.Location
		want int64
	}{
		{"2023-11-14T22:13:20Z", timestamp.Auto, nil, 1700000000e9},
		{"2023-11-14 22:13:20.25+00:00", timestamp.RFC3339, nil, 1700000000_250000000},
		{"2023-11-15 06:13:20", timestamp.Auto, shanghai, 1700000000e9},
		{"2023-11-15T06:13:20.5", timestamp.Local, shanghai, 1700000000_500000000},
		{"1700000000", timestamp.Auto, nil, 1700000000e9},
		{"1700000000.123456789", timestamp.Auto, nil, 1700000000_123456789},
		{"1700000000.1234567899", timestamp.UnixS, nil, 1700000000_123456789},
		{"1700000000123", timestamp.Auto, nil, 1700000000_123000000},
		{"1700000000123456", timestamp.Auto, nil, 1700000000_123456000},
		{"1700000000123456789", timestamp.Auto, nil, 1700000000_123456789},
		{"1.7e9", timestamp.Auto, nil, 1700000000e9},
		{"5", timestamp.UnixMs, nil, 5e6},
		{" 5 ", timestamp.UnixNs, nil, 5},
	} {
		got, err := timestamp.Parse(c.text, c.f, c.loc)
		if err != nil || got != c.want {
			t.Errorf("Parse(%q, %q) = %d, %v; want %d", c.text, c.f, got, err, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"", "0", "-1", "yesterday", "1e400", "NaN", "Inf", "0x10", "1700000000.12x", "99999999999999999999",
		"1969-12-31T23:59:59Z", "2300-01-01T00:00:00Z", "2023-13-01T00:00:00Z", ".5", "1_000"} {
		if ns, err := timestamp.Parse(text, timestamp.Auto, nil); !errors.Is(err, timestamp.ErrTime) {
			t.Errorf("Parse(%q) = %d, %v; want ErrTime", text, ns, err)
		}
	}
	for f, text := range map[timestamp.Format]string{
		timestamp.RFC3339: "2023-11-14 22:13:20", timestamp.UnixS: "2023-11-14T22:13:20Z", timestamp.Local: "1700000000", "stardate": "1",
	} {
		if ns, err := timestamp.Parse(text, f, nil); !errors.Is(err, timestamp.ErrTime) {
			t.Errorf("Parse(%q, %q) = %d, %v; want ErrTime", text, f, ns, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2023-11-14T22:13:20Z", "1700000000.5", "1.7e9", "2023-11-15 06:13:20,5", "1e308", "000.", "5."} {
		f.Add(s, "")
		f.Add(s, "unix_s")
	}
	f.Fuzz(func(t *testing.T, text, format string) {
		ns, err := timestamp.Parse(text, timestamp.Format(format), nil)
		if (err == nil) != (ns > 0) || err != nil && !errors.Is(err, timestamp.ErrTime) {
			t.Errorf("Parse(%q, %q) = %d, %v", text, format, ns, err)
		}
	})
}
