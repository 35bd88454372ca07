package vibration_test

import (
	"math"
	"strings"
	"testing"

	"edgelabel/agent/detect/vibration"
	"edgelabel/agent/series"
)

var wave = series.Tag{ID: "m.v", Name: "Motor", Unit: "m/s²", Kind: series.Wave, Rate: rate}

func TestDerive(t *testing.T) {
	f, err := vibration.New(wave, vibration.Config{
		Speed: "m.speed", SpeedUnit: "rpm", Gears: []vibration.Gear{{Name: "g", Teeth: 16}},
		Bearings: []vibration.NamedBearing{{Name: "de", Bearing: vibration.Bearing{Rollers: 9, Roller: 7.94, Pitch: 39.04}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	block := series.Sample{Tag: "m.v", Source: 5, Wave: sine(8192, 10, 160)} // the mesh of 16 teeth at 600 1/min
	derive := func(s, speed series.Sample) map[string]series.Sample {
		got := map[string]series.Sample{}
		for i, d := range f.Derive(s, speed) {
			if d.Tag != f.Tags()[i].ID || d.Time() != s.Time() {
				t.Errorf("%+v of %s", d, f.Tags()[i].ID)
			}
			got[strings.TrimPrefix(d.Tag, "m.v.")] = d
		}
		return got
	}
	got := derive(block, series.Sample{Value: 600})
	near(t, "rms", got["rms"].Value, 10/math.Sqrt2, 0.01)
	near(t, "velocity", got["velocity"].Value, 7.034, 0.01)
	near(t, "mesh", got["g.mesh"].Value, 10, 0.03)
	if len(got) != 10 {
		t.Errorf("%d signals", len(got))
	}
	got = derive(block, series.Sample{Value: math.NaN(), Status: series.StatusBad})
	if got["g.mesh"].Quality() != series.Bad || got["de.bpfo"].Quality() != series.Bad || got["rms"].Quality() != series.Good {
		t.Errorf("without speed: %+v", got)
	}
	block.Wave = []float64{1, 2}
	if got = derive(block, series.Sample{Value: 600}); got["rms"].Quality() != series.Bad || !math.IsNaN(got["rms"].Value) {
		t.Errorf("too short: %+v", got)
	}
}

func TestSpectrumOfWhatWasFlagged(t *testing.T) {
	f, err := vibration.New(wave, vibration.Config{
		Turns: 10, Gears: []vibration.Gear{{Name: "g", Teeth: 16}},
		Bearings: []vibration.NamedBearing{{Name: "de", Bearing: vibration.Bearing{Rollers: 9, Roller: 7.94, Pitch: 39.04}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	block := series.Sample{Tag: "m.v", Source: 5, Wave: sine(8192, 10, 160)}
	for tag, envelope := range map[string]bool{"m.v.rms": false, "m.v.velocity": false, "m.v.de.bpfo": true, "m.v.de.ftf": true, "m.v.g.mesh": false} {
		s := f.Spectrum(block, series.Sample{}, tag)
		if s == nil || s.Envelope != envelope || s.Tag != "m.v" || s.At != 5 || s.Unit != "m/s²" || len(s.Amplitude) > 400 || len(s.Lines) != 6 {
			t.Fatalf("%s: %+v", tag, s)
		}
		if span := s.Step * float64(len(s.Amplitude)); span < rate/2 || span > rate*.52 {
			t.Errorf("%s reaches %g Hz", tag, span)
		}
		highest := 0
		for k, v := range s.Amplitude {
			if v > s.Amplitude[highest] {
				highest = k
			}
		}
		if at := float64(highest) * s.Step; !envelope && (at > 160 || at+s.Step < 160 || s.Amplitude[highest] < 9) {
			t.Errorf("%s: %g at %g Hz", tag, s.Amplitude[highest], at)
		}
	}
	if s := f.Spectrum(block, series.Sample{}, "m.other"); s != nil {
		t.Errorf("of a foreign tag: %+v", s)
	}
	block.Wave[7] = math.NaN()
	if s := f.Spectrum(block, series.Sample{}, "m.v.rms"); s != nil {
		t.Errorf("of a block without a number: %+v", s)
	}
}

func TestUnitsOfVelocity(t *testing.T) {
	for unit, want := range map[string]float64{"g": 7.034 * 9.80665, "mm/s": 7.071, "m/s": 7071} {
		tag := wave
		tag.Unit = unit
		f, err := vibration.New(tag, vibration.Config{})
		if err != nil {
			t.Fatal(err)
		}
		near(t, unit, f.Derive(series.Sample{Wave: sine(8192, 10, 160)}, series.Sample{})[4].Value, want, 0.01)
	}
}

func TestRefused(t *testing.T) {
	force := wave
	force.Unit = "kN"
	for part, err := range map[string]error{
		`"kN" is no acceleration`: second(vibration.New(force, vibration.Config{})),
		"band: 100 to 9000":       second(vibration.New(wave, vibration.Config{From: 100, To: 9000})),
		"speed: want a tag":       second(vibration.New(wave, vibration.Config{Gears: []vibration.Gear{{Name: "g", Teeth: 9}}})),
		`unit "mm" is not rpm`:    second(vibration.New(wave, vibration.Config{Speed: "s", SpeedUnit: "mm"})),
		"at least 3 rollers":      second(vibration.New(wave, vibration.Config{Turns: 1, Bearings: []vibration.NamedBearing{{Name: "b"}}})),
		"at least 2 teeth":        second(vibration.New(wave, vibration.Config{Turns: 1, Gears: []vibration.Gear{{Name: "g"}}})),
	} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v", part, err)
		}
	}
}

func second(_ *vibration.Features, err error) error { return err }
