// Package pick learns the image detector that a configuration names, or the one that suits a camera's good pictures.
//
//	good pictures ─▶ fixed pose? ── yes ─▶ golden
//	                             └─ no ──▶ texture
package pick

import (
	"context"
	"fmt"
	"image"
	"iter"

	"edgelabel/agent/vision"
	"edgelabel/agent/vision/golden"
	"edgelabel/agent/vision/texture"
)

// Methods.
const (
	Auto    = "auto"
	Golden  = "golden"
	Texture = "texture"
)

// trial is how many good pictures are looked at to choose.
const trial = 24

// Learn makes the detector of a method from good pictures, which it goes through several times, and names the method that it is. With Auto
// golden is tried on some of the pictures first. It takes the first error.
func Learn(ctx context.Context, method string, good iter.Seq2[*image.Gray, error]) (vision.Detector, string, error) {
	method, err := Choose(ctx, method, good)
	if err != nil {
		return nil, "", err
	}
	var d vision.Detector
	switch method {
	case Golden:
		d, err = golden.Learn(ctx, golden.Config{}, good)
	case Texture:
		d, err = texture.Learn(ctx, good)
	default:
		err = fmt.Errorf("inspection method %q is not known", method)
	}
	if err != nil {
		return nil, "", err
	}
	return d, method, nil
}

// Choose is the method itself, or with Auto the one that suits the good pictures.
func Choose(ctx context.Context, method string, good iter.Seq2[*image.Gray, error]) (string, error) {
	if method != Auto && method != "" {
		return method, nil
	}
	n := 0
	for _, err := range good {
		if err != nil {
			return "", err
		}
		n++
	}
	if n < texture.MinPictures {
		return Golden, nil
	}
	tried, err := golden.Learn(ctx, golden.Config{}, thinned(good, max(1, n/trial)))
	if err != nil {
		return "", err
	}
	if tried.Suits() {
		return Golden, nil
	}
	return Texture, nil
}

// thinned is every n-th of the pictures, trial of them at most.
func thinned(good iter.Seq2[*image.Gray, error], n int) iter.Seq2[*image.Gray, error] {
	return func(yield func(*image.Gray, error) bool) {
		i := -1
		for m, err := range good {
			if i++; err == nil && i%n != 0 {
				continue
			}
			if i/n >= trial || !yield(m, err) {
				return
			}
		}
	}
}
