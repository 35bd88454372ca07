// Package webdataset writes tar shards as loaders of the WebDataset convention stream them: <split>-000000.tar and so on. The files of one
// example stand one behind the other under one key:
//
//	01J….json    the item, its label and its split in the gateway's own vocabulary; nothing of the label is lost
//	01J….png     its first picture; further ones are 01J….1.png, 01J….2.jpg …
//
// The key is the item's id, with the label's id behind it where one item makes several examples. Shards are the same bytes for the same
// items: entries have no time and no owner.
package webdataset

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"edgelabel/agent/export"
	"edgelabel/agent/export/picture"
	"edgelabel/agent/label"
)

// Drops is what the shards leave out.
func Drops() []string { return []string{"samples of the signals", "earlier label revisions"} }

// example is <key>.json.
type example struct {
	Split string            `json:"split,omitempty"`
	Item  *label.Item       `json:"item"`
	Label *label.Label      `json:"label"`
	Files map[string]string `json:"files"` // sha256 → entry of the same shard
}

type encoder struct {
	job    export.Job
	shards *shards
	last   string // item
}

// Open is the export.Format's.
func Open(job export.Job) (export.Encoder, error) {
	return export.PerSplit(job, func(job export.Job) (export.Encoder, error) {
		name := job.Split
		if name == "" {
			name = "all"
		}
		return &encoder{job: job, shards: &shards{dir: job.Dir, name: name}}, nil
	})
}

// Encode adds the example's files to a shard. Its pictures are in the shard and not beside it.
func (e *encoder) Encode(_ context.Context, x *export.Example) error {
	key := x.Item.ID
	if e.last == key { // another person's word on the same item
		key += "-" + strings.ReplaceAll(x.Label.ID, ".", "_")
	}
	e.last = x.Item.ID
	about, pictures := example{x.Split, &x.Item, &x.Label, map[string]string{}}, []entry{}
	for _, im := range x.Item.Images {
		file, ok := x.Files[im.SHA256]
		if _, twice := about.Files[im.SHA256]; !ok || twice {
			continue
		}
		name := key + path.Ext(file)
		if n := len(pictures); n > 0 {
			name = fmt.Sprintf("%s.%d%s", key, n, path.Ext(file))
		}
		about.Files[im.SHA256] = name
		pictures = append(pictures, entry{name: name, file: filepath.Join(e.job.Dir, filepath.FromSlash(file))})
	}
	b, err := json.Marshal(about)
	if err != nil {
		return err
	}
	return e.shards.add(append([]entry{{name: key + ".json", body: b}}, pictures...))
}

// Close finishes the last shard and removes the folder that the pictures came through.
func (e *encoder) Close() error {
	return errors.Join(e.shards.close(), picture.RemoveFolder(&e.job))
}
