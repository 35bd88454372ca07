//go:build e2e

package e2e_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"edgelabel/sync/uplink"
)

// settle ends the flow and waits until everything that is on its way has arrived. An agent that was told to break a promise may have lost
// what it had begun to send, and never gets it to the centre.
func (l *crashLine) settle() {
	l.t.Helper()
	l.stopFlow()
	l.flow.Wait()
	time.Sleep(time.Second) // what the broker still holds is on its way
	count := -1
	eventually(l.t, 10*time.Minute, "everything is at the centre", func() error {
		all, err := metrics(l.url)
		if err != nil {
			return err
		}
		left, err := filepath.Glob(filepath.Join(l.dir, "drop", "*.png"))
		if n := sum(all, "edgelabel_unsynced_items", ""); err != nil || n != 0 && l.broken == "" || len(left) > 0 {
			return fmt.Errorf("%g entries and %d files wait", n, len(left))
		}
		before := count
		if count = int(sum(all, "edgelabel_samples_total", "")); count != before {
			time.Sleep(300 * time.Millisecond)
			return fmt.Errorf("samples still arrive")
		}
		return nil
	})
	l.stopLooking()
	l.looking.Wait()
}

// violations holds what was acknowledged against what is there: recovered, or evicted with a record, and at the centre once.
func (l *crashLine) violations() (list []string) {
	l.t.Helper()
	wrong := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	c := readCentre(l)
	list = append(list, c.doubled...)
	l.countSamples(c, wrong)
	l.countPictures(c, wrong)
	for id, item := range l.labels {
		if !c.labels[id] {
			wrong("label %s of item %s is not at the centre", id, item)
		}
		if err := l.hasLabel(item, id); err != nil {
			wrong("label %s: %v", id, err)
		}
	}
	out, err := command(l.t, nil, l.program, "verify", "file:"+l.centre)
	if err != nil || !strings.Contains(out, "clean") {
		wrong("verify: %v: %s", err, out)
	}
	l.t.Logf("%d messages, %d pictures pushed, %d uploaded, %d dropped, %d labels acknowledged; %d evictions recorded, %d of them of samples",
		len(l.pub.sent()), len(l.pushed), len(l.uploaded), len(l.dropped), len(l.labels), len(c.evicted), len(c.spans))
	l.t.Log(strings.TrimSpace(out))
	return list
}

func (l *crashLine) countSamples(c *centre, wrong func(string, ...any)) {
	got, _ := (&line{t: l.t}).samples(l.client, "mqtt.count", l.began.Add(-time.Second), time.Now())
	times := map[float64]int{}
	for _, v := range got.v {
		times[v]++
	}
	gone := 0
	for n, at := range l.pub.when() {
		if times[n] == 0 && c.dropped(at) {
			gone++
		} else if times[n] != 1 {
			wrong("message %g is there %d times", n, times[n])
		}
	}
	l.t.Logf("%d messages went with segments whose eviction is recorded", gone)
}

func (l *crashLine) hasLabel(item, id string) error {
	var page struct{ Labels []struct{ ID string } }
	if err := l.client.get("/api/v1/items/"+item, &page); err != nil {
		return err
	}
	if len(page.Labels) != 1 || page.Labels[0].ID != id {
		return fmt.Errorf("item %s has %d labels and not this one", item, len(page.Labels))
	}
	return nil
}

func (l *crashLine) countPictures(c *centre, wrong func(string, ...any)) {
	items, err := l.items("/api/v1/items?limit=500", true)
	if err != nil {
		l.t.Fatal(err)
	}
	shown := map[string]int{}
	for _, it := range items {
		for _, im := range it.Images {
			shown[im.SHA256]++
		}
	}
	check := func(name string, s stored) {
		item := s.Item
		if item == "" {
			item = l.seen[s.SHA256]
		}
		switch {
		case shown[s.SHA256] > 1:
			wrong("picture %s is in %d items", name, shown[s.SHA256])
		case c.evicted[s.SHA256] || item != "" && c.evicted[item]:
		case shown[s.SHA256] == 0:
			files, _ := filepath.Glob(filepath.Join(l.dir, "drop", "*", name)) // the pattern is good
			wrong("picture %s (%.12s, item %s) is in no item and no record of eviction; its file is %v", name, s.SHA256, item, files)
		default:
			if err := l.readable(s.SHA256); err != nil {
				wrong("picture %s: %v", name, err)
			}
		}
	}
	for _, way := range []map[string]stored{l.pushed, l.dropped, l.uploaded} {
		for _, name := range slices.Sorted(maps.Keys(way)) {
			check(name, way[name])
		}
	}
}

func (l *crashLine) readable(sha256 string) error {
	res, err := l.client.http.Get(l.url + "/api/v1/images/" + sha256)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && (res.StatusCode != http.StatusOK || sumOf(b) != sha256) {
		err = fmt.Errorf("%s, %d bytes that are not those sent", res.Status, len(b))
	}
	return err
}

// centre is what stands in the folder, read without the program's own reader.
type centre struct {
	labels  map[string]bool // ids
	evicted map[string]bool // keys of eviction records
	spans   [][2]int64      // from and to, UTC ns, of eviction records of samples
	doubled []string
}

// dropped reports whether a record says that the samples of the moment were evicted.
func (c *centre) dropped(at int64) bool {
	return slices.ContainsFunc(c.spans, func(s [2]int64) bool { return s[0] <= at && at <= s[1] })
}

func readCentre(l *crashLine) *centre {
	l.t.Helper()
	c := &centre{labels: map[string]bool{}, evicted: map[string]bool{}}
	items := map[string]bool{}
	err := filepath.WalkDir(filepath.Join(l.centre, "v1"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		switch folder, _, _ := strings.Cut(strings.TrimPrefix(path, filepath.Join(l.centre, "v1")+"/"), "/"); folder {
		case "labels":
			return c.ids(path, c.labels)
		case "items":
			return c.ids(path, items)
		case "commits":
			return c.manifest(path)
		}
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return c
}

// ids reads the ids of one file of JSON lines. One that was seen before is at the centre twice.
func (c *centre) ids(path string, seen map[string]bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var one struct{ ID string }
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if seen[one.ID] {
			c.doubled = append(c.doubled, fmt.Sprintf("%s is at the centre twice, again in %s", one.ID, filepath.Base(path)))
		}
		seen[one.ID] = true
	}
	return lines.Err()
}

func (c *centre) manifest(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	m, err := uplink.ParseManifest(b)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, e := range m.Evictions {
		c.evicted[e.Key] = true
		if e.Class == "series" {
			c.spans = append(c.spans, [2]int64{e.From, e.To})
		}
	}
	return nil
}
