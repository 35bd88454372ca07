package ui

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"edgelabel/agent/label"
)

const (
	maxItems  = 500 // of one page
	maxText   = 256 // bytes of one filter
	maxTags   = 32  // signals of one request
	maxPoints = 8192
	points    = 1600
)

// itemQuery reads the filters of GET /items.
func itemQuery(v url.Values) (label.Query, error) {
	q := label.Query{
		State: label.State(v.Get("state")), Kind: label.Kind(v.Get("kind")), Asset: v.Get("asset"), Camera: v.Get("camera"),
		Class: v.Get("class"), Part: v.Get("part"), Cursor: v.Get("cursor"),
		Line: v.Get("line"), Station: v.Get("station"), Proposed: v.Get("proposed"),
	}
	for _, name := range []string{"asset", "camera", "class", "part", "cursor", "line", "station", "proposed"} {
		if text := v.Get(name); len(text) > maxText || !utf8.ValidString(text) {
			return q, invalid("%s: want at most %d bytes of UTF-8", name, maxText)
		}
	}
	for _, enum := range []struct{ name, want string }{
		{"state", " open labeled synced"}, {"kind", " image window joint"}, {"order", " oldest newest suspect"},
	} {
		if !slices.Contains(strings.Split(enum.want, " "), v.Get(enum.name)) {
			return q, invalid("%s: %q, want one of%s", enum.name, v.Get(enum.name), enum.want)
		}
	}
	q.Newest, q.Suspect = v.Get("order") == "newest", v.Get("order") == "suspect"
	if text := v.Get("verdict"); text != "" {
		q.Verdict = new(label.Verdict)
		if err := q.Verdict.UnmarshalText([]byte(text)); err != nil {
			return q, invalid("%v", err)
		}
	}
	var err error
	if q.From, err = moment(v, "from"); err != nil {
		return q, err
	}
	if q.To, err = moment(v, "to"); err != nil {
		return q, err
	}
	q.Limit, err = number(v, "limit", 0, 0, maxItems)
	return q, err
}

// seriesQuery is what GET /series asks for: an item's window, or tags in a range.
type seriesQuery struct {
	item     string
	tags     []string
	from, to int64 // UTC ns; both 0 is the whole window of the item
	n        int   // buckets
}

func parseSeriesQuery(v url.Values, longest time.Duration) (seriesQuery, error) {
	q := seriesQuery{item: v.Get("item")}
	var err error
	if q.n, err = number(v, "n", points, 1, maxPoints); err != nil {
		return q, err
	}
	if q.from, err = moment(v, "from"); err != nil {
		return q, err
	}
	if q.to, err = moment(v, "to"); err != nil {
		return q, err
	}
	if q.to != 0 && q.to <= q.from {
		return q, invalid("from, to: %d is not before %d", q.from, q.to)
	}
	if (q.item != "") == v.Has("tags") {
		return q, invalid("want either item or tags")
	}
	if q.item != "" {
		return q, nil
	}
	q.tags = strings.Split(v.Get("tags"), ",")
	if err := checkTags(q.tags); err != nil {
		return q, err
	}
	if q.to == 0 || q.to-q.from > int64(longest) {
		return q, invalid("from, to: want a range of at most %v", longest)
	}
	return q, nil
}

func checkTags(tags []string) error {
	if len(tags) == 0 || len(tags) > maxTags {
		return invalid("tags: %d, want 1 to %d", len(tags), maxTags)
	}
	for i, tag := range tags {
		if tag == "" || len(tag) > maxText || slices.Contains(tags[:i], tag) {
			return invalid("tags: %q is empty, too long or there twice", tag)
		}
	}
	return nil
}

func number(v url.Values, name string, otherwise, least, most int) (int, error) {
	text := v.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, invalid("%s: %q, want a number from %d to %d", name, text, least, most)
	}
	return n, nil
}

// moment reads UTC nanoseconds. A browser may write a large number with an exponent or a fraction; it holds them to 256 ns anyway.
func moment(v url.Values, name string) (int64, error) {
	text := v.Get(name)
	if text == "" {
		return 0, nil
	}
	if ns, err := strconv.ParseInt(text, 10, 64); err == nil && ns >= 0 {
		return ns, nil
	}
	ns, err := strconv.ParseFloat(text, 64)
	if err != nil || !(ns >= 0 && ns < math.MaxInt64) {
		return 0, invalid("%s: %q, want UTC nanoseconds", name, text)
	}
	return int64(ns), nil
}
