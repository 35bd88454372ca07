package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strconv"

	"edgelabel/agent/label"
)

//go:embed report.html.tmpl
var pageText string

// page is the report for people: one file, no script, no request to anywhere.
func (r *Report) page() ([]byte, error) {
	t, err := template.New("report").Funcs(template.FuncMap{
		"t": text, "class": className, "share": share, "number": number, "rate": rate, "verdict": func(i int) label.Verdict { return label.Verdict(i) },
	}).Parse(pageText)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, r)
	return out.Bytes(), err
}

// text is a name in both languages; the page shows one of them.
func text(id string) template.HTML {
	name, known := texts[id]
	if !known {
		return template.HTML(template.HTMLEscapeString(id))
	}
	return both(name)
}

func both(name label.Text) template.HTML {
	zh, en := template.HTMLEscapeString(name.ZH), template.HTMLEscapeString(name.EN)
	return template.HTML(`<span lang="zh-CN">` + zh + `</span><span lang="en">` + en + `</span>`)
}

func className(c Class) template.HTML {
	if c.Name.ZH == "" && c.Name.EN == "" {
		return template.HTML(template.HTMLEscapeString(c.ID))
	}
	return both(c.Name)
}

// share is a part of one in percent; a dash where there is none.
func share(v *float64) string {
	if v == nil {
		return "–"
	}
	return strconv.FormatFloat(*v*100, 'f', 1, 64) + " %"
}

func number(v *float64) string {
	if v == nil {
		return "–"
	}
	return strconv.FormatFloat(*v, 'f', 3, 64)
}

// rate shows the share, its interval and the cases behind it.
func rate(r Rate) string {
	if r.Share == nil {
		return "– (0)"
	}
	return fmt.Sprintf("%s [%s … %s] (%d / %d)", share(r.Share), share(r.Low), share(r.High), r.Count, r.Of)
}
