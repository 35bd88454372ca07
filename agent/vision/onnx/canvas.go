package onnx

import (
	"bytes"
	"errors"
	"fmt"
	"image"

	"edgelabel/agent/vision"
)

const (
	mostNumbers = 16 << 20 // of the input
	grey        = 114      // around a picture that keeps its shape, as models of this kind were taught
)

// canvas is the input of a model: how large a picture it wants, and how its numbers lie.
type canvas struct {
	width, height, channels int
	shape                   []int
	last                    bool // the channels are the last dimension
	bytes                   bool // values from 0 to 255 as they are
	letterbox               bool
	mean, std               []float64
}

func newCanvas(s Settings, in []Port) (canvas, error) {
	if len(in) != 1 {
		return canvas{}, fmt.Errorf("the model has %d inputs, want one picture", len(in))
	}
	port := in[0]
	if port.Type != Float32 && port.Type != UInt8 {
		return canvas{}, fmt.Errorf("input %s is of %s, want %s or %s", port.Name, port.Type, Float32, UInt8)
	}
	c := canvas{bytes: port.Type == UInt8, letterbox: s.Letterbox, mean: s.Mean, std: s.Std}
	dims := append([]int(nil), port.Shape...)
	if len(dims) == 4 {
		if dims[0] > 1 {
			return canvas{}, fmt.Errorf("input %s of shape %v wants %d pictures at once", port.Name, port.Shape, dims[0])
		}
		dims = dims[1:]
	}
	if len(dims) != 3 {
		return canvas{}, fmt.Errorf("input %s of shape %v is no picture", port.Name, port.Shape)
	}
	colours := func(n int) bool { return n == 1 || n == 3 }
	if c.last = !colours(dims[0]) && colours(dims[2]); c.last {
		dims = []int{dims[2], dims[0], dims[1]}
	}
	if !colours(dims[0]) {
		return canvas{}, fmt.Errorf("input %s of shape %v: want 1 or 3 channels", port.Name, port.Shape)
	}
	c.channels, c.height, c.width = dims[0], dims[1], dims[2]
	if err := c.free(s); err != nil {
		return canvas{}, fmt.Errorf("input %s of shape %v: %w", port.Name, port.Shape, err)
	}
	c.shape = c.layout(len(port.Shape) == 4)
	return c, c.normal()
}

// free takes the sizes that the model leaves open from the settings.
func (c *canvas) free(s Settings) error {
	for _, side := range []struct {
		size   *int
		wanted int
	}{{&c.width, s.Width}, {&c.height, s.Height}} {
		switch {
		case *side.size < 1 && side.wanted < 1:
			return errors.New("it takes any size: want width and height")
		case *side.size < 1:
			*side.size = side.wanted
		case side.wanted > 0 && side.wanted != *side.size:
			return fmt.Errorf("it does not take %d by %d", s.Width, s.Height)
		}
	}
	if c.width > mostNumbers/c.channels/c.height {
		return errors.New("more than 16 Mi numbers")
	}
	return nil
}

func (c *canvas) layout(batch bool) []int {
	shape := []int{c.channels, c.height, c.width}
	if c.last {
		shape = []int{c.height, c.width, c.channels}
	}
	if batch {
		return append([]int{1}, shape...)
	}
	return shape
}

func (c *canvas) normal() error {
	for _, list := range [][]float64{c.mean, c.std} {
		if n := len(list); n != 0 && n != c.channels {
			return fmt.Errorf("mean and std: %d numbers for %d channels", n, c.channels)
		}
	}
	for _, v := range c.std {
		if !(v > 0) {
			return errors.New("std: want more than 0")
		}
	}
	return nil
}

func (c *canvas) blank() Tensor {
	t := Tensor{Shape: c.shape, Values: make([]float32, c.width*c.height*c.channels)}
	for i := range t.Values {
		t.Values[i] = c.number(i%c.channels, grey)
	}
	return t
}

func (c *canvas) number(channel int, v uint8) float32 {
	if c.bytes {
		return float32(v)
	}
	x := float64(v) / 255
	if c.mean != nil {
		x -= c.mean[channel]
	}
	if c.std != nil {
		x /= c.std[channel]
	}
	return float32(x)
}

// fill makes the input of a stored picture.
func (c *canvas) fill(file []byte) (Tensor, place, error) {
	header, _, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return Tensor{}, place{}, fmt.Errorf("picture header: %w", err)
	}
	if header.Width < 1 || header.Height < 1 || header.Width > vision.DefaultMaxPixels/header.Height {
		return Tensor{}, place{}, fmt.Errorf("%w: %d x %d", vision.ErrTooLarge, header.Width, header.Height)
	}
	at := c.place(header.Width, header.Height)
	planes, err := vision.Channels(file, at.box.Dx(), at.box.Dy(), c.channels)
	if err != nil {
		return Tensor{}, place{}, err
	}
	t := Tensor{Shape: c.shape, Values: make([]float32, c.width*c.height*c.channels)}
	for k, p := range planes {
		for y := range c.height {
			for x := range c.width {
				v := uint8(grey)
				if in := image.Pt(x, y); in.In(at.box) {
					v = p.GrayAt(x-at.box.Min.X, y-at.box.Min.Y).Y
				}
				t.Values[c.offset(k, x, y)] = c.number(k, v)
			}
		}
	}
	return t, at, nil
}

func (c *canvas) offset(channel, x, y int) int {
	if c.last {
		return (y*c.width+x)*c.channels + channel
	}
	return (channel*c.height+y)*c.width + x
}

// place is where on the canvas a picture lies.
type place struct {
	box           image.Rectangle
	width, height int // of the canvas
}

func (c *canvas) place(width, height int) place {
	p := place{image.Rect(0, 0, c.width, c.height), c.width, c.height}
	if !c.letterbox {
		return p
	}
	scale := min(float64(c.width)/float64(width), float64(c.height)/float64(height))
	w, h := max(1, int(float64(width)*scale+0.5)), max(1, int(float64(height)*scale+0.5))
	corner := image.Pt((c.width-w)/2, (c.height-h)/2)
	p.box = image.Rectangle{corner, corner.Add(image.Pt(w, h))}
	return p
}

// back makes shares of the picture out of shares of the canvas.
func (p place) back(b [4]float32) [4]float32 {
	x := func(v float32) float32 {
		return (v*float32(p.width) - float32(p.box.Min.X)) / float32(p.box.Dx())
	}
	y := func(v float32) float32 {
		return (v*float32(p.height) - float32(p.box.Min.Y)) / float32(p.box.Dy())
	}
	return [4]float32{x(b[0]), y(b[1]), x(b[2]), y(b[3])}
}
