package beside

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"edgelabel/agent/label"
)

type job struct {
	im   label.Image
	data []byte
}

// Offer hands over a stored picture and its bytes, which nobody may change afterwards. It never blocks: where too much waits already the
// picture is not judged, which is counted. Pictures of other cameras are nobody's business here.
func (i *Inspector) Offer(im label.Image, data []byte) {
	i.mu.Lock()
	defer i.mu.Unlock()
	s := i.stats[im.Camera]
	if s == nil {
		return
	}
	if len(i.waiting) >= i.cfg.Pictures || len(i.waiting) > 0 && i.bytes+len(data) > i.cfg.Bytes {
		s.Skipped++
		return
	}
	i.waiting, i.bytes = append(i.waiting, job{im, data}), i.bytes+len(data)
	i.signalLocked()
}

func (i *Inspector) signalLocked() {
	select {
	case i.wake <- struct{}{}:
	default:
	}
}

func (i *Inspector) next() (job, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.waiting) == 0 {
		return job{}, false
	}
	j := i.waiting[0]
	i.at = &j
	i.waiting[0] = job{}
	i.waiting, i.bytes = i.waiting[1:], i.bytes-len(j.data)
	if len(i.waiting) > 0 {
		i.signalLocked()
	}
	return j, true
}

// done says that the picture in work is judged.
func (i *Inspector) done() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.at = nil
}

// Memory keeps over a stop which pictures wait. What is kept under a key is there whole or not at all.
type Memory interface {
	// Learned returns what was kept, nil when nothing was.
	Learned(key string) ([]byte, error)

	// KeepLearned puts state in the place of what was kept before.
	KeepLearned(key string, state []byte) error
}

// DefaultKey is under what Memory keeps the pictures that wait.
const DefaultKey = "inspection.waiting"

// keep writes which pictures wait or are in work: before each one is judged, so that after a crash only those are missing that came while
// the last one was. A picture that is judged twice gets the same candidate, which is harmless.
func (i *Inspector) keep() {
	if i.cfg.Memory == nil {
		return
	}
	state, err := json.Marshal(i.unjudged())
	if err == nil {
		err = i.cfg.Memory.KeepLearned(i.cfg.Key, state)
	}
	if err != nil {
		i.cfg.Log.Error("pictures that wait for inspection would not survive a stop", "error", err)
	}
}

func (i *Inspector) unjudged() []label.Image {
	i.mu.Lock()
	defer i.mu.Unlock()
	all := []label.Image{}
	if i.at != nil {
		all = append(all, i.at.im)
	}
	for _, j := range i.waiting {
		all = append(all, j.im)
	}
	return all
}

// recall offers the pictures that waited at the last stop. One that was evicted since is passed over.
func (i *Inspector) recall() {
	if i.cfg.Memory == nil {
		return
	}
	var all []label.Image
	state, err := i.cfg.Memory.Learned(i.cfg.Key)
	if err == nil && state != nil {
		err = json.Unmarshal(state, &all)
	}
	if err != nil {
		i.cfg.Log.Warn("pictures that waited for inspection are not known any more", "error", err)
		return
	}
	for _, im := range all {
		data, err := i.read(im)
		if err == nil {
			i.Offer(im, data)
		} else if !errors.Is(err, fs.ErrNotExist) {
			i.cfg.Log.Warn("picture that waited is not inspected", "camera", im.Camera, "picture", im.Name, "error", err)
		}
	}
}

func (i *Inspector) read(im label.Image) (_ []byte, err error) {
	f, err := i.cfg.Open(im.SHA256)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(f)
}
