package config

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// validator checks what the types cannot say. It points at the value concerned, or at the nearest block around it.
type validator struct {
	*decoder
	names map[string]string // what was named → where, for uniqueness
}

func (v *validator) wrong(path, format string, args ...any) {
	at := v.locate(path)
	v.problems = append(v.problems, Problem{Line: at.line, Column: at.column, Path: path, Message: fmt.Sprintf(format, args...)})
}

func (v *validator) locate(path string) position {
	for {
		if at, ok := v.at[path]; ok {
			return at
		}
		cut := max(strings.LastIndexByte(path, '.'), strings.LastIndexByte(path, '['))
		if cut < 0 {
			return position{line: 1, column: 1}
		}
		path = path[:cut]
	}
}

var (
	idPattern  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	tagPattern = regexp.MustCompile(`^[^\s/+#]{1,128}$`)
)

func (v *validator) id(path, id string) {
	if !idPattern.MatchString(id) {
		v.wrong(path, "%q: want 1 to 64 letters, digits, dots, dashes or underscores", id)
	}
}

func (v *validator) oneOf(path, got string, want ...string) {
	if !slices.Contains(want, got) {
		v.wrong(path, "%q: want %s", got, strings.Join(want, ", "))
	}
}

func (v *validator) positive(path string, n float64) {
	if n <= 0 {
		v.wrong(path, "want more than zero")
	}
}

// unique reports a name that the same kind of thing has already.
func (v *validator) unique(kind, path, name string) {
	if first, known := v.names[kind+" "+name]; known {
		v.wrong(path, "%s %q is already at %s", kind, name, first)
		return
	}
	v.names[kind+" "+name] = path
}

func (v *validator) known(kind, path, name string) bool {
	_, ok := v.names[kind+" "+name]
	if !ok && name != "" {
		v.wrong(path, "no %s is called %q", kind, name)
	}
	return ok
}

func (v *validator) config(c *Config) {
	v.names = map[string]string{}
	v.gateway(c)
	v.web(&c.Web)
	v.assets(c.Assets, c.Tags)
	if c.Join.Within < 0 || c.Join.Tolerance < 0 {
		v.wrong("join", "within and tolerance: want zero or more")
	}
	v.tags(c.Tags)
	for i := range c.Assets {
		v.known("tag", fmt.Sprintf("assets[%d].part_tag", i), c.Assets[i].PartTag)
	}
	v.cameras(c.Cameras)
	v.ftp(c)
	for i := range c.OPCUA {
		v.opcua(fmt.Sprintf("opcua[%d]", i), &c.OPCUA[i])
	}
	v.eventKinds(c)
	for i := range c.MQTT {
		v.mqtt(fmt.Sprintf("mqtt[%d]", i), &c.MQTT[i])
	}
	for i := range c.Sparkplug {
		v.sparkplug(fmt.Sprintf("sparkplug[%d]", i), &c.Sparkplug[i])
	}
	for i := range c.Results {
		v.results(fmt.Sprintf("results[%d]", i), &c.Results[i])
	}
	v.sync(&c.Sync)
	v.file("taxonomy", c.Taxonomy)
}

func (v *validator) gateway(c *Config) {
	if c.Gateway.ID == "" {
		c.Gateway.ID = hostname()
	}
	v.id("gateway.id", c.Gateway.ID)
	for key, value := range map[string]string{"site": c.Gateway.Site, "area": c.Gateway.Area, "line": c.Gateway.Line} {
		if value != "" {
			v.id("gateway."+key, value)
		}
	}
	if c.Data.Dir == "" {
		v.wrong("data.dir", "want a folder")
	}
	for key, size := range map[string]ByteSize{"images": c.Data.Images, "windows": c.Data.Windows, "series": c.Data.Series, "quarantine": c.Data.Aside} {
		if size < 16<<20 {
			v.wrong("data."+key, "%d bytes: want at least 16MiB", size)
		}
	}
	if c.Data.Index < 32<<20 || c.Data.Index > 1<<30 {
		v.wrong("data.index", "%d bytes: want 32MiB to 1GiB", c.Data.Index)
	}
	v.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	v.oneOf("log.format", c.Log.Format, "text", "json")
}

func hostname() string {
	name, err := os.Hostname()
	if err != nil || !idPattern.MatchString(name) {
		return "gateway"
	}
	return name
}

func (v *validator) web(w *Web) {
	v.listen("web.listen", w.Listen, "127.0.0.1:8080 or :8443")
	v.identity("web.tls", w.TLS.Cert, w.TLS.Key)
	v.positive("web.session", float64(w.Session))
	v.positive("web.ingest.max_bytes", float64(w.Ingest.MaxBytes))
	v.positive("web.ingest.max_pixels", float64(w.Ingest.MaxPixels))
	if t := w.Ingest.Token.Reveal(); t != "" && len(t) < 12 {
		v.wrong("web.ingest.token", "want at least 12 characters")
	}
}

func (v *validator) assets(assets []Asset, tags []Tag) {
	for i, a := range assets {
		path := fmt.Sprintf("assets[%d]", i)
		v.id(path+".id", a.ID)
		v.unique("asset", path+".id", a.ID)
		for key, d := range map[string]Duration{"before": a.Before, "after": a.After} {
			if d < 0 {
				v.wrong(path+"."+key, "want zero or more")
			}
		}
		v.positive(path+".max_duration", float64(a.MaxDuration))
		if a.Random < 0 || a.Random > 1440 {
			v.wrong(path+".random", "want 0 to 1440: windows of a minute, a day")
		}
		if a.Budget != nil {
			v.budget(path+".budget", a.Budget)
		}
		if m := a.Multivariate; m != nil {
			v.multivariate(path+".multivariate", m, numbersOf(a.ID, tags))
		}
	}
}

func (v *validator) cameras(cameras []Camera) {
	for i := range cameras {
		c, path := &cameras[i], fmt.Sprintf("cameras[%d]", i)
		v.id(path+".name", c.Name)
		v.unique("source", path+".name", c.Name)
		v.names["camera "+c.Name] = path
		v.known("asset", path+".asset", c.Asset)
		v.oneOf(path+".select", c.Select, "not_ok", "every", "all", "none")
		if c.Select == "every" && c.Every < 1 {
			v.wrong(path+".every", "want the n of every nth image")
		}
		if c.MMPerPx < 0 {
			v.wrong(path+".mm_per_px", "want zero (not calibrated) or more")
		}
		if c.MMPerCount < 0 {
			v.wrong(path+".mm_per_count", "want zero (no height map) or more")
		}
		if c.Inspect != nil {
			v.inspect(path+".inspect", c.Inspect)
		}
		if c.Model != nil {
			v.model(path+".model", c.Model)
		}
		if c.Folder != nil {
			v.folder(path+".folder", c.Folder)
		}
		v.stills(path, c)
	}
}

func (v *validator) folder(path string, f *Folder) {
	if f.Dir == "" {
		v.wrong(path+".dir", "want a folder")
	}
	v.oneOf(path+".after", f.After, "move", "delete", "keep")
	v.positive(path+".poll", float64(f.Poll))
	v.positive(path+".keep_bytes", float64(f.KeepBytes))
	if err := f.Sidecar.Camera().Check(); err != nil {
		v.wrong(path+".sidecar", "%v", err)
	}
	if f.Settle < 0 {
		v.wrong(path+".settle", "want zero or more")
	}
}
