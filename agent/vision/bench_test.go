package vision_test

import (
	"context"
	"image"
	"math/rand/v2"
	"testing"

	"edgelabel/agent/vision/golden"
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

func BenchmarkGolden(b *testing.B) {
	model, err := golden.Learn(context.Background(), golden.Config{}, each(drawn(1)))
	if err != nil {
		b.Fatal(err)
	}
	picture := drawn(2)
	b.SetBytes(int64(len(picture.Pix)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := model.Inspect(context.Background(), picture); err != nil {
			b.Fatal(err)
		}
	}
}
