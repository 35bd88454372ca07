package camera

import (
	"context"
	"errors"
	"fmt"
	"time"

	"edgelabel/collectors"
)

// Naming reads what a file's name says about its picture. The zero value reads nothing.
type Naming struct {
	pattern pattern
	words   words
}

// NewNaming takes a pattern as Config.Pattern, the zone of times without one (nil is UTC) and the words for good and bad parts.
func NewNaming(text string, loc *time.Location, ok, ng []string) (Naming, error) {
	if loc == nil {
		loc = time.UTC
	}
	p, err := parsePattern(text, "", loc)
	return Naming{p, newWords(ok, ng)}, err
}

// Picture makes a picture from a file's name, of which folders are dropped, and content. It returns false when the name does not match
// the pattern: the picture then carries its name and nothing else of it.
func (n Naming) Picture(camera, name string, data []byte, received int64) (collectors.Picture, bool) {
	name = fileName(name)
	m, matches := n.pattern.read(name)
	return collectors.Picture{
		Camera: camera, Name: clean(name), Data: data, Taken: m.taken, Received: received,
		Part: clean(m.part), Product: clean(m.product), Recipe: clean(m.recipe), Job: clean(m.job), Result: n.words.verdict(m.result),
	}, matches
}

// Deliver looks at a picture, hands it to the sink and counts in status what became of it. It returns after the picture is on disk. An
// error that wraps collectors.ErrRejected says that it can never be stored.
func Deliver(ctx context.Context, sink collectors.Sink, status *collectors.Status, p collectors.Picture, l Limits) (collectors.Stored, error) {
	if _, _, _, err := Inspect(p.Data, l); err != nil {
		status.Reject(Reason(err))
		return collectors.Stored{}, err
	}
	stored, err := sink.Image(ctx, p)
	switch {
	case errors.Is(err, collectors.ErrRejected):
		status.Reject(Reason(err))
		return collectors.Stored{}, err
	case err != nil:
		return collectors.Stored{}, fmt.Errorf("store picture %q of camera %s: %w", p.Name, p.Camera, err)
	case stored.Duplicate:
		status.Duplicate(1)
	default:
		status.TookImage()
	}
	return stored, nil
}

// Verdict reads a camera's word for good or bad by the default words: "ok", "not_ok", or empty for neither.
func Verdict(text string) string { return newWords(nil, nil).verdict(text) }
