package mqtt

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxDead     = 4096        // files
	deadRest    = time.Second // after deadBurst messages
	deadBurst   = 20          // a device gone wild must not keep the disk busy
	deadSuffix  = ".msg"
	deadPending = ".new"
)

// dead is the folder of messages that could not be decoded. A file is a line of JSON, which says what was wrong, and then the payload
// as it came. It is bounded: the oldest go first.
type dead struct {
	dir    string
	most   int64
	files  []deadFile // oldest first
	size   int64
	loaded bool

	burst int
	since int64 // UTC ns, of the burst
}

type deadFile struct {
	name string
	size int64
}

// letter is the first line of a file.
type letter struct {
	Source   string   `json:"source"`
	Topic    string   `json:"topic"`
	Received string   `json:"received"` // RFC 3339
	Reasons  []string `json:"reasons"`
	Errors   []string `json:"errors"`
	Bytes    int      `json:"bytes"`
}

// bury keeps a message that could not be decoded, before it is acknowledged. A folder that does not take it costs the message, which was
// counted, and nothing else: the broker would send it for ever.
func (s *session) bury(d *delivery, rejected []*Rejection) {
	if !slices.ContainsFunc(rejected, func(r *Rejection) bool { return r.Keep }) || s.dead.dir == "" || !s.dead.may(d.Received) {
		return
	}
	l := letter{
		Source: s.cfg.Name, Topic: strings.ToValidUTF8(d.Topic, "\uFFFD"), Bytes: len(d.Payload),
		Received: time.Unix(0, d.Received).UTC().Format(time.RFC3339Nano),
	}
	for _, r := range rejected {
		if len(l.Errors) < maxLetterErrors {
			l.Reasons, l.Errors = append(l.Reasons, r.Reason), append(l.Errors, r.Text)
		}
	}
	if err := s.dead.keep(l, d); err != nil {
		s.cfg.Log.Warn("message is not kept", "source", s.cfg.Name, "topic", problemKey(d.Topic), "err", err)
	}
}

const maxLetterErrors = 10

// may bounds how often the disk is written to.
func (f *dead) may(now int64) bool {
	if now-f.since >= int64(deadRest) || now < f.since {
		f.since, f.burst = now, 0
	}
	f.burst++
	return f.burst <= deadBurst
}

// keep returns after the message is on disk.
func (f *dead) keep(l letter, d *delivery) error {
	if err := f.load(); err != nil {
		return err
	}
	head, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("describe message: %w", err)
	}
	content := append(append(head, '\n'), d.Payload...)
	if int64(len(content)) > f.most {
		return nil
	}
	sum := fingerprint(d)
	file := deadFile{fmt.Sprintf("%020d-%x%s", max(d.Received, f.newest()+1), sum[:4], deadSuffix), int64(len(content))}
	if err := f.room(file.size); err != nil {
		return err
	}
	if err := writeDurably(filepath.Join(f.dir, file.name), content); err != nil {
		return err
	}
	f.files, f.size = append(f.files, file), f.size+file.size
	return nil
}

// load reads what an earlier run left.
func (f *dead) load() error {
	if f.loaded {
		return nil
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || !strings.HasSuffix(e.Name(), deadSuffix) && !strings.HasSuffix(e.Name(), deadPending) {
			continue // gone meanwhile, or not ours
		}
		f.files, f.size = append(f.files, deadFile{e.Name(), info.Size()}), f.size+info.Size()
	}
	slices.SortFunc(f.files, func(a, b deadFile) int { return cmp.Compare(a.name, b.name) })
	f.loaded = true
	return nil
}

// newest is the number of the newest file, 0 without one. Names ascend with it also after the clock was set back: the order in which messages
// came is that in which they go.
func (f *dead) newest() int64 {
	if len(f.files) == 0 {
		return 0
	}
	digits, _, _ := strings.Cut(f.files[len(f.files)-1].name, "-")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0 // somebody else's file with our suffix
	}
	return n
}

// room removes the oldest until so many bytes fit.
func (f *dead) room(bytes int64) error {
	for len(f.files) > 0 && (f.size+bytes > f.most || len(f.files) >= maxDead) {
		if err := os.Remove(filepath.Join(f.dir, f.files[0].name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		f.size -= f.files[0].size
		f.files = f.files[1:]
	}
	return nil
}

func writeDurably(path string, content []byte) error {
	out, err := os.OpenFile(path+deadPending, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(content)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return errors.Join(err, os.Remove(path+deadPending))
	}
	if err := os.Rename(path+deadPending, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
