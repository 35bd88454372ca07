package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"edgelabel/agent/label"
)

// Detectors of candidates that a camera's rule makes.
const (
	detectorResult = "machine_result"
	detectorSample = "sample"
)

// Finder is an extra power of Items: to tell which item shows a picture. With it a picture that a source sends again after a restart of
// the agent never makes a second item; without it that is known of the pictures of this run only.
type Finder interface {
	// ItemOfImage returns the id of the item that shows the picture, or an error that wraps label.ErrNotFound.
	ItemOfImage(ctx context.Context, im label.Image) (id string, err error)
}

// shot is a stored picture on its way to the goroutine that knows the items.
type shot struct {
	im    label.Image
	known bool
	found *label.Candidate // what a detector found on it later; nil for the picture itself
	reply chan answer      // has room for the one answer
}

type answer struct {
	item string
	err  error
}

// Picture stores a picture that was inspected, and returns after it and what it changes in the items are on disk. item is the item that
// shows it, empty when there is none (yet). known says that the same picture was there already; it is then only made sure that it has
// its item. A camera that is not configured is label.ErrInvalid; a full disk label.ErrFull. After any error sending it again is harmless.
func (p *Pipeline) Picture(ctx context.Context, im label.Image, data []byte) (item string, known bool, err error) {
	cam, ok := p.cameras[im.Camera]
	if !ok {
		return "", false, fmt.Errorf("picture %s: camera %q is not configured: %w", im.Name, im.Camera, label.ErrInvalid)
	}
	im.MMPerPx = or(im.MMPerPx, cam.MMPerPx)
	im.MMPerCount = or(im.MMPerCount, cam.MMPerCount)
	if known, err = p.rec.AddImage(ctx, im, data); err != nil {
		return "", false, fmt.Errorf("picture %s of %s: %w", im.Name, im.Camera, err)
	}
	s := &shot{im: im, known: known, reply: make(chan answer, 1)}
	if err := p.queue.push(ctx, message{at: p.cfg.Now().UnixNano(), shot: s}); err != nil {
		return "", known, fmt.Errorf("queue picture %s of %s: %w", im.Name, im.Camera, err)
	}
	select {
	case <-ctx.Done():
		return "", known, ctx.Err()
	case a := <-s.reply:
		return a.item, known, a.err
	}
}

// take finds the item of a picture.
func (p *Pipeline) take(ctx context.Context, im label.Image, known bool) (string, error) {
	if known {
		if id, err := p.itemOf(ctx, im); err != nil || id != "" {
			return id, err
		}
	} else {
		p.meter.count(func(m *meter) { m.pictures++ })
	}
	cam := p.cameras[im.Camera]
	c, chosen := p.choose(cam, im, known)
	a := p.assets[cam.Asset]
	if a == nil {
		if !chosen {
			return "", nil
		}
		return p.newPicture(ctx, p.lone(), cam, im, c)
	}
	if id, err := p.joinPicture(ctx, a, cam, im, c, chosen); err != nil || id != "" {
		return id, err
	}
	if !chosen {
		a.remember(im, p.clock+int64(p.cfg.JoinWithin))
		return "", nil
	}
	return p.newPicture(ctx, a, cam, im, c)
}

func (p *Pipeline) itemOf(ctx context.Context, im label.Image) (string, error) {
	if id := p.shown.item(im); id != "" {
		return id, nil
	}
	f, ok := p.items.(Finder)
	if !ok {
		return "", nil
	}
	id, err := f.ItemOfImage(ctx, im)
	if errors.Is(err, label.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("item of picture %s: %w", im.Name, err)
	}
	return id, nil
}

// lone is the asset of pictures whose camera looks at none.
func (p *Pipeline) lone() *asset { return newAsset(Asset{}, nil, p.cfg) }

// joinPicture adds a picture to an item of the same part or moment. It returns the item's id, empty when there is none.
func (p *Pipeline) joinPicture(ctx context.Context, a *asset, cam Camera, im label.Image, c label.Candidate, chosen bool) (string, error) {
	for _, r := range slices.Backward(a.items) {
		if !r.takesImage(im, int64(p.cfg.JoinTolerance)) {
			continue
		}
		until := max(r.shown, im.Time()+int64(cam.After))
		edits := []edit{addImage(im), widen(im.Time()-int64(cam.Before), max(r.end(), until))}
		if chosen {
			edits = append(edits, setCandidate(c))
		}
		next := edited(r.item, edits)
		err := p.put(ctx, r, next)
		if errors.Is(err, label.ErrFrozen) || errors.Is(err, label.ErrNotFound) {
			r.frozen = true
			continue
		}
		if err != nil {
			return "", fmt.Errorf("join picture %s of %s to item %s: %w", im.Name, im.Camera, next.ID, err)
		}
		r.item, r.dirty = next, false
		if !r.settled {
			r.shown = until
		}
		a.schedule()
		p.shown.add(im, next.ID)
		return next.ID, nil
	}
	return "", nil
}

// newPicture makes an item of a picture: with the signals around its moment where it has an asset with signals.
func (p *Pipeline) newPicture(ctx context.Context, a *asset, cam Camera, im label.Image, c label.Candidate) (string, error) {
	t := im.Time()
	if im.Part.PartID == "" {
		im.Part.PartID = a.part(t)
	}
	r := p.newRecord(a, t, im.Part)
	r.shown = t + int64(cam.After)
	r.hold = max(r.shown, t+int64(a.cfg.Before+p.cfg.JoinTolerance))
	next := edited(r.item, []edit{addImage(im), setCandidate(c), widen(t-int64(cam.Before), r.shown)})
	if err := p.put(ctx, r, next); err != nil {
		return "", fmt.Errorf("item of picture %s of %s: %w", im.Name, im.Camera, err)
	}
	r.item = next
	r.settled = next.Window == nil
	p.shown.add(im, next.ID)
	p.keepRecord(a, r)
	return next.ID, nil
}

// rememberedImages takes the pictures that no rule chose and that belong to the new candidate.
func (p *Pipeline) rememberedImages(a *asset, r *record, c label.Candidate) []edit {
	var edits []edit
	probe := *r
	probe.onset, probe.limit = c.From, c.From+int64(a.cfg.MaxDuration)
	probe.open = map[string]bool{c.ID: true}
	probe.item = edited(r.item, []edit{widen(c.From-int64(a.cfg.Before), r.item.Window.To)})
	a.shots = slices.DeleteFunc(a.shots, func(w waiting) bool {
		if w.until < p.clock || !probe.takesImage(w.im, int64(p.cfg.JoinTolerance)) {
			return false
		}
		edits = append(edits, addImage(w.im))
		probe.item.Images = append(probe.item.Images, w.im)
		p.shown.add(w.im, r.item.ID)
		return true
	})
	return edits
}
