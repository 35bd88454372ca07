package ftp

import (
	"slices"
	"sync"
)

const maxPartials = 64

// partials keeps uploads that were cut short, for cameras that go on where they stopped, and those that wait for their name. They are in
// memory only: what is lost with them was never acknowledged as stored, and the camera sends it from the start.
type partials struct {
	most int64 // bytes

	mu   sync.Mutex
	kept []partial // oldest first
	size int64
}

type partial struct {
	user, name string
	data       []byte
}

func newPartials(most int64) *partials { return &partials{most: most} }

// keep replaces what there was of the file. Beyond the bounds the oldest go. It returns how many uploads were dropped, be it this one.
func (p *partials) keep(user, name string, data []byte) (dropped uint64) {
	p.take(user, name)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(data) == 0 {
		return 0
	}
	if int64(len(data)) > p.most {
		return 1
	}
	p.kept = append(p.kept, partial{user, name, slices.Clip(data)})
	p.size += int64(len(data))
	for p.size > p.most || len(p.kept) > maxPartials {
		p.size -= int64(len(p.kept[0].data))
		p.kept = slices.Delete(p.kept, 0, 1)
		dropped++
	}
	return dropped
}

// take removes and returns what there is of the file; the caller owns it.
func (p *partials) take(user, name string) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.findLocked(user, name)
	if i < 0 {
		return nil
	}
	data := p.kept[i].data
	p.size -= int64(len(data))
	p.kept = slices.Delete(p.kept, i, i+1)
	return data
}

// length is how many bytes there are of the file; it returns false when there are none.
func (p *partials) length(user, name string) (int, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.findLocked(user, name)
	if i < 0 {
		return 0, false
	}
	return len(p.kept[i].data), true
}

func (p *partials) findLocked(user, name string) int {
	return slices.IndexFunc(p.kept, func(k partial) bool { return k.user == user && k.name == name })
}
