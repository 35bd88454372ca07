package pipeline

import (
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Features derives signals from the blocks of a tag: each block becomes one sample of each of them.
type Features interface {
	// Tags are the derived signals. They are tags of the pipeline like others.
	Tags() []series.Tag

	// Speed is a tag whose newest sample Derive wants; empty is none.
	Speed() string

	// Derive computes one sample of each of Tags. The answer is valid until the next call.
	Derive(block, speed series.Sample) []series.Sample
}

// Spectral is an extra power of Features: to say what a block held by frequency.
type Spectral interface {
	// Spectrum is what is kept with a candidate on one of Tags that the block opened; nil: nothing.
	Spectrum(block, speed series.Sample, tag string) *label.Spectrum
}

// block is what a derived sample came from.
type block struct {
	by           Spectral
	block, speed series.Sample
}

func (b *block) spectrum(c label.Candidate) *label.Spectrum {
	if b == nil {
		return nil
	}
	return b.by.Spectrum(b.block, b.speed, c.Tags[0])
}

// derive adds what is derived from a block that is new: to be stored, and to be judged like what a source sends.
func (p *Pipeline) derive(st *stream, s series.Sample, more []series.Sample) []series.Sample {
	st.last = s
	if st.tag.Features == nil || len(s.Wave) == 0 {
		return more
	}
	speed := series.Sample{Status: series.StatusBad}
	if by := p.streams[st.tag.Features.Speed()]; by != nil && by.last.Time() != 0 {
		speed = by.last
	}
	var of *block
	if by, ok := st.tag.Features.(Spectral); ok {
		of = &block{by, s, speed}
	}
	for _, d := range st.tag.Features.Derive(s, speed) {
		if to := p.streams[d.Tag]; to != nil {
			to.counts.samples.Add(1)
			more = append(more, d)
			p.work = append(p.work, work{to, d, of})
		}
	}
	return more
}
