package detect_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/series"
)

func ptr(v float64) *float64 { return &v }

func TestRuleCheck(t *testing.T) {
	tests := []struct {
		name   string
		rule   detect.Rule
		fields []string // that have a problem
	}{
		{"limits in order", detect.Rule{Kind: detect.Limit, LL: ptr(-1), L: ptr(0), H: ptr(1), HH: ptr(2)}, nil},
		{"HH below H", detect.Rule{Kind: detect.Limit, H: ptr(2), HH: ptr(1)}, []string{"hh"}},
		{"LL as high as L", detect.Rule{Kind: detect.Limit, LL: ptr(1), L: ptr(1)}, []string{"l"}},
		{"low above high", detect.Rule{Kind: detect.Limit, L: ptr(5), H: ptr(1)}, []string{"h"}},
		{"no limit", detect.Rule{Kind: detect.Limit}, []string{"h"}},
		{"limit that is no number", detect.Rule{Kind: detect.Limit, H: ptr(math.NaN())}, []string{"h"}},
		{"stuck without period", detect.Rule{Kind: detect.Stuck}, []string{"period"}},
		{"missing", detect.Rule{Kind: detect.Missing, Period: time.Second}, nil},
		{"rate without limit", detect.Rule{Kind: detect.Rate}, []string{"per_second"}},
		{"robust z", detect.Rule{Kind: detect.RobustZ}, nil},
		{"window too small", detect.Rule{Kind: detect.RobustZ, Window: 3}, []string{"window"}},
		{"warm-up longer than the window", detect.Rule{Kind: detect.RobustZ, Window: 10, Warmup: 11}, []string{"warmup"}},
		{"several", detect.Rule{Kind: "x", Severity: 1001, OnDelay: -1, Deadband: -1}, []string{"severity", "on_delay", "deadband", "kind"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var fields []string
			err := tt.rule.Check()
			if joined, ok := err.(interface{ Unwrap() []error }); ok {
				for _, e := range joined.Unwrap() {
					var p *detect.Problem
					if !errors.As(e, &p) {
						t.Fatalf("not a problem: %v", e)
					}
					fields = append(fields, p.Field)
				}
			}
			slices.Sort(fields)
			slices.Sort(tt.fields)
			if !slices.Equal(fields, tt.fields) {
				t.Errorf("problems %v, want %v", err, tt.fields)
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	for kind, n := range map[series.Kind]int{series.Number: 1, series.Wave: 1, series.Bool: 0, series.Text: 0} {
		rules := detect.Defaults(series.Tag{ID: "x", Kind: kind})
		if len(rules) != n {
			t.Errorf("%s: %d rules, want %d", kind, len(rules), n)
		}
		for _, r := range rules {
			if err := r.Check(); err != nil || r.Name != "x.robust_z" {
				t.Errorf("%s: %+v: %v", kind, r, err)
			}
		}
	}
}

func TestWording(t *testing.T) {
	for v, s := range map[float64]string{
		512: "512 kN", -0.123456: "-0.1235 kN", 1234.567: "1235 kN", 123456: "123456 kN", 0: "0 kN", 1e-7: "1e-07 kN", 3.2e9: "3.2e+09 kN",
		99.999: "100 kN", 0.00012346: "0.0001235 kN",
	} {
		if got := detect.Quantity(v, "kN"); got != s {
			t.Errorf("%v: %q, want %q", v, got, s)
		}
	}
	if got := detect.Quantity(2.5, ""); got != "2.5" {
		t.Errorf("without unit: %q", got)
	}
	for d, s := range map[time.Duration][2]string{
		350 * time.Millisecond:      {"350 毫秒", "350 ms"},
		2400 * time.Millisecond:     {"2.4 秒", "2.4 s"},
		2449 * time.Millisecond:     {"2.4 秒", "2.4 s"},
		time.Minute:                 {"1 分", "1 min"},
		200 * time.Second:           {"3 分 20 秒", "3 min 20 s"},
		2*time.Hour + 5*time.Minute: {"2 小时 5 分", "2 h 5 min"},
	} {
		if zh, en := detect.Lasted(d); zh != s[0] || en != s[1] {
			t.Errorf("%v: %q and %q", d, zh, en)
		}
	}
}

func TestUsableAndSquash(t *testing.T) {
	for _, tt := range []struct {
		s  series.Sample
		ok bool
	}{
		{series.Sample{Value: 1}, true},
		{series.Sample{Value: 1, Status: series.StatusUncertain}, true},
		{series.Sample{Value: 1, Status: 0x00000480}, true}, // information bits do not make good data bad
		{series.Sample{Value: 1, Status: series.StatusBadOutOfRange}, false},
		{series.Sample{Value: math.NaN()}, false},
		{series.Sample{Value: math.Inf(-1)}, false},
	} {
		if detect.Usable(tt.s) != tt.ok {
			t.Errorf("%+v: usable is %v", tt.s, !tt.ok)
		}
	}
	for excess, score := range map[float64]float64{-1: 0, 0: 0, 1: 0.5, 3: 0.75, math.Inf(1): 1} {
		if got := detect.Squash(excess); got != score {
			t.Errorf("squash %v: %v, want %v", excess, got, score)
		}
	}
	if got := detect.Squash(math.NaN()); got != 0 {
		t.Errorf("squash NaN: %v", got)
	}
}
