// Package visiontest holds every image detector to the contract of vision.Detector.
package visiontest

import (
	"context"
	"errors"
	"image"
	"iter"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"testing"

	"edgelabel/agent/vision"
)

// Learn makes a detector of good pictures.
type Learn func(ctx context.Context, good iter.Seq2[*image.Gray, error]) (vision.Detector, error)

// Each goes through pictures.
func Each(pictures ...*image.Gray) iter.Seq2[*image.Gray, error] {
	return func(yield func(*image.Gray, error) bool) {
		for _, m := range pictures {
			if !yield(m, nil) {
				return
			}
		}
	}
}

// Surface is a brushed surface, a little different for each seed.
func Surface(w, h int, seed uint64) *image.Gray {
	rng := rand.New(rand.NewPCG(seed, 7))
	m := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		line := 12 * rng.NormFloat64()
		for x := range w {
			wave := 25 * math.Sin(float64(x)/31+float64(y)/47)
			m.Pix[y*w+x] = uint8(min(255, max(0, 120+wave+line+4*rng.NormFloat64())))
		}
	}
	return m
}

// Scarred is a copy of a picture with a ragged dark patch in r.
func Scarred(m *image.Gray, r image.Rectangle) *image.Gray {
	out := &image.Gray{Pix: slices.Clone(m.Pix), Stride: m.Stride, Rect: m.Rect}
	rng := rand.New(rand.NewPCG(9, 9))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			out.Pix[out.PixOffset(x, y)] = uint8(rng.IntN(70))
		}
	}
	return out
}

// The suite's pictures.
const (
	width, height = 120, 96
	goods         = 9
	heap          = 64 << 20 // bytes that may stay in use after many pictures
)

// Run holds a detector to the contract: the same finding for the same picture, also from several goroutines at once and learnt anew;
// regions inside the picture; scores within 0 and 1; nothing changed that was given; any size and any content judged or refused; errors
// passed on; nothing kept of what it judged.
func Run(t *testing.T, learn Learn) {
	var good []*image.Gray
	for i := range goods {
		good = append(good, Surface(width, height, uint64(i)))
	}
	d, err := learn(t.Context(), Each(good...))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("deterministic", func(t *testing.T) { deterministic(t, learn, d, good) })
	t.Run("any picture", func(t *testing.T) { anyPicture(t, d) })
	t.Run("says where", func(t *testing.T) { saysWhere(t, d) })
	t.Run("errors", func(t *testing.T) { passesErrorsOn(t, learn, d, good) })
	t.Run("bounded", func(t *testing.T) { bounded(t, d) })
}

func deterministic(t *testing.T, learn Learn, d vision.Detector, good []*image.Gray) {
	again, err := learn(t.Context(), Each(good...))
	if err != nil {
		t.Fatal(err)
	}
	picture := Scarred(Surface(width, height, 99), image.Rect(60, 50, 90, 80))
	before := slices.Clone(picture.Pix)
	want, err := d.Inspect(t.Context(), picture)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for _, one := range []vision.Detector{d, d, again} {
		wg.Go(func() {
			if got, err := one.Inspect(t.Context(), picture); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%v: got %+v, first %+v", err, got, want)
			}
		})
	}
	wg.Wait()
	if !slices.Equal(before, picture.Pix) {
		t.Error("the picture was changed")
	}
}

// anyPicture judges what no camera should send.
func anyPicture(t *testing.T, d vision.Detector) {
	rng := rand.New(rand.NewPCG(1, 2))
	noise := func(w, h int) *image.Gray {
		m := image.NewGray(image.Rect(0, 0, w, h))
		for i := range m.Pix {
			m.Pix[i] = uint8(rng.Uint32())
		}
		return m
	}
	white := image.NewGray(image.Rect(0, 0, width, height))
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	deep := image.NewGray16(image.Rect(0, 0, width, height)) // as height maps are
	for i := range deep.Pix {
		deep.Pix[i] = uint8(rng.Uint32())
	}
	for name, m := range map[string]*image.Gray{
		"empty": image.NewGray(image.Rectangle{}), "a pixel": noise(1, 1), "a row": noise(500, 1), "a column": noise(1, 500),
		"black": image.NewGray(image.Rect(0, 0, width, height)), "white": white, "noise": noise(width, height), "16 bits": vision.Grey(deep),
		"smaller": noise(37, 41), "larger": noise(3*width+1, 2*height+1), "wider": Surface(4*width, height, 5), "a little larger": Surface(width+3, height+1, 5),
	} {
		f, err := d.Inspect(t.Context(), m)
		if err != nil {
			continue // refused, without a panic
		}
		if m.Rect.Empty() {
			t.Errorf("%s: judged a picture without pixels", name)
		}
		Check(t, name, m, f)
	}
}

// Check holds a finding to its form.
func Check(t *testing.T, name string, m *image.Gray, f vision.Finding) {
	t.Helper()
	if !(f.Score >= 0 && f.Score <= 1) || f.Explain.ZH == "" || f.Explain.EN == "" {
		t.Errorf("%s: %+v", name, f)
	}
	last := 1.0
	for _, r := range f.Regions {
		if r.Box.Empty() || !r.Box.In(m.Rect) || !(r.Score >= 0 && r.Score <= last) || r.Area < 1 || r.Area > r.Box.Dx()*r.Box.Dy() {
			t.Errorf("%s: region %+v of a picture of %v after a score of %v", name, r, m.Rect, last)
		}
		last = r.Score
	}
}

func saysWhere(t *testing.T, d vision.Detector) {
	for seed := range uint64(2) {
		m := Surface(width, height, 1000+seed)
		f, err := d.Inspect(t.Context(), m)
		if err != nil || f.Score >= vision.Suspect && len(f.Regions) == 0 {
			t.Errorf("%v: suspect without saying where: %+v", err, f)
		}
	}
}

func passesErrorsOn(t *testing.T, learn Learn, d vision.Detector, good []*image.Gray) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Inspect(ended, good[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("inspect after the end: %v", err)
	}
	if _, err := learn(ended, Each(good...)); !errors.Is(err, context.Canceled) {
		t.Errorf("learn after the end: %v", err)
	}
	broken := errors.New("broken")
	if _, err := learn(t.Context(), func(yield func(*image.Gray, error) bool) { yield(nil, broken) }); !errors.Is(err, broken) {
		t.Errorf("an unreadable picture: %v", err)
	}
	if _, err := learn(t.Context(), Each()); err == nil {
		t.Error("learnt from nothing")
	}
}

func bounded(t *testing.T, d vision.Detector) {
	m := Surface(width, height, 3)
	inUse := func() uint64 {
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return s.HeapInuse
	}
	before := inUse()
	for range 10 {
		if _, err := d.Inspect(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if after := inUse(); after > before+1<<20 || after > heap {
		t.Errorf("heap in use %d, before %d", after, before)
	}
}
