package control

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"edgelabel/sync/uplink"
)

// waiting is a bundle at the centre.
type waiting struct {
	key     string
	version uint64
	size    int64
}

// from takes a sender's bundles in the order of their versions. One that is refused does not hold up the next.
func (f *Follower) from(ctx context.Context, s *Sender) error {
	list, err := f.list(ctx, s)
	if err != nil {
		return err
	}
	for _, w := range list {
		if size, known := f.refused[w.key]; known && size == w.size || w.version <= f.memory.Applied[s.Name] {
			continue
		}
		if err := f.take(ctx, s, w); err != nil {
			return err
		}
	}
	return nil
}

func (f *Follower) list(ctx context.Context, s *Sender) (list []waiting, err error) {
	for _, gateway := range []string{"", f.cfg.Gateway} {
		prefix := uplink.ControlPrefix(gateway, s.Name)
		err := f.cfg.Target.List(ctx, prefix, func(i uplink.Info) bool {
			name, ok := strings.CutSuffix(strings.TrimPrefix(i.Key, prefix), ".json")
			if v, err := strconv.ParseUint(name, 10, 64); ok && err == nil {
				list = append(list, waiting{i.Key, v, i.Size})
			}
			return true
		})
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", prefix, err)
		}
	}
	slices.SortStableFunc(list, func(a, b waiting) int { return cmp.Compare(a.version, b.version) })
	return list, nil
}

// take checks a bundle, stages it durably, and applies it.
func (f *Follower) take(ctx context.Context, s *Sender, w waiting) error {
	sealed, err := f.read(ctx, w.key)
	if err != nil {
		return err
	}
	b, err := Open(sealed, s.Key)
	if err == nil {
		err = f.admit(s, b, w.version)
	}
	if err != nil {
		return f.refuse(s, w, err)
	}
	f.memory.Staged = &staged{s.Name, w.key, *b}
	if err := f.memory.save(); err != nil {
		f.memory.Staged = nil
		return fmt.Errorf("stage %s: %w", w.key, err)
	}
	return f.apply(ctx, f.memory.Staged)
}

func (f *Follower) admit(s *Sender, b *Bundle, version uint64) error {
	if err := b.suits(f.cfg.Gateway, f.cfg.Now(), version); err != nil {
		return err
	}
	if b.Version <= f.memory.Applied[s.Name] {
		return fmt.Errorf("%w: version %d, applied %d", ErrReplayed, b.Version, f.memory.Applied[s.Name])
	}
	if !s.may(b) {
		return fmt.Errorf("%w: %s", ErrNotHis, s.Name)
	}
	return nil
}

func (s *Sender) may(b *Bundle) bool {
	taxonomy, rules := b.Taxonomy != nil || b.Task != nil, len(b.Rules)+len(b.NewRules) > 0
	return (s.Taxonomy || !taxonomy) && (s.Rules || !rules) && (s.Labels || len(b.Labels) == 0) && (s.Models || len(b.Models) == 0)
}

func (f *Follower) read(ctx context.Context, key string) ([]byte, error) {
	r, err := f.cfg.Target.Get(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", key, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, MaxBundle+1))
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", key, err)
	}
	return b[:min(len(b), MaxBundle)], nil // one that is longer is no JSON then
}

func (f *Follower) refuse(s *Sender, w waiting, why error) error {
	f.cfg.Log.Error("word from the centre is refused", "key", w.key, "error", why)
	if len(f.refused) >= maxRefused {
		clear(f.refused)
	}
	f.refused[w.key], f.untold = w.size, true
	f.memory.note(Outcome{Sender: s.Name, Version: w.version, Key: w.key, At: f.cfg.Now().UnixNano(), Refused: why.Error()})
	f.edit(func(s *State) { s.Refused++ })
	return f.memory.save()
}

// Publish leaves a sealed bundle at the centre. A version that is there already is an error: it may have been applied.
func Publish(ctx context.Context, to uplink.Target, sender string, b *Bundle, sealed []byte) (key string, err error) {
	key = uplink.ControlKey(b.Gateway, sender, b.Version)
	existed, err := to.PutIfAbsent(ctx, key, bytes.NewReader(sealed), int64(len(sealed)), digest(sealed))
	if err != nil {
		return "", fmt.Errorf("put %s: %w", key, err)
	}
	if existed {
		return "", fmt.Errorf("%s: version %d is there already", key, b.Version)
	}
	return key, nil
}
