package ui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// web holds the built page when there is one. The pattern names web/dist and, because a pattern has to match something, the source
// file web/index.html beside it: so the program builds without Node, too.
//
//go:embed web/[di][in][sd][te]*
var web embed.FS

//go:embed standin.html
var standIn []byte

// builtPage is web/dist; it is empty when the page was not built.
func builtPage() fs.FS {
	sub, err := fs.Sub(web, "web/dist")
	if err != nil { // cannot be: the path is a valid one
		return embed.FS{}
	}
	return sub
}

// page serves the built files. Files under assets/ have their content's hash in their name and never change; index.html names them and
// is never kept. A path that is no file is one of the page's own and gets index.html.
type page struct {
	files fs.FS
	index []byte
}

func newPage(files fs.FS) (*page, error) {
	index, err := fs.ReadFile(files, "index.html")
	if errors.Is(err, fs.ErrNotExist) {
		index = standIn
	} else if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	return &page{files: files, index: index}, nil
}

func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	isFile := name == "assets" || strings.HasPrefix(name, "assets/") || path.Ext(name) != ""
	if name == "index.html" || !isFile {
		serveBytes(w, r, "text/html; charset=utf-8", p.index)
		return
	}
	p.file(w, r, name)
}

func (p *page) file(w http.ResponseWriter, r *http.Request, name string) {
	mime, known := mimeOf(name)
	data, err := fs.ReadFile(p.files, name)
	if !known || err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Vary", "Accept-Encoding")
	w.Header().Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	sum := sha256.Sum256(data)
	tag := hex.EncodeToString(sum[:12])
	if small, err := fs.ReadFile(p.files, name+".gz"); err == nil && acceptsGzip(r) {
		data, tag = small, tag+"-gz"
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.Header().Set("ETag", strconv.Quote(tag))
	serveBytes(w, r, mime, data)
}

func serveBytes(w http.ResponseWriter, r *http.Request, mime string, data []byte) {
	w.Header().Set("Content-Type", mime)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if coding == "gzip" {
			return strings.ReplaceAll(weight, " ", "") != "q=0"
		}
	}
	return false
}

// mimeOf does not ask the operating system's tables: they differ. What the page is not made of is not served.
func mimeOf(name string) (string, bool) {
	switch path.Ext(name) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8", true
	case ".css":
		return "text/css; charset=utf-8", true
	case ".svg":
		return "image/svg+xml", true
	case ".png":
		return "image/png", true
	case ".ico":
		return "image/x-icon", true
	case ".woff2":
		return "font/woff2", true
	case ".wasm":
		return "application/wasm", true
	case ".webmanifest":
		return "application/manifest+json", true
	case ".json", ".map":
		return "application/json; charset=utf-8", true
	case ".txt":
		return "text/plain; charset=utf-8", true
	}
	return "", false
}
