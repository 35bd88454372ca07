package ui

import (
	"context"
	"fmt"
	"image"
	"sync/atomic"
	"time"
)

// pictures makes previews and tiles. Memory stays bounded: one image is decoded at a time, one decoded image is kept for its next
// tiles, and what was made is kept as it is sent up to a number of bytes.
type pictures struct {
	media   Media
	most    limits
	now     func() time.Time
	made    *cache[[]byte]
	decoded atomic.Uint64

	gate *gate // whoever has its turn owns warm
	warm struct {
		sha  string
		p    *pyramid
		used time.Time
	}
}

func newPictures(cfg Config) *pictures {
	return &pictures{
		media: cfg.Media, most: limits{cfg.MaxPixels, cfg.MaxDecoded}, now: cfg.Now,
		made: newCache[[]byte](cfg.PreviewCache), gate: newGate(),
	}
}

func (p *pictures) preview(ctx context.Context, sha string) ([]byte, error) {
	return p.make(ctx, sha, sha, func(m *pyramid) ([]byte, error) { return m.preview() })
}

func (p *pictures) samples(ctx context.Context, sha string, at place) ([]byte, error) {
	key := fmt.Sprintf("%s/samples/%d/%d_%d", sha, at.z, at.x, at.y)
	return p.make(ctx, key, sha, func(m *pyramid) ([]byte, error) { return m.samples(at) })
}

func (p *pictures) tile(ctx context.Context, sha string, at place) ([]byte, error) {
	key := fmt.Sprintf("%s/%d/%d_%d", sha, at.z, at.x, at.y)
	return p.make(ctx, key, sha, func(m *pyramid) ([]byte, error) { return m.tile(at) })
}

// make returns what is there already, or waits for its turn, decodes and renders.
func (p *pictures) make(ctx context.Context, key, sha string, render func(*pyramid) ([]byte, error)) ([]byte, error) {
	if data, ok := p.made.get(key); ok {
		return data, nil
	}
	leave, err := p.gate.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if data, ok := p.made.get(key); ok { // somebody before in the line wanted the same
		return data, nil
	}
	m, err := p.open(sha)
	if err != nil {
		return nil, err
	}
	data, err := render(m)
	if err != nil {
		return nil, err
	}
	p.made.put(key, data, int64(len(data)))
	return data, nil
}

// look shows a decoded picture to f, which has its turn as long as it looks.
func (p *pictures) look(ctx context.Context, sha string, f func(image.Image)) error {
	leave, err := p.gate.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	m, err := p.open(sha)
	if err != nil {
		return err
	}
	f(m.levels[len(m.levels)-1])
	return nil
}

// open decodes the image unless it is warm. The one before is let go first, so that two are never held.
func (p *pictures) open(sha string) (*pyramid, error) {
	if p.warm.sha == sha {
		p.warm.used = p.now()
		return p.warm.p, nil
	}
	f, err := openBlob(p.media, sha)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p.warm.sha, p.warm.p = "", nil
	m, err := decodeImage(f, p.most)
	if err != nil {
		return nil, err
	}
	p.decoded.Add(1)
	p.warm.sha, p.warm.p, p.warm.used = sha, newPyramid(m), p.now()
	return p.warm.p, nil
}

// cool lets go of the decoded image when nobody asked for a tile of it since.
func (p *pictures) cool(since time.Time) {
	if !p.gate.try() {
		return // in use
	}
	defer p.gate.leave()
	if p.warm.used.Before(since) {
		p.warm.sha, p.warm.p = "", nil
	}
}
