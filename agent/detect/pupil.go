package detect

import "edgelabel/agent/series"

// Pupil is a detector that can be told later that a stretch of its signal was normal, whatever it is looking at now.
type Pupil interface {
	Detector

	// Teach takes samples in the order of time. They change what counts as normal, and nothing of what the detector is in the middle of.
	Teach(stretch []series.Sample)
}
