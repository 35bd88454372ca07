package agent

import (
	"context"

	"edgelabel/agent/label"
	"edgelabel/agent/pipeline"
	"edgelabel/ui"
)

var _ ui.Proposer = proposer{}

// proposer brings marks from elsewhere the way that those of image detectors go.
type proposer struct{ pipeline *pipeline.Pipeline }

func (p proposer) Propose(ctx context.Context, im label.Image, c label.Candidate) error {
	_, err := p.pipeline.Flag(ctx, im, c)
	return err
}
