package golden_test

import (
	"context"
	"image"
	"iter"
	"testing"

	"edgelabel/agent/vision"
	"edgelabel/agent/vision/golden"
	"edgelabel/agent/vision/visiontest"
)

func TestConforms(t *testing.T) {
	visiontest.Run(t, func(ctx context.Context, good iter.Seq2[*image.Gray, error]) (vision.Detector, error) {
		m, err := golden.Learn(ctx, golden.Config{}, good)
		if err != nil { // a nil *Model in an interface would not be nil
			return nil, err
		}
		return m, nil
	})
}
