package vibration

import (
	"math"
	"slices"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// mostShown is how many values of a spectrum are kept with a candidate, some 3 KB.
const mostShown = 400

// Spectrum is what a candidate on one of Tags is kept with: of the envelope for the frequencies of bearings, else of the block itself. It
// is nil for other tags, and where the block says nothing. speed is the sample that Derive got.
func (f *Features) Spectrum(block, speed series.Sample, tag string) *label.Spectrum {
	at := slices.IndexFunc(f.tags, func(t series.Tag) bool { return t.ID == tag })
	x, sound := f.points(block)
	if at < 0 || !sound {
		return nil
	}
	out := &label.Spectrum{Tag: f.tag.ID, At: block.Time(), Unit: f.tag.Unit, Lines: f.lines(f.turns(speed))}
	if bearings := f.bearings(); at >= bearings && at < bearings+4*len(f.cfg.Bearings) {
		out.Envelope = true
		x = EnvelopeOf(x, f.tag.Rate, f.cfg.From, f.cfg.To)
	}
	shown(out, SpectrumOf(x, f.tag.Rate))
	return out
}

// bearings is the place of the first signal of bearings.
func (f *Features) bearings() int { return len(f.tags) - 4*len(f.cfg.Bearings) - len(f.cfg.Gears) }

// lines are the frequencies that somebody who reads the spectrum looks for; none while the shaft stands.
func (f *Features) lines(turns float64) (all []label.Line) {
	if turns <= 0 {
		return nil
	}
	all = append(all, label.Line{Name: "1×", Hz: turns})
	for _, b := range f.cfg.Bearings {
		d := b.Defects(turns)
		for _, l := range []label.Line{{Name: "BPFO", Hz: d.BPFO}, {Name: "BPFI", Hz: d.BPFI}, {Name: "BSF", Hz: d.BSF}, {Name: "FTF", Hz: d.FTF}} {
			all = append(all, label.Line{Name: b.Name + " " + l.Name, Hz: digits(l.Hz)})
		}
	}
	for _, g := range f.cfg.Gears {
		all = append(all, label.Line{Name: g.Name, Hz: digits(float64(g.Teeth) * turns)})
	}
	return all
}

// shown writes a spectrum with fewer values, each the largest of those it stands for.
func shown(out *label.Spectrum, s Spectrum) {
	each := (len(s.Amplitude) + mostShown - 1) / mostShown
	out.Step = s.Step * float64(each)
	for part := range slices.Chunk(s.Amplitude, each) {
		out.Amplitude = append(out.Amplitude, digits(slices.Max(part)))
	}
}

// digits keeps four digits of a number: nobody reads more off a spectrum.
func digits(v float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-3)
	return math.Round(v/unit) * unit
}
