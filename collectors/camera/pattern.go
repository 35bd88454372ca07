package camera

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"edgelabel/collectors/timestamp"
)

// meta is what a file's name says about its picture.
type meta struct {
	part, product, recipe, job string
	result                     string // as written
	taken                      int64  // UTC ns, 0 when the name has none
}

// pattern reads file names.
type pattern struct {
	re      *regexp.Regexp // nil matches every name and says nothing
	layout  string         // of the time
	withExt bool           // the pattern covers the extension too
	loc     *time.Location
}

var groups = []string{"part", "time", "result", "product", "recipe", "job"}

// parsePattern reads "{part}_{time:20060102T150405.000}_{result}.png", in which {_} stands for text that does not matter, or a regular
// expression with named groups, such as "^(?P<part>\d+)-". layout is the regular expression's time layout.
func parsePattern(text, layout string, loc *time.Location) (pattern, error) {
	p := pattern{layout: layout, loc: loc}
	if text == "" {
		return p, nil
	}
	var err error
	if strings.Contains(text, "(?P<") || strings.Contains(text, "(?<") {
		p.withExt = true
		p.re, err = regexp.Compile(text)
	} else {
		p.withExt = path.Ext(afterFields(text)) != ""
		err = p.compile(text)
	}
	if err != nil {
		return p, fmt.Errorf("file-name pattern %.80q: %w", text, err)
	}
	if err := p.checkGroups(); err != nil {
		return p, fmt.Errorf("file-name pattern %.80q: %w", text, err)
	}
	return p, nil
}

// afterFields is the text behind the last field, where an extension may be.
func afterFields(text string) string { return text[strings.LastIndexByte(text, '}')+1:] }

func (p *pattern) checkGroups() error {
	var seen []string
	for _, name := range p.re.SubexpNames() {
		switch {
		case name == "":
		case !slices.Contains(groups, name):
			return fmt.Errorf("%q is none of %s", name, strings.Join(groups, ", "))
		case slices.Contains(seen, name):
			return fmt.Errorf("%q twice", name)
		}
		if name != "" {
			seen = append(seen, name)
		}
	}
	if len(seen) == 0 {
		return errors.New("no field in it")
	}
	if slices.Contains(seen, "time") {
		return checkLayout(p.layout)
	}
	return nil
}

// compile turns a template into a regular expression. Fields match as little as they can, the time only what its layout can look like.
func (p *pattern) compile(text string) error {
	expr := "^"
	for rest := text; rest != ""; {
		literal, after, found := strings.Cut(rest, "{")
		expr += regexp.QuoteMeta(literal)
		if !found {
			break
		}
		field, after, closed := strings.Cut(after, "}")
		if !closed {
			return errors.New("{ without }")
		}
		name, layout, _ := strings.Cut(field, ":")
		switch {
		case name == "_":
			expr += ".*?"
		case name == "time":
			p.layout = layout
			expr += "(?P<time>" + looksLike(layout) + ")"
		default:
			expr += "(?P<" + name + ">.+?)"
		}
		rest = after
	}
	var err error
	p.re, err = regexp.Compile(expr + "$")
	return err
}

// looksLike is an expression for what a time layout produces: its digits are digits, month and zone names are letters.
func looksLike(layout string) string {
	if strings.HasPrefix(layout, "unix") || layout == "" {
		return `\d+(?:\.\d+)?`
	}
	var b strings.Builder
	for _, r := range layout {
		switch {
		case r >= '0' && r <= '9':
			b.WriteString(`\d`)
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' && r != 'T' && r != 'Z':
			b.WriteString(`[[:alpha:]]`)
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return b.String()
}

func checkLayout(layout string) error {
	if layout == "" || timestamp.Known(timestamp.Format(layout)) {
		return nil
	}
	probe := time.Date(2009, 11, 7, 18, 23, 45, 678_000_000, time.UTC)
	dotted, _ := withPoint(layout, "")
	if probe.Format(dotted) == dotted {
		return fmt.Errorf("time layout %q has no part of Mon Jan 2 15:04:05 2006 in it", layout)
	}
	return nil
}

// read takes a name apart. It returns false when the name does not match or its time cannot be read.
func (p pattern) read(name string) (m meta, ok bool) {
	if p.re == nil {
		return m, true
	}
	if !p.withExt {
		name = strings.TrimSuffix(name, path.Ext(name))
	}
	match := p.re.FindStringSubmatch(name)
	if match == nil {
		return m, false
	}
	into := map[string]*string{"part": &m.part, "product": &m.product, "recipe": &m.recipe, "job": &m.job, "result": &m.result}
	for i, group := range p.re.SubexpNames() {
		if at := into[group]; at != nil {
			*at = match[i]
		}
	}
	if i := p.re.SubexpIndex("time"); i >= 0 && match[i] != "" {
		taken, err := p.time(match[i])
		if err != nil {
			return meta{}, false
		}
		m.taken = taken
	}
	return m, true
}

func (p pattern) time(text string) (int64, error) {
	if timestamp.Known(timestamp.Format(p.layout)) {
		return timestamp.Parse(text, timestamp.Format(p.layout), p.loc)
	}
	layout, text := withPoint(p.layout, text)
	t, err := time.ParseInLocation(layout, text, p.loc)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", timestamp.ErrTime, err)
	}
	return timestamp.FromTime(t)
}

// withPoint puts a decimal point into layouts of digits only, such as 20060102150405000, which cameras like and package time cannot read.
func withPoint(layout, text string) (string, string) {
	at := strings.Index(layout, "05000")
	if at < 0 {
		return layout, text
	}
	at += len("05")
	if len(text) < at {
		return layout[:at] + "." + layout[at:], text
	}
	return layout[:at] + "." + layout[at:], text[:at] + "." + text[at:]
}

// words maps a camera's own verdicts to ours, without regard to case.
type words struct{ ok, ng []string }

// Defaults of Config.ResultOK and Config.ResultNG.
const (
	DefaultResultOK = "ok pass good io"
	DefaultResultNG = "ng nok not_ok fail bad nio"
)

func newWords(ok, ng []string) words {
	if len(ok) == 0 {
		ok = strings.Fields(DefaultResultOK)
	}
	if len(ng) == 0 {
		ng = strings.Fields(DefaultResultNG)
	}
	return words{ok, ng}
}

// verdict is "ok", "not_ok", or empty for a word that is neither.
func (w words) verdict(text string) string {
	same := func(word string) bool { return strings.EqualFold(word, text) }
	switch {
	case slices.ContainsFunc(w.ng, same):
		return "not_ok"
	case slices.ContainsFunc(w.ok, same):
		return "ok"
	}
	return ""
}

// clean makes text from a name fit for a record: bounded and printable.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "")
	}
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return '\uFFFD'
	}, s)
}

const maxText = 256 // bytes of one field
