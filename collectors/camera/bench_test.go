package camera_test

import (
	"testing"

	"edgelabel/collectors/camera"
)

func BenchmarkInspectPNG(b *testing.B) {
	data := pngOf(b, noisy(1, 2000, 1500))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, _, err := camera.Inspect(data, camera.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}
