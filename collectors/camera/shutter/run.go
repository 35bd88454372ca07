package shutter

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/camera"
)

// ErrSame is the camera's own word that nothing has changed since the last picture.
var ErrSame = errors.New("the picture is the last one")

// Camera is asked for pictures.
type Camera interface {
	// Take returns one picture, taken after it was called: JPEG, PNG, BMP or TIFF. An error that wraps collectors.ErrRejected is about
	// this picture only; ErrSame is no failure; any other says that the camera cannot be reached.
	Take(ctx context.Context) ([]byte, error)
}

// Job is what Run works on.
type Job struct {
	Name   string // of the camera, and the source
	Camera Camera
	Limits camera.Limits
	Now    func() time.Time

	last [sha256.Size]byte // of the newest picture
}

// frozen is how many triggers in a row have to bring the same picture before it is called a problem.
const frozen = 3

// Run asks for a picture at each shot until ctx ends or the camera cannot be reached; the shot that failed is tried again by the next Run
// while it is not too old. A camera that waits for triggers is asked once at the beginning, to know that it is there: that picture is
// thrown away. The picture of a trigger carries the trigger's moment as the time at which it was taken, so that it joins the signals of its
// part even where their clock is wrong.
func (s *Shutter) Run(ctx context.Context, j *Job, sink collectors.Sink, status *collectors.Status) error {
	if s.cfg.Tag != "" {
		if _, err := j.Camera.Take(ctx); err != nil && !errors.Is(err, collectors.ErrRejected) && !errors.Is(err, ErrSame) {
			return err
		}
		status.Up()
	}
	same := 0
	for {
		shot, err := s.Next(ctx, status)
		if err != nil {
			return nil // ctx has ended
		}
		if s.stale(shot) {
			if err := s.missed(ctx, j, shot, sink, status); err != nil {
				return err
			}
			continue
		}
		late := s.late(shot)
		fresh, err := j.answer(ctx, shot, sink, status)
		if err != nil {
			return err
		}
		if late {
			if err := s.skipped(ctx, j, shot, sink, status); err != nil {
				return err
			}
		}
		s.Done()
		status.Up()
		if same++; fresh {
			same = 0
		}
		j.stuck(status, shot.Triggered && same >= frozen, same)
	}
}

// answer takes and stores one picture. It reports false when it was the last one once more.
func (j *Job) answer(ctx context.Context, shot Shot, sink collectors.Sink, status *collectors.Status) (bool, error) {
	began := j.Now()
	data, err := j.Camera.Take(ctx)
	switch {
	case errors.Is(err, ErrSame):
		status.Duplicate(1)
		return false, nil
	case errors.Is(err, collectors.ErrRejected):
		status.Reject(camera.Reason(err))
		return true, nil
	case err != nil:
		return false, err
	}
	sum := sha256.Sum256(data)
	if sum == j.last {
		status.Duplicate(1)
		return false, nil
	}
	p := collectors.Picture{Camera: j.Name, Name: name(began), Data: data, Taken: shot.Event, Received: j.Now().UnixNano()}
	_, err = camera.Deliver(ctx, sink, status, p, j.Limits)
	if err == nil {
		j.last = sum
	}
	if errors.Is(err, collectors.ErrRejected) { // Deliver has counted it
		err = nil
	}
	return true, err
}

// missed records that there is no picture of a part.
func (s *Shutter) missed(ctx context.Context, j *Job, shot Shot, sink collectors.Sink, status *collectors.Status) error {
	status.Reject("trigger_stale")
	if err := j.record(ctx, series.Gap{From: shot.Event, To: shot.Event + 1, Detail: "no picture for a trigger"}, sink, status); err != nil {
		return err
	}
	s.Done()
	return nil
}

// skipped records the time in which pictures of a timer were due and could not be taken.
func (s *Shutter) skipped(ctx context.Context, j *Job, shot Shot, sink collectors.Sink, status *collectors.Status) error {
	return j.record(ctx, series.Gap{
		From: shot.At.UnixNano(), To: j.Now().UnixNano(), Detail: fmt.Sprintf("no pictures, of which one was due every %v", s.cfg.Every),
	}, sink, status)
}

func (j *Job) record(ctx context.Context, g series.Gap, sink collectors.Sink, status *collectors.Status) error {
	g.Source, g.Reason = j.Name, series.GapDisconnected
	if err := sink.Gap(ctx, g); err != nil {
		return fmt.Errorf("record missing pictures: %w", err)
	}
	status.Gap(g.Reason)
	return nil
}

func (j *Job) stuck(status *collectors.Status, is bool, times int) {
	text := ""
	if is {
		text = fmt.Sprintf("%d triggers in a row brought the same picture", times)
	}
	status.Problem("picture", text)
}

// name is a picture's file name: these cameras give none.
func name(at time.Time) string { return at.UTC().Format("20060102T150405.000000Z") }
