package main

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"edgelabel/agent/series"
	"edgelabel/collectors/opcua"
)

// nodesPage writes variables as the two parts of a configuration: tags at once, the source with its nodes at the end.
type nodesPage struct {
	out     io.Writer
	cfg     opcua.Config
	flags   browseFlags
	ids     map[string]bool
	nodes   []string
	written int
	begun   bool
}

func newNodesPage(out io.Writer, cfg opcua.Config, flags browseFlags) *nodesPage {
	return &nodesPage{out: out, cfg: cfg, flags: flags, ids: map[string]bool{}}
}

// add writes one variable. One that no tag can be made of becomes a comment.
func (p *nodesPage) add(v opcua.Variable) error {
	if !p.begun {
		p.begun = true
		if _, err := fmt.Fprintln(p.out, "tags:"); err != nil {
			return err
		}
	}
	if v.Unsupported != "" {
		_, err := fmt.Fprintf(p.out, "  # %s (%s): %s\n", oneLine(v.Path), oneLine(v.NodeID), v.Unsupported)
		return err
	}
	id := p.unique(tagID(strings.Split(v.Path, "/")))
	keys := []string{"id: " + scalar(id), "name: " + scalar(clip(v.Path)), "kind: " + string(v.Kind)}
	if v.Unit != "" {
		keys = append(keys, "unit: "+scalar(v.Unit))
	}
	if r := plausible(v); r != nil {
		keys = append(keys, "min: "+decimal(r.Low), "max: "+decimal(r.High))
	}
	note := v.Type
	if v.Normal != nil {
		note += fmt.Sprintf(", in normal operation %s to %s", decimal(v.Normal.Low), decimal(v.Normal.High))
	}
	if v.Kind == series.Wave {
		keys = append(keys, "rate: 1")
		note += "; set rate to the points per second inside a block"
	}
	p.nodes = append(p.nodes, fmt.Sprintf("{tag: %s, node: %s}", scalar(id), scalar(v.NodeID)))
	p.written++
	_, err := fmt.Fprintf(p.out, "  - {%s}  # %s\n", strings.Join(keys, ", "), note)
	return err
}

// plausible is the range outside of which a value is bad: what the instrument can measure or else what normal operation stays in, which
// OPC 10000-8 says is only left when a sensor or instrument fails.
func plausible(v opcua.Variable) *opcua.Span {
	switch {
	case v.Kind != series.Number:
		return nil
	case v.Instrument != nil:
		return v.Instrument
	}
	return v.Normal
}

// finish writes the source.
func (p *nodesPage) finish() error {
	lines := []string{"", "opcua:", "  - name: " + scalar(p.cfg.Name), "    endpoint: " + scalar(p.cfg.Endpoint)}
	security := []string{"policy: " + scalar(p.cfg.Policy), "mode: " + scalar(p.cfg.Mode)}
	if p.cfg.Trust != opcua.FirstUse {
		security = append(security, "trust: "+scalar(p.cfg.Trust))
	}
	if p.cfg.AllowInsecure {
		security = append(security, "allow_insecure: true")
	}
	if p.cfg.ServerCert != "" {
		security = append(security, "server_cert: "+scalar(p.cfg.ServerCert))
	}
	lines = append(lines, "    security: {"+strings.Join(security, ", ")+"}")
	if p.cfg.User != "" {
		lines = append(lines, "    user: "+scalar(p.cfg.User), "    password: "+p.password())
	}
	lines = append(lines, "    nodes:")
	if len(p.nodes) == 0 {
		lines[len(lines)-1] += " []"
	}
	for _, n := range p.nodes {
		lines = append(lines, "      - "+n)
	}
	_, err := fmt.Fprintln(p.out, strings.Join(lines, "\n"))
	return err
}

// password never repeats a plain one.
func (p *nodesPage) password() string {
	if strings.HasPrefix(p.flags.password, "${") || strings.HasPrefix(p.flags.password, "file:") {
		return scalar(p.flags.password)
	}
	return scalar("${EDGELABEL_OPCUA_PASSWORD}")
}

// unique is the id, or one that is not taken yet.
func (p *nodesPage) unique(id string) string {
	for n, base := 2, id; p.ids[id]; n++ {
		end := "_" + strconv.Itoa(n)
		id = base[:min(len(base), maxID-len(end))] + end
	}
	p.ids[id] = true
	return id
}

const (
	maxID   = 64
	maxName = 200
)

var notID = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// tagID makes an id of names. Where it gets too long the first ones are left out: the last tell more.
func tagID(names []string) string {
	id := notID.ReplaceAllString(strings.Join(names, "."), "_")
	for ; len(id) > maxID && len(names) > 1; names = names[1:] {
		id = notID.ReplaceAllString(strings.Join(names[1:], "."), "_")
	}
	id = strings.TrimLeft(id[max(0, len(id)-maxID):], "._-")
	if id == "" {
		return "tag"
	}
	return id
}

var plain = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*$`)

// scalar writes a text so that YAML reads the same text back, inside of braces too.
func scalar(s string) string {
	switch strings.ToLower(s) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n":
	default:
		if plain.MatchString(s) {
			return s
		}
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(strings.ToValidUTF8(s, "\uFFFD")); err != nil {
		return strconv.Quote(s)
	}
	return strings.TrimSpace(b.String())
}

// decimal writes a number as YAML reads it as one.
func decimal(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

func clip(s string) string {
	runes := []rune(s)
	return string(runes[max(0, len(runes)-maxName):])
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
