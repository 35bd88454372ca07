package store

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store/blob"
	"edgelabel/store/failpoint"
	"edgelabel/store/history"
	"edgelabel/store/pyramid"
)

// Append queues samples for the series files and owns the slice from then on; it blocks while the queue is full. done, which may be nil,
// is called exactly once when Append returned nil, in the order of the calls: with nil after the samples are on disk, else with the
// error, which wraps label.ErrFull when there was no room. It must not block.
func (s *Store) Append(ctx context.Context, samples []series.Sample, done func(error)) error {
	return s.AppendThinned(ctx, samples, nil, done)
}

// AppendThinned is Append for signals of which not every sample is kept. Each of ends is the newest sample of such a signal: on disk like
// the others when done is called, but part of the history only when the agent ends, or something cannot be written, before a sample of its
// tag, of the same time or a later one, is appended.
func (s *Store) AppendThinned(ctx context.Context, samples, ends []series.Sample, done func(error)) error {
	return s.history.AppendThinned(ctx, samples, ends, func(err error) {
		err = s.short(err)
		if done != nil {
			done(err)
		}
	})
}

// Latest returns the newest sample of the tag since Open.
func (s *Store) Latest(tag string) (series.Sample, bool) { return s.history.Latest(tag) }

// AddImage stores a picture's bytes, its sidecar and its index entry and returns after all are durable. known is true, and nothing is
// written, when the same camera, name and bytes are already there. ErrFull when the disk budget leaves no room; ErrInvalid when the image
// carries a SHA256 or size that is not that of data.
func (s *Store) AddImage(ctx context.Context, im label.Image, data []byte) (known bool, err error) {
	sha := blob.Sum(data)
	if im.SHA256 != "" && im.SHA256 != sha || im.Bytes != 0 && im.Bytes != int64(len(data)) {
		return false, fmt.Errorf("%w: image %s: its bytes are not those announced", label.ErrInvalid, im.Name)
	}
	im.SHA256, im.Bytes = sha, int64(len(data))
	if im.Received == 0 {
		im.Received = s.o.Now().UnixNano()
	}
	release := s.blobs.Hold(sha)
	defer release()
	shared := false
	err = s.view(func(t *txn) error {
		known = t.bucket(buckets.images).Get(imageKey(im)) != nil
		_, shared = t.blob(sha)
		return nil
	})
	if known || err != nil {
		return known, err
	}
	if !shared {
		if err := s.room(ctx, classImage, im.Bytes); err != nil {
			return false, fmt.Errorf("image %s of %s: %w", im.Name, im.Camera, err)
		}
	}
	side, err := json.Marshal(im)
	if err != nil {
		return false, fmt.Errorf("%w: image %s: %w", label.ErrInvalid, im.Name, err)
	}
	if err := s.blobs.Write(sha, data, side); err != nil {
		return false, s.short(err)
	}
	failpoint.Hit(failpoint.ImageFiles)
	err = s.do(ctx, func(t *txn) error {
		t.addImage(im, t.clock())
		return t.err
	})
	failpoint.Hit(failpoint.ImageIndexed)
	return false, err
}

// AddGap journals a gap and returns after it is durable.
func (s *Store) AddGap(ctx context.Context, g series.Gap) error {
	return s.do(ctx, func(t *txn) error { return t.emit(record{Gap: &g}) })
}

// OpenBlob opens a picture or a frozen window. The error wraps fs.ErrNotExist.
func (s *Store) OpenBlob(sha256 string) (io.ReadSeekCloser, error) {
	f, err := s.blobs.Open(sha256)
	if err != nil {
		return nil, err // not f: a nil file inside an interface is not nil
	}
	return f, nil
}

// maxWindowGaps is how many gaps a window carries at most.
const maxWindowGaps = 1000

// Window reads recorded samples back: a trace for each tag, in the order asked, with its numbers by event time and none twice; blocks of
// waves become points where the tag's rate is known, the block's time being that of its first point. Samples of the last moments may be
// missing. The gaps are those recorded for the tags' sources and those met on the way.
func (s *Store) Window(ctx context.Context, tags []string, from, to int64) (*series.Window, error) {
	lead := int64(0)
	for _, tag := range tags {
		if s.rate(tag) > 0 {
			lead = int64(history.LongestWave)
		}
	}
	samples, lost, err := s.history.Read(ctx, tags, from-lead, to)
	if err != nil {
		return nil, fmt.Errorf("window: %w", err)
	}
	w := &series.Window{From: from, To: to}
	for _, tag := range tags {
		w.Traces = append(w.Traces, s.trace(tag, samples[tag], from, to))
	}
	w.Gaps, err = s.gaps(tags, from, to, lost)
	return w, err
}

// gaps lists those of the range that are about one of the tags: recorded ones, and those met while reading.
func (s *Store) gaps(tags []string, from, to int64, lost []series.Gap) (list []series.Gap, err error) {
	asked := s.about(tags)
	err = s.view(func(t *txn) error {
		list = t.gapsWithin(from, to, maxWindowGaps, asked)
		return nil
	})
	for i := range lost {
		if asked(&lost[i]) {
			list = append(list, lost[i])
		}
	}
	return list, err
}

func (s *Store) trace(tag string, samples []series.Sample, from, to int64) series.Trace {
	tr := series.Trace{Tag: tag}
	if i, ok := s.tags[tag]; ok {
		tr.Name, tr.Unit = s.o.Tags[i].Name, s.o.Tags[i].Unit
	}
	add := func(at int64, v float64, status uint32) {
		if at >= from && at < to {
			tr.T, tr.V, tr.Status = append(tr.T, at), append(tr.V, v), append(tr.Status, status)
		}
	}
	for i := range samples {
		pyramid.Points(&samples[i], s.rate(tag), add)
	}
	return tr
}

// about tells gaps that are about one of the tags: of the tag itself, of its source as a whole, or of the store.
func (s *Store) about(tags []string) func(*series.Gap) bool {
	sources, own := map[string]bool{"store": true}, make(map[string]bool, len(tags))
	for _, tag := range tags {
		own[tag] = true
		if i, ok := s.tags[tag]; ok {
			sources[s.o.Tags[i].Source] = true
		}
	}
	return func(g *series.Gap) bool { return own[g.Tag] || g.Tag == "" && sources[g.Source] }
}
