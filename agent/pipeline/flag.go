package pipeline

import (
	"context"
	"fmt"
	"slices"

	"edgelabel/agent/label"
)

// Flag brings what an image detector found on a stored picture to the item that shows it, and returns that item after the change is on
// disk. A picture that no rule chose gets an item now, unless its camera's rule is SelectNone; item is empty then. The same candidate twice
// is harmless. An item that was labelled in the meantime stays as it is: label.ErrFrozen.
func (p *Pipeline) Flag(ctx context.Context, im label.Image, c label.Candidate) (item string, err error) {
	if _, ok := p.cameras[im.Camera]; !ok {
		return "", fmt.Errorf("flag picture %s: camera %q is not configured: %w", im.Name, im.Camera, label.ErrInvalid)
	}
	s := &shot{im: im, found: &c, reply: make(chan answer, 1)}
	if err := p.queue.push(ctx, message{at: p.cfg.Now().UnixNano(), shot: s}); err != nil {
		return "", fmt.Errorf("flag picture %s of %s: %w", im.Name, im.Camera, err)
	}
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case a := <-s.reply:
		return a.item, a.err
	}
}

// flag finds or makes the item of a flagged picture.
func (p *Pipeline) flag(ctx context.Context, im label.Image, c label.Candidate) (string, error) {
	cam := p.cameras[im.Camera]
	im.MMPerPx = or(im.MMPerPx, cam.MMPerPx)
	im.MMPerCount = or(im.MMPerCount, cam.MMPerCount)
	id, err := p.itemOf(ctx, im)
	if err != nil {
		return "", err
	}
	if id == "" && cam.Select == SelectNone {
		return "", nil
	}
	p.meter.count(func(m *meter) { m.candidates[c.Detector]++ })
	if id != "" {
		return id, p.addFound(ctx, id, c)
	}
	a := p.assets[cam.Asset]
	if a == nil {
		return p.newPicture(ctx, p.lone(), cam, im, c)
	}
	if id, err = p.joinPicture(ctx, a, cam, im, c, true); err == nil && id == "" {
		id, err = p.newPicture(ctx, a, cam, im, c)
	}
	if err == nil {
		a.shots = slices.DeleteFunc(a.shots, func(w waiting) bool { return sameImage(w.im, im) })
	}
	return id, err
}

// addFound edits the item in the store alone: what the records know is merged into that.
func (p *Pipeline) addFound(ctx context.Context, id string, c label.Candidate) error {
	err := p.items.UpdateItem(ctx, id, func(it *label.Item) error {
		setCandidate(c)(it)
		conclude(it)
		return nil
	})
	if err != nil {
		return fmt.Errorf("candidate %s of item %s: %w", c.Detector, id, err)
	}
	return nil
}
