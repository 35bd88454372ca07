package export

import (
	"context"
	"errors"
)

// PerSplit opens one encoder for each split, or one alone where there are none: for formats that are one file.
func PerSplit(job Job, open func(Job) (Encoder, error)) (Encoder, error) {
	if len(job.Splits) == 0 {
		return open(job)
	}
	all := perSplit{}
	for _, job.Split = range job.Splits {
		enc, err := open(job)
		if err != nil {
			return nil, errors.Join(err, all.Close())
		}
		all[job.Split] = enc
	}
	return all, nil
}

type perSplit map[string]Encoder

func (p perSplit) Encode(ctx context.Context, e *Example) error { return p[e.Split].Encode(ctx, e) }

func (p perSplit) Close() (err error) {
	for _, enc := range p {
		err = errors.Join(err, enc.Close())
	}
	return err
}
