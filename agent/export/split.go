package export

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"edgelabel/agent/label"
)

// What a split keeps together.
const (
	ByPart = "part" // every item of a part
	ByLot  = "lot"  // every item of a job
	ByTime = "time" // the oldest items train, the newest test
)

// Split says how a dataset is divided. It never goes by picture: pictures of one part in two splits are a leak.
//
// By part and lot the place of a group follows from the seed and its name alone: it stays where it is in every later export, and the
// shares are met on the average. Items without a part stay together by asset and UTC day. Whatever the choice, a part is in one split:
// in that of its first item.
type Split struct {
	Train int    `json:"train"` // percent; the three make 100
	Val   int    `json:"val"`
	Test  int    `json:"test"`
	Seed  uint64 `json:"seed"`
	By    string `json:"by"`
}

// ParseSplit reads shares such as 80/10/10; without a third share nothing is kept for testing.
func ParseSplit(shares string, seed uint64, by string) (*Split, error) {
	s := &Split{Seed: seed, By: by}
	if !slices.Contains([]string{ByPart, ByLot, ByTime}, by) {
		return nil, fmt.Errorf("split by %q: want part, lot or time", by)
	}
	parts := strings.Split(shares, "/")
	for i, into := range []*int{&s.Train, &s.Val, &s.Test} {
		if i >= len(parts) {
			break
		}
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < 0 {
			return nil, fmt.Errorf("split %q: want whole percents such as 80/10/10", shares)
		}
		*into = n
	}
	if len(parts) < 2 || len(parts) > 3 || s.Train+s.Val+s.Test != 100 {
		return nil, fmt.Errorf("split %q: want two or three shares that make 100", shares)
	}
	return s, nil
}

// Names are those of the splits that get a share.
func (s *Split) Names() (names []string) {
	if s == nil {
		return nil
	}
	for i, share := range []int{s.Train, s.Val, s.Test} {
		if share > 0 {
			names = append(names, [...]string{"train", "val", "test"}[i])
		}
	}
	return names
}

// at is the split at a place from 0 to 99.
func (s *Split) at(place int) string {
	switch {
	case place < s.Train:
		return "train"
	case place < s.Train+s.Val:
		return "val"
	}
	return "test"
}

// splitter divides the items of one run and writes down where each went.
type splitter struct {
	*Split
	cuts     []int64 // by time: UTC ns where val and test begin
	parts    map[string]string
	pictures map[string]string // sha256, raw
	counts   map[string]*SplitCount
	f        *os.File
	w        *csv.Writer
}

// SplitCount is what went into one split.
type SplitCount struct {
	Items int `json:"items"`
	Parts int `json:"parts"` // different ones; items without a part do not count here
}

func newSplitter(s *Split, dir string, times []int64) (*splitter, error) {
	f, err := os.Create(filepath.Join(dir, "splits.csv"))
	if err != nil {
		return nil, err
	}
	out := &splitter{Split: s, parts: map[string]string{}, pictures: map[string]string{}, counts: map[string]*SplitCount{}, f: f, w: csv.NewWriter(f)}
	for _, name := range s.Names() {
		out.counts[name] = &SplitCount{}
	}
	if s.By == ByTime && len(times) > 0 {
		slices.Sort(times)
		for _, share := range []int{s.Train, s.Train + s.Val} {
			out.cuts = append(out.cuts, times[min(len(times)*share/100, len(times)-1)])
			if share == 100 {
				out.cuts[len(out.cuts)-1]++
			}
		}
	}
	return out, out.w.Write([]string{"item", "part", "group", "split"})
}

// place finds the item's split. reason says why it can be in none.
func (s *splitter) place(it *label.Item) (split, reason string, err error) {
	part := partOf(it)
	split, known := s.parts[part]
	group := s.group(it, part)
	if part == "" || !known {
		split = s.choose(group, it.At)
	}
	for _, im := range it.Images {
		if other := s.pictures[im.SHA256]; other != "" && other != split {
			return "", "its picture is in split " + other + " with another part", nil
		}
	}
	for _, im := range it.Images {
		s.pictures[im.SHA256] = split
	}
	if part != "" && !known {
		s.parts[part] = split
		s.counts[split].Parts++
	}
	s.counts[split].Items++
	return split, "", s.w.Write([]string{it.ID, part, group, split})
}

func (s *splitter) choose(group string, at int64) string {
	if s.By == ByTime {
		return s.byTime(at)
	}
	seed := binary.BigEndian.AppendUint64(nil, s.Seed)
	sum := sha256.Sum256(append(seed, group...))
	return s.at(int(binary.BigEndian.Uint64(sum[:]) % 100))
}

func (s *splitter) byTime(at int64) string {
	names := s.Names()
	switch {
	case len(s.cuts) == 0: // what is there was labelled after the source was read for the first time
	case s.Train > 0 && at < s.cuts[0]:
		return "train"
	case s.Val > 0 && at < s.cuts[1]:
		return "val"
	}
	return names[len(names)-1]
}

// group is what stays together.
func (s *splitter) group(it *label.Item, part string) string {
	switch {
	case s.By == ByLot && it.Part.JobID != "":
		return "lot " + it.Part.JobID
	case part != "":
		return "part " + part
	}
	return "day " + it.Place.Asset + " " + time.Unix(0, it.At).UTC().Format(time.DateOnly)
}

func partOf(it *label.Item) string {
	if it.Part.PartID != "" {
		return it.Part.PartID
	}
	for _, im := range it.Images {
		if im.Part.PartID != "" {
			return im.Part.PartID
		}
	}
	return ""
}

func (s *splitter) close() error {
	s.w.Flush()
	return errors.Join(s.w.Error(), s.f.Close())
}
