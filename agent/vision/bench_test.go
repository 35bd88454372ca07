package vision_test

import (
	"context"
	"image"
	"math/rand/v2"
	"testing"

	"edgelabel/agent/vision"
	"edgelabel/agent/vision/check"
	"edgelabel/agent/vision/golden"
	"edgelabel/agent/vision/texture"
)

// drawn is a picture of bars and noise, one megapixel.
func drawn(seed uint64) *image.Gray {
	rng := rand.New(rand.NewPCG(seed, 1))
	m := image.NewGray(image.Rect(0, 0, 1000, 1000))
	for i := range m.Pix {
		x, y := i%1000, i/1000
		v := 60 + 100*((x/37+y/53)%2)
		m.Pix[i] = uint8(v + rng.IntN(7))
	}
	return m
}

// bench judges a picture of one megapixel: ns/op over a million is ms a megapixel, B/op what is allocated meanwhile.
func bench(b *testing.B, d vision.Detector, err error) {
	if err != nil {
		b.Fatal(err)
	}
	picture := drawn(99)
	b.SetBytes(int64(len(picture.Pix)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Inspect(context.Background(), picture); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGolden(b *testing.B) {
	model, err := golden.Learn(context.Background(), golden.Config{}, each(drawn(1)))
	bench(b, model, err)
}

func BenchmarkTexture(b *testing.B) {
	var good []*image.Gray
	for i := range 50 {
		good = append(good, drawn(uint64(i)))
	}
	model, err := texture.Learn(context.Background(), each(good...))
	bench(b, model, err)
}

func BenchmarkFocus(b *testing.B) {
	d, err := check.LearnFocus(context.Background(), 0, each(drawn(1)))
	bench(b, d, err)
}

func BenchmarkExposure(b *testing.B) {
	d, err := check.LearnExposure(context.Background(), 0, 0, each(drawn(1)))
	bench(b, d, err)
}
