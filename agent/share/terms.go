package share

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"edgelabel/sync/uplink"
)

// Names of the two files that a package has beside its batches.
const (
	termsKey  = "share.json"
	hashesKey = "SHA256SUMS" // as sha256sum -c reads it
)

// maxFile bounds what is read as one of them, in bytes.
const maxFile = 256 << 20

// Version of Terms.
const Version = 1

// ErrTerms is wrapped when a package is not what its terms say.
var ErrTerms = errors.New("not the package that its terms describe")

// Terms are what a package holds, how it was masked, and what may be done with it.
type Terms struct {
	Version int       `json:"version"`
	ID      string    `json:"id"`
	Made    time.Time `json:"made"`
	To      string    `json:"to"`
	Licence string    `json:"licence"`
	Expires time.Time `json:"expires"`
	Classes []string  `json:"classes,omitempty"` // nothing: all
	From    time.Time `json:"from,omitzero"`
	Until   time.Time `json:"until,omitzero"`
	Masked  []string  `json:"masked"`
	Areas   []string  `json:"areas,omitempty"` // in black

	Items   int     `json:"items"`
	Labels  int     `json:"labels"`
	Images  int     `json:"images"`
	LeftOut LeftOut `json:"left_out"`

	Manifests uint64 `json:"manifests"`
	Last      string `json:"last_manifest_sha256"`
	Hashes    string `json:"hashes_sha256"` // of SHA256SUMS
}

// LeftOut counts what is not in the package.
type LeftOut struct {
	Unlabelled int `json:"unlabelled"`
	Simulated  int `json:"simulated"`
	Unasked    int `json:"other_classes_or_time"`
	Empty      int `json:"nothing_left"`        // items
	Pictures   int `json:"pictures_unreadable"` // they stay out, their items go
}

func (o *Options) terms() Terms {
	t := Terms{Version: Version, ID: o.ID, Made: o.Now().UTC(), To: o.For, Licence: o.Licence, Expires: o.Expires.UTC(), Classes: o.Classes,
		Masked: []string{"part", "product", "recipe", "job", "measurement", "person", "terminal", "work order", "comment", "file name", "image metadata"}}
	if o.From != 0 {
		t.From = time.Unix(0, o.From).UTC()
	}
	if o.To != 0 {
		t.Until = time.Unix(0, o.To).UTC()
	}
	if !o.Places {
		t.Masked = append(t.Masked, "site", "area", "line", "cell", "asset", "camera", "rule")
	}
	if !o.Series {
		t.Masked = append(t.Masked, "signals")
	}
	for _, a := range o.Areas {
		t.Areas = append(t.Areas, a.String())
	}
	return t
}

// seal writes the list of hashes and then the terms, which name it.
func (t *Terms) seal(ctx context.Context, to uplink.Target) error {
	hashes, err := hashes(ctx, to)
	if err != nil {
		return err
	}
	t.Hashes = digest(hashes)
	body, err := json.MarshalIndent(t, "", " ")
	if err != nil {
		return err
	}
	for _, f := range []struct {
		key  string
		body []byte
	}{{hashesKey, hashes}, {termsKey, append(body, '\n')}} {
		if _, err := to.PutIfAbsent(ctx, f.key, bytes.NewReader(f.body), int64(len(f.body)), digest(f.body)); err != nil {
			return fmt.Errorf("put %s: %w", f.key, err)
		}
	}
	return nil
}

// hashes lists what the manifests name, and the manifests, in the order of their keys.
func hashes(ctx context.Context, at uplink.Target) ([]byte, error) {
	sums := map[string]string{}
	err := uplink.EachBatch(ctx, at, "", nil, func(b *uplink.Contents) error {
		sums[b.Key] = b.SHA256
		for _, o := range b.Objects {
			sums[o.Key] = o.SHA256
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, key := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(&b, "%s  %s\n", sums[key], key)
	}
	return b.Bytes(), nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Check compares a package with its terms: its manifests are the ones that it was made with, none is missing at the end, and the list of
// hashes is theirs. It does not read what they name: that is what uplink.Verify does. terms is nil where there is no package.
func Check(ctx context.Context, at uplink.Target) (terms *Terms, err error) {
	body, err := read(ctx, at, termsKey)
	if errors.Is(err, uplink.ErrNoObject) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t := &Terms{}
	if err := json.Unmarshal(body, t); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTerms, err)
	}
	if t.Version != Version {
		return nil, fmt.Errorf("%w: version %d, this program reads %d", ErrTerms, t.Version, Version)
	}
	want, err := hashes(ctx, at)
	if err != nil {
		return t, err
	}
	got, err := read(ctx, at, hashesKey)
	if err != nil {
		return t, fmt.Errorf("%w: %w", ErrTerms, err)
	}
	if !bytes.Equal(got, want) || digest(got) != t.Hashes {
		return t, fmt.Errorf("%w: %s is not the list of what is here", ErrTerms, hashesKey)
	}
	if !strings.Contains(string(want), t.Last+"  ") {
		return t, fmt.Errorf("%w: its last manifest, %d, is missing", ErrTerms, t.Manifests)
	}
	return t, nil
}

func read(ctx context.Context, at uplink.Target, key string) ([]byte, error) {
	r, err := at.Get(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", key, err)
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, maxFile))
}
