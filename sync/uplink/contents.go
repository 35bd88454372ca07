package uplink

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
)

// Contents is a batch as it lies at the centre.
type Contents struct {
	*Manifest
	Key    string // of the manifest
	SHA256 string // of the manifest's bytes

	from Target
}

// ReadBatch reads the manifest of one batch. The error wraps ErrNoObject when the batch is not at the centre, and ErrManifest when what
// stands there is none.
func ReadBatch(ctx context.Context, from Target, gateway string, epoch, number uint64) (*Contents, error) {
	return readContents(ctx, from, manifestKey(gateway, epoch, number))
}

func readContents(ctx context.Context, from Target, key string) (*Contents, error) {
	body, err := readAll(ctx, from, key, maxManifest)
	if err != nil {
		return nil, err
	}
	m, err := ParseManifest(body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return &Contents{Manifest: m, Key: key, SHA256: sumOf(body), from: from}, nil
}

// EachBatch calls yield for the batches of a gateway, or of all when gateway is empty: epoch after epoch, each by number. Batches up to
// after, by epoch, are passed over without being read; after may be nil. It stops at the first error.
func EachBatch(ctx context.Context, from Target, gateway string, after map[uint64]uint64, yield func(*Contents) error) error {
	below := commitsRoot
	if gateway != "" {
		below += "gw=" + segment(gateway) + "/"
	}
	links, odd, err := listChains(ctx, from, below)
	if err != nil {
		return err
	}
	if len(odd) > 0 {
		return odd[0]
	}
	for _, l := range links {
		if l.number <= after[l.epoch] {
			continue
		}
		c, err := readContents(ctx, from, l.key)
		if err == nil {
			err = yield(c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Rows reads the batch's items and labels, after their bytes were checked. An item that names no site or line gets those that it is filed
// under. Both functions own what they are given.
func (c *Contents) Rows(ctx context.Context, items func(label.Item) error, labels func(label.Label) error) error {
	for _, o := range c.Objects {
		var err error
		switch folder, _, _ := strings.Cut(strings.TrimPrefix(o.Key, root), "/"); folder {
		case "items":
			err = eachRow(ctx, c.from, o, func(it label.Item) error {
				it.Place = filed(it.Place, o.Key)
				return items(it)
			})
		case "labels":
			err = eachRow(ctx, c.from, o, labels)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func eachRow[T any](ctx context.Context, from Target, o journal.Object, yield func(T) error) error {
	f, err := fetch(ctx, from, o)
	if err != nil {
		return err
	}
	defer f.Close()
	err = eachLine(f, func(line []byte) error {
		var row T
		if err := json.Unmarshal(line, &row); err != nil {
			return err
		}
		return yield(row)
	})
	return wrap(o.Key, err)
}

// filed completes a place by the partition of the key.
func filed(p label.Place, key string) label.Place {
	for part := range strings.SplitSeq(key, "/") {
		name, value, ok := strings.Cut(part, "=")
		if plain, err := url.PathUnescape(value); ok && err == nil {
			value = plain
		}
		switch {
		case name == "site" && p.Site == "":
			p.Site = value
		case name == "line" && p.Line == "":
			p.Line = value
		}
	}
	return p
}
