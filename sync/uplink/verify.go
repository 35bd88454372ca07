package uplink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
)

// Finding is one thing that a verification has to say about a key.
type Finding struct {
	Key  string `json:"key"`
	What string `json:"what"`
}

// Report is the outcome of a verification.
type Report struct {
	Chains     int       `json:"chains"` // a gateway and an epoch each
	Manifests  int       `json:"manifests"`
	Objects    int       `json:"objects"` // named by a manifest and read back whole
	Blobs      int       `json:"blobs"`   // of those, images
	Thumbnails int       `json:"thumbnails"`
	Foretold   int       `json:"foretold"` // items whose pictures have not come
	Bytes      int64     `json:"bytes"`
	Items      int       `json:"items"`
	Labels     int       `json:"labels"`
	WindowRows int       `json:"windowRows"`
	Gaps       int       `json:"gaps"`
	Evictions  int       `json:"evictions"`
	Findings   []Finding `json:"findings"` // differences: the centre is not what the manifests say
	Notes      []Finding `json:"notes"`    // worth knowing, and no difference
}

// OK reports whether there is no difference.
func (r *Report) OK() bool { return len(r.Findings) == 0 }

// Verify walks every chain of manifests and reads back every object that they name. The error is about a store that could not be read at
// all; what is wrong inside it is in the report.
func Verify(ctx context.Context, from Target) (*Report, error) {
	v := &verifier{from: from, named: map[string]string{}, items: map[string]string{}, labels: map[string]string{}, wants: map[string]string{},
		labeled: map[string]string{}, missing: map[string]bool{}, thumbnails: map[string]bool{}}
	links, odd, err := listChains(ctx, from, commitsRoot)
	if err != nil {
		return nil, err
	}
	for _, err := range odd {
		v.found(commitsRoot, "%v", err)
	}
	for _, l := range links {
		if err := v.manifest(ctx, l); err != nil {
			return nil, err
		}
	}
	v.references()
	if err := v.foretold(ctx); err != nil {
		return nil, err
	}
	if err := v.strangers(ctx); err != nil {
		return nil, err
	}
	return &v.report, nil
}

type verifier struct {
	from   Target
	report Report

	chain string // whose turn it is
	next  uint64
	prev  string // SHA-256 of the manifest before

	named   map[string]string // key → sha256
	items   map[string]string // id → manifest
	labels  map[string]string
	wants   map[string]string // blob key → item that refers to it
	labeled map[string]string // item id → label of it
	missing map[string]bool   // sha256 that a manifest says did not arrive

	thumbnails map[string]bool // keys that are said to be some
}

func (v *verifier) found(key, format string, args ...any) {
	v.report.Findings = append(v.report.Findings, Finding{key, fmt.Sprintf(format, args...)})
}

func (v *verifier) note(key, format string, args ...any) {
	v.report.Notes = append(v.report.Notes, Finding{key, fmt.Sprintf(format, args...)})
}

func (v *verifier) manifest(ctx context.Context, l chainLink) error {
	if l.chain != v.chain {
		v.chain, v.next, v.prev = l.chain, 1, ""
		v.report.Chains++
	}
	v.report.Manifests++
	body, err := readAll(ctx, v.from, l.key, maxManifest)
	if err != nil {
		return err
	}
	if l.number != v.next {
		v.found(l.key, "batch %d follows %d: %d missing", l.number, v.next-1, l.number-v.next)
	}
	prev := v.prev
	v.next, v.prev = l.number+1, sumOf(body)
	m, err := ParseManifest(body)
	if err != nil {
		v.found(l.key, "%v", err)
		return nil
	}
	if manifestKey(m.Gateway, m.Epoch, m.Number) != l.key {
		v.found(l.key, "says it is batch %d of gateway %s, epoch %d", m.Number, m.Gateway, m.Epoch)
	}
	if m.Previous != prev {
		v.found(l.key, "chain broken: names %q as the manifest before, which is %q", m.Previous, prev)
	}
	return v.content(ctx, l.key, m)
}

func (v *verifier) content(ctx context.Context, key string, m *Manifest) error {
	v.report.Gaps += len(m.Gaps)
	v.report.Evictions += len(m.Evictions)
	for _, x := range m.Missing {
		v.missing[x.SHA256] = true
		v.note(key, "item %s arrived without %s: %s", x.Item, x.SHA256, x.Reason)
	}
	for _, x := range m.Unreadable {
		v.note(key, "%s %s (entry %d) could not be read on the gateway: %s", x.Kind, x.Key, x.Seq, x.Reason)
	}
	for _, t := range m.Thumbnails {
		v.thumbnails[t.JPEG.Key] = true
		if !slices.ContainsFunc(m.Objects, func(o journal.Object) bool { return o == t.JPEG }) {
			v.found(key, "its thumbnail %s of %s is none of its objects", t.JPEG.Key, t.SHA256)
		}
	}
	v.report.Items += v.once(v.items, "item", m.Items, key)
	v.report.Labels += v.once(v.labels, "label", m.Labels, key)
	rows := rowIDs{}
	for _, o := range m.Objects {
		if err := v.object(ctx, o, &rows); err != nil {
			return err
		}
	}
	for _, pair := range []struct {
		what        string
		says, found []string
	}{{"item", m.Items, rows.items}, {"label", m.Labels, rows.labels}} {
		slices.Sort(pair.says)
		slices.Sort(pair.found)
		if !slices.Equal(pair.says, pair.found) {
			v.found(key, "names %d %ss, its objects hold %d, and they are not the same", len(pair.says), pair.what, len(pair.found))
		}
	}
	return nil
}

