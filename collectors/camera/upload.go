package camera

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"edgelabel/collectors"
	"edgelabel/collectors/timestamp"
)

const (
	maxFields  = 32      // parts of a form
	maxForm    = 1 << 20 // bytes of a form besides the picture
	imageField = "image"
)

// upload is one request, read.
type upload struct {
	camera string
	meta   map[string]string
	data   []byte
}

// known are the metadata that may come with a picture.
var known = [...]string{"camera", "name", "part", "time", "result", "product", "recipe", "job"}

func isKnown(field string) bool {
	for _, k := range known {
		if k == field {
			return true
		}
	}
	return false
}

// read takes the request's body into memory, within the limits.
func (in *Ingest) read(w http.ResponseWriter, r *http.Request) (upload, error) {
	most := in.cfg.Limits.Bytes
	if r.ContentLength > most+maxForm {
		return upload{}, fmt.Errorf("%w: %d, at most %d are allowed", ErrBytes, r.ContentLength, most)
	}
	r.Body = http.MaxBytesReader(w, r.Body, most+maxForm)
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return upload{}, fault(http.StatusBadRequest, "invalid", "query cannot be read")
	}
	u := upload{meta: map[string]string{}}
	for field, values := range query {
		if err := u.set(field, values[len(values)-1]); err != nil {
			return u, err
		}
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		err = u.form(r, most)
	} else {
		u.data, err = readUpTo(r.Body, r.ContentLength, most)
	}
	u.camera = u.meta["camera"]
	return u, err
}

// form reads a multipart body. It never writes to disk.
func (u *upload) form(r *http.Request, most int64) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return fault(http.StatusBadRequest, "invalid", "form: %v", err)
	}
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return bodyFault(err)
		}
		if n == maxFields {
			return fault(http.StatusBadRequest, "invalid", "form has more than %d parts", maxFields)
		}
		if err := u.part(part, r.ContentLength, most); err != nil {
			return err
		}
	}
	if u.data == nil {
		return fault(http.StatusBadRequest, "invalid", "form has no file %q", imageField)
	}
	return nil
}

func (u *upload) part(p *multipart.Part, size, most int64) error {
	if p.FormName() != imageField {
		value, err := readUpTo(p, 0, maxText)
		if errors.Is(err, ErrBytes) {
			return fault(http.StatusBadRequest, "invalid", "field %.40q is over %d bytes", p.FormName(), maxText)
		}
		if err != nil {
			return err
		}
		return u.set(p.FormName(), string(value))
	}
	if u.data != nil {
		return fault(http.StatusBadRequest, "invalid", "form has two files %q", imageField)
	}
	if u.meta["name"] == "" && p.FileName() != "" {
		if err := u.set("name", p.FileName()); err != nil {
			return err
		}
	}
	var err error
	u.data, err = readUpTo(p, size, most)
	return err
}

// readUpTo reads everything, which is about size bytes. It never returns nil without an error.
func readUpTo(r io.Reader, size, most int64) ([]byte, error) {
	b := bytes.NewBuffer(make([]byte, 0, max(min(size, most), 0)+bytes.MinRead))
	if _, err := b.ReadFrom(io.LimitReader(r, most+1)); err != nil {
		return nil, bodyFault(err)
	}
	if int64(b.Len()) > most {
		return nil, fmt.Errorf("%w: at most %d are allowed", ErrBytes, most)
	}
	return b.Bytes(), nil
}

func bodyFault(err error) error {
	if tooLarge, is := errors.AsType[*http.MaxBytesError](err); is {
		return fmt.Errorf("%w: at most %d are allowed", ErrBytes, tooLarge.Limit-maxForm)
	}
	return fault(http.StatusBadRequest, "invalid", "body cannot be read")
}

// set keeps one piece of metadata.
func (u *upload) set(field, value string) error {
	bad := strings.IndexFunc(value, func(r rune) bool { return !unicode.IsPrint(r) })
	switch {
	case !isKnown(field):
		return fault(http.StatusBadRequest, "invalid", "field %.40q is none of %s", field, strings.Join(known[:], ", "))
	case len(value) > maxText:
		return fault(http.StatusBadRequest, "invalid", "field %s is over %d bytes", field, maxText)
	case !utf8.ValidString(value) || bad >= 0:
		return fault(http.StatusBadRequest, "invalid", "field %s holds what cannot be printed", field)
	}
	u.meta[field] = value
	return nil
}

// picture checks the metadata's values.
func (u *upload) picture(w words, loc *time.Location, now int64) (collectors.Picture, error) {
	m := u.meta
	p := collectors.Picture{
		Camera: u.camera, Name: fileName(m["name"]), Data: u.data, Received: now,
		Part: m["part"], Product: m["product"], Recipe: m["recipe"], Job: m["job"], Result: w.verdict(m["result"]),
	}
	if m["result"] != "" && p.Result == "" {
		return p, fault(http.StatusBadRequest, "invalid", "result %q is neither a word for good nor for bad", m["result"])
	}
	if m["time"] != "" {
		taken, err := timestamp.Parse(m["time"], timestamp.Auto, loc)
		if err != nil {
			return p, fault(http.StatusBadRequest, "invalid", "time %q: want RFC 3339 or seconds since 1970", m["time"])
		}
		p.Taken = taken
	}
	return p, nil
}

// fileName drops the folders that a sender may have put before a name.
func fileName(name string) string {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	if base == "." || base == ".." || base == "/" {
		return ""
	}
	return base
}
