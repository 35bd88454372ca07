package uplink

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// ManifestVersion is the version of manifests that this program writes and the newest that it reads.
const ManifestVersion = 1

// ErrManifest is wrapped by errors about bytes that are not a manifest.
var ErrManifest = errors.New("not a manifest")

// Manifest commits one batch. It is written after everything that it names, and readers trust only what a manifest names. Previous chains
// it to the manifest before: a hole or a rewrite shows.
type Manifest struct {
	Version    int               `json:"version"`
	Gateway    string            `json:"gw"`
	Epoch      uint64            `json:"epoch"`
	Number     uint64            `json:"seq"` // of the batch: 1, 2, 3 … within the epoch
	First      journal.Seq       `json:"first"`
	Last       journal.Seq       `json:"last"`
	Previous   string            `json:"prev_sha256"` // empty for the first of an epoch
	Created    int64             `json:"created"`     // UTC ns, when the batch was frozen
	Objects    []journal.Object  `json:"objects"`     // by key
	Items      []string          `json:"items"`       // ids, in the order of the journal
	Labels     []string          `json:"labels"`
	Gaps       []series.Gap      `json:"gaps"`
	Evictions  []journal.Evicted `json:"evictions"`
	Taxonomy   []label.Taxonomy  `json:"taxonomy"`
	Thumbnails []Thumbnail       `json:"thumbnails,omitempty"` // of images, among the objects
	Missing    []Missing         `json:"missing,omitempty"`
	Unreadable []Unreadable      `json:"unreadable,omitempty"`
	Above      int               `json:"above_clearance,omitempty"` // entries whose content this centre may not have
	Unasked    int               `json:"unasked,omitempty"`         // entries that it did not ask for
}

// Missing says that an item arrived without a blob that it refers to, because the gateway could no longer read it.
type Missing struct {
	Item   string `json:"item"`
	SHA256 string `json:"sha256"`
	Reason string `json:"reason"`
}

// Unreadable is a journal entry whose body the gateway could not read back. It is named here so that it is not lost in silence.
type Unreadable struct {
	Seq    journal.Seq  `json:"seq"`
	Kind   journal.Kind `json:"kind"`
	Key    string       `json:"key"`
	Reason string       `json:"reason"`
}

func (m *Manifest) encode() ([]byte, error) {
	m.Version = ManifestVersion
	b, err := json.MarshalIndent(m, "", " ")
	return append(b, '\n'), err
}

// ParseManifest reads a manifest. The error wraps ErrManifest.
func ParseManifest(b []byte) (*Manifest, error) {
	m := &Manifest{}
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	if m.Version < 1 || m.Version > ManifestVersion {
		return nil, fmt.Errorf("%w: version %d, this program reads up to %d", ErrManifest, m.Version, ManifestVersion)
	}
	for _, o := range m.Objects {
		if o.Size < 0 || !isDigest(o.SHA256) {
			return nil, fmt.Errorf("%w: object %q has size %d and sha256 %q", ErrManifest, o.Key, o.Size, o.SHA256)
		}
	}
	return m, nil
}

// sameBatch reports whether both manifests commit the same frozen batch. Their bytes differ all the same when the gateway's program or
// configuration changed between two attempts.
func (m *Manifest) sameBatch(o *Manifest) bool {
	return m.Gateway == o.Gateway && m.Epoch == o.Epoch && m.Number == o.Number && m.First == o.First && m.Last == o.Last &&
		m.Previous == o.Previous && m.Created == o.Created && slices.Equal(m.Items, o.Items) && slices.Equal(m.Labels, o.Labels)
}
