package export

import (
	"context"

	"edgelabel/agent/series"
)

// Alignment is how the samples of a dataset were put on common points in time.
type Alignment struct {
	Step   string        `json:"step"`
	Method series.Method `json:"method"`
	Valid  string        `json:"valid"`
}

// aligned reads a window as the dataset wants it. nil has none.
func (r *run) aligned(read func(context.Context) (*series.Window, error)) func(context.Context) (*series.Window, error) {
	if r.options.Align == nil || read == nil {
		return read
	}
	return func(ctx context.Context) (*series.Window, error) {
		w, err := read(ctx)
		if err != nil {
			return nil, err
		}
		return r.options.Align.Window(w)
	}
}

// alignment says it in dataset.json; nil where the samples are as they came.
func (o Options) alignment() *Alignment {
	if o.Align == nil || !o.Windows {
		return nil
	}
	return &Alignment{Step: o.Align.Step.String(), Method: o.Align.Method, Valid: o.Align.Valid.String()}
}
