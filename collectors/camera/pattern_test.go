package camera_test

import (
	"testing"
	"time"

	"edgelabel/collectors/camera"
)

func TestPattern(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	for _, c := range []struct {
		pattern, layout, name string
		part, result          string
		taken                 int64
	}{
		{"{part}_{time:20060102T150405.000}_{result}.png", "", "P_1_20231115T061320.250_NG.png", "P_1", "NG", 1700000000_250000000},
		{"{part}_{time:20060102150405000}_{result}", "", "P-7_20231115061320250_OK.jpeg", "P-7", "OK", 1700000000_250000000},
		{"{time:unix_ms}-{_}-{part}", "", "1700000000250-x y-7.bmp", "7", "", 1700000000_250000000},
		{"{part}-{time}.jpg", "", "7-1700000000.5.jpg", "7", "", 1700000000_500000000},
		{"cam1_{job}_{part}.png", "", "cam1_j_9.png", "9", "", 0},
		{`^(?P<part>\d+)-(?P<time>\d{8})(?:-(?P<result>\w+))?\.`, "20060102", "12-20231114.png", "12", "", 1699891200e9},
		{"", "", "anything.png", "", "", 0},
	} {
		part, result, taken, ok, err := camera.ReadName(c.pattern, c.layout, shanghai, c.name)
		if err != nil || !ok || part != c.part || result != c.result || taken != c.taken {
			t.Errorf("%s on %s = %q %q %d %v %v; want %+v", c.pattern, c.name, part, result, taken, ok, err, c)
		}
	}
}

func TestPatternDoesNotMatch(t *testing.T) {
	for pattern, name := range map[string]string{
		"{part}_{result}.png":       "P1.png",
		"{part}_{result}.jpg":       "P1_OK.png",
		"{part}_{time:20060102}":    "P1_20231345.png", // no such day
		"{part}_{time:unix_s}":      "P1_abc.png",
		"{time:20060102150405000}":  "2023.png",
		"{part}_{time:Jan-02-2006}": "P1_Foo-02-2006.png",
		`(?P<part>x)`:               "y.png",
	} {
		if part, _, taken, ok, err := camera.ReadName(pattern, "", time.UTC, name); ok || err != nil {
			t.Errorf("%s on %s = %q %d %v", pattern, name, part, taken, err)
		}
	}
}

func TestPatternRefuses(t *testing.T) {
	for _, p := range []string{"{part", "{nonsense}", "{part}{part}", "plain.png", "{time:hello}", "(?P<part>", "(?P<x>.)", "{part:[}(?P<", "{_}"} {
		if _, err := camera.New(camera.Config{Name: "c", Dir: "d", Pattern: p}); err == nil {
			t.Errorf("%q accepted", p)
		}
	}
}

func FuzzPattern(f *testing.F) {
	f.Add("{part}_{time:20060102T150405.000}_{result}.png", "P_20231115T061320.250_NG.png")
	f.Add("{time:20060102150405000}", "20231115061320250")
	f.Add(`(?P<part>\d+)`, "7.png")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		_, _, taken, ok, err := camera.ReadName(pattern, "", time.UTC, name)
		if taken < 0 || err != nil && ok {
			t.Errorf("%q on %q: %d %v %v", pattern, name, taken, ok, err)
		}
	})
}
