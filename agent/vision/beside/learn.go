package beside

import (
	"context"
	"fmt"
	"time"

	"edgelabel/agent/label"
)

// gathered is how long what cameras learn from may go on changing before they learn anew: a person judges many pictures in a row.
const gathered = 30 * time.Second

func gather(ctx context.Context) {
	t := time.NewTimer(gathered)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// Relearn has a camera learn anew soon, for what it learns from has changed. It never blocks; cameras that are not judged are passed over.
func (i *Inspector) Relearn(camera string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, judged := i.cameras[camera]; !judged {
		return
	}
	i.stale[camera] = true
	select {
	case i.again <- struct{}{}:
	default:
	}
}

// relearn works off what Relearn asks for until ctx ends.
func (i *Inspector) relearn(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-i.again:
		}
		i.cfg.Gather(ctx)
		for _, c := range i.cfg.Cameras {
			if i.takeStale(c.Name) {
				i.learn(ctx, c)
			}
		}
	}
}

func (i *Inspector) takeStale(camera string) (stale bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	stale = i.stale[camera]
	delete(i.stale, camera)
	return stale
}

// learn puts what a camera learns in the place of what it knew, which stays where it cannot learn.
func (i *Inspector) learn(ctx context.Context, c Camera) {
	if err := i.renew(ctx, c); err != nil && ctx.Err() == nil {
		i.cfg.Log.Error("good pictures are not learnt", "camera", c.Name, "error", err)
	}
}

// Renew has a camera learn anew at once and returns when it has. What it knew stays where it cannot learn. The error wraps
// label.ErrNotFound for a camera that is not judged.
func (i *Inspector) Renew(ctx context.Context, camera string) error {
	c, judged := i.cameras[camera]
	if !judged {
		return fmt.Errorf("camera %s: %w", camera, label.ErrNotFound)
	}
	return i.renew(ctx, c)
}

// renew lets one camera learn at a time: what is learnt later is what holds later.
func (i *Inspector) renew(ctx context.Context, c Camera) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case i.lesson <- struct{}{}:
	}
	defer func() { <-i.lesson }()
	m, err := c.Learn(ctx)
	if err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.methods[c.Name] = m
	i.stats[c.Name].Ready = true
	return nil
}

func (i *Inspector) methodsOf(camera string) []Method {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.methods[camera]
}
