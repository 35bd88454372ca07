// Package vision is what image detectors have in common: what they look at and what they say about it. One folder holds one method.
//
//	file ─▶ Decode ─▶ grey picture ─▶ Detector.Inspect ─▶ Finding: a score for the whole, regions with box, score and type
//
// Detectors propose; people decide. None of them has a clock, a random number or state that a picture changes.
package vision

import (
	"context"
	"errors"
	"image"

	"edgelabel/agent/label"
	"edgelabel/agent/vision/plane"
)

// Detector judges pictures after it has learnt from pictures known good.
type Detector interface {
	// Inspect judges one picture. It does not keep or change it, and the same picture always gets the same finding. Any size is judged or
	// refused with an error, never with a panic. Several goroutines may call it at once; it returns ctx's error soon after ctx ends.
	Inspect(ctx context.Context, picture *image.Gray) (Finding, error)
}

// Original is a detector that looks at a picture as it was stored, with its colours, instead of the grey one.
type Original interface {
	// InspectOriginal judges a file whose header says no more pixels than memory is set aside for. It promises what Inspect does; the
	// caller leaves file as it is meanwhile.
	InspectOriginal(ctx context.Context, file []byte) (Finding, error)
}

// ErrAway says that whoever judges is away for the moment. Why was told when it went: it is not told again for every picture.
var ErrAway = errors.New("not judged: who judges is away")

// Finding is what a detector says about one picture.
type Finding struct {
	Score   float64  // 0..1, the whole picture; from Suspect on it is worth a look
	Regions []Region // proposals, the highest score first
	Explain label.Text

	Model, Version string // of a model of the user that says so; empty: a method of ours
}

// Region is a place that looks wrong.
type Region struct {
	Box   image.Rectangle // pixels of the picture as it was given, inside its bounds
	Score float64         // 0..1
	Type  string          // what it is, where the method can tell; else empty
	Area  int             // pixels that differ; at most those of Box, which is drawn as loosely as people draw

	// Shape measures the pixels that differ, in the frame of the good part: its first pixel is the origin, and its scale the picture's. It
	// is nil where the method cannot tell pixel from pixel.
	Shape *plane.Extent

	// Points outline it where a box would be too coarse, inside the picture; nil: the box is what there is.
	Points [][2]float64
}

// Suspect is the score from which a picture counts as not OK: for each method, what it finds just at its tolerance.
const Suspect = 0.5

// Squash turns a distance in units of the tolerance, 0 and more, into a score: 1 becomes Suspect.
func Squash(times float64) float64 {
	if !(times > 0) {
		return 0
	}
	return 1 - 1/(1+times)
}