// once counts ids that no manifest had before. A gateway that lost its memory begins a new epoch and may send things again, which
// readers take once; anywhere else the same id twice is a fault.
func (v *verifier) once(seen map[string]string, what string, ids []string, key string) (n int) {
	for _, id := range ids {
		before, again := seen[id]
		switch {
		case again && gatewayFolder(before) == gatewayFolder(key) && path.Dir(before) != path.Dir(key):
			v.note(key, "%s %s was sent before, in %s", what, id, before)
		case again:
			v.found(key, "%s %s is also in %s", what, id, before)
		default:
			seen[id] = key
			n++
		}
	}
	return n
}

// rowIDs are the ids that the objects of one manifest hold.
type rowIDs struct{ items, labels []string }

// object reads one object back. An image that several manifests name is read once; rows are read again for the ids that they bring.
func (v *verifier) object(ctx context.Context, o journal.Object, ids *rowIDs) error {
	folder, _, _ := strings.Cut(strings.TrimPrefix(o.Key, root), "/")
	sum, again := v.named[o.Key]
	switch {
	case again && sum != o.SHA256:
		v.found(o.Key, "two manifests name it with different hashes")
		return nil
	case again && folder == "blobs":
		return nil
	}
	v.named[o.Key] = o.SHA256
	rows, err := v.read(ctx, folder, o, ids)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, ErrNoObject), errors.Is(err, ErrDiffers), errors.Is(err, errContent):
		v.found(o.Key, "%v", err)
		return nil
	case err != nil:
		return err
	case rows != o.Rows:
		v.found(o.Key, "holds %d rows, the manifest says %d", rows, o.Rows)
	}
	if !again {
		v.count(folder, o, rows)
	}
	return nil
}

func (v *verifier) count(folder string, o journal.Object, rows int) {
	v.report.Objects++
	v.report.Bytes += o.Size
	switch {
	case v.thumbnails[o.Key]:
		v.report.Thumbnails++
	case folder == "blobs":
		v.report.Blobs++
	case folder == "windows":
		v.report.WindowRows += rows
	}
}

var errContent = errors.New("content")

func (v *verifier) read(ctx context.Context, folder string, o journal.Object, ids *rowIDs) (rows int, err error) {
	if folder == "blobs" {
		return 0, reread(ctx, v.from, o, io.Discard)
	}
	f, err := fetch(ctx, v.from, o)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	switch folder {
	case "items":
		rows, err = v.rows(f, func(line []byte) error { return v.itemLine(line, ids) })
	case "labels":
		rows, err = v.rows(f, func(line []byte) error { return v.labelLine(line, ids) })
	case "windows":
		rows, err = countWindowRows(f, o.Size)
	default:
		err = errors.New("not a folder of this layout")
	}
	if err != nil {
		return rows, fmt.Errorf("%w: %w", errContent, err)
	}
	return rows, nil
}

func (v *verifier) rows(f io.Reader, yield func([]byte) error) (rows int, err error) {
	err = eachLine(f, func(line []byte) error {
		rows++
		return yield(line)
	})
	return rows, err
}

func (v *verifier) itemLine(line []byte, ids *rowIDs) error {
	var it label.Item
	if err := json.Unmarshal(line, &it); err != nil {
		return err
	}
	ids.items = append(ids.items, it.ID)
	for _, im := range it.Images {
		if isDigest(im.SHA256) {
			v.wants[blobKey(im.SHA256, im.Format)] = it.ID
		}
	}
	return nil
}

func (v *verifier) labelLine(line []byte, ids *rowIDs) error {
	var l label.Label
	if err := json.Unmarshal(line, &l); err != nil {
		return err
	}
	ids.labels = append(ids.labels, l.ID)
	v.labeled[l.Item] = l.ID
	return nil
}

// references looks for items and images that are referred to and that no manifest brought.
func (v *verifier) references() {
	for key, item := range v.wants {
		sum, _, _ := strings.Cut(key[strings.LastIndex(key, "/")+1:], ".")
		if v.named[key] == "" && !v.missing[sum] {
			v.found(key, "item %s refers to it and no manifest names it", item)
		}
	}
	for item, id := range v.labeled {
		if v.items[item] == "" {
			v.note("", "label %s is of item %s, which has not arrived", id, item)
		}
	}
	order := func(a, b Finding) int { return strings.Compare(a.Key+a.What, b.Key+b.What) }
	slices.SortStableFunc(v.report.Findings, order)
	slices.SortStableFunc(v.report.Notes, order)
}

// foretold counts the items that were spoken of and have not come.
func (v *verifier) foretold(ctx context.Context) error {
	awaited, err := AwaitedItems(ctx, v.from, func(item string) bool { return v.items[item] != "" })
	if err != nil {
		return err
	}
	v.report.Foretold = len(awaited)
	for _, item := range slices.Sorted(maps.Keys(awaited)) {
		f, err := readForetold(ctx, v.from, awaited[item])
		if err != nil {
			return err
		}
		for _, t := range f.Thumbnails {
			v.thumbnails[t.JPEG.Key] = true
		}
		v.note(awaited[item], "item %s is foretold with %d thumbnails, its pictures have not come", item, len(f.Thumbnails))
	}
	return nil
}

// strangers lists data that no manifest names: what an interrupted batch left behind, or another program.
func (v *verifier) strangers(ctx context.Context) error {
	for _, folder := range dataRoots() {
		err := v.from.List(ctx, folder, func(i Info) bool {
			if v.named[i.Key] == "" && !v.thumbnails[i.Key] {
				v.note(i.Key, "named by no manifest")
			}
			return true
		})
		if err != nil {
			return fmt.Errorf("list %s: %w", folder, err)
		}
	}
	return nil
}
