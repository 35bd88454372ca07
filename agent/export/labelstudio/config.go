package labelstudio

import (
	"encoding/xml"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"edgelabel/agent/export"
	"edgelabel/agent/label"
)

// writePictures writes the labelling interface for pictures.
func writePictures(job *export.Job) error {
	var b strings.Builder
	b.WriteString("<View>\n  <Image name=\"image\" value=\"$image\"/>\n")
	for _, tag := range []string{"RectangleLabels", "PolygonLabels", "KeyPointLabels", "BrushLabels"} {
		control(&b, tag, "image", job.Taxonomy.Classes)
	}
	judgement(&b, "image", job.Taxonomy.Classes)
	b.WriteString("</View>\n")
	return os.WriteFile(filepath.Join(job.Dir, "label_config.xml"), []byte(b.String()), 0o644)
}

// writeSignals writes the labelling interface for windows, if there are any.
func writeSignals(job *export.Job, s *shown) error {
	if !s.windows {
		return nil
	}
	var b strings.Builder
	b.WriteString("<View>\n  <TimeSeries name=\"ts\" value=\"$ts\" valueType=\"url\" timeColumn=\"time\">\n")
	for _, tag := range slices.Sorted(maps.Keys(s.tags)) {
		fmt.Fprintf(&b, "    <Channel column=\"%s\"/>\n", escape(tag))
	}
	b.WriteString("  </TimeSeries>\n")
	control(&b, "TimeSeriesLabels", "ts", job.Taxonomy.Classes)
	judgement(&b, "ts", job.Taxonomy.Classes)
	b.WriteString("</View>\n")
	return os.WriteFile(filepath.Join(job.Dir, "signals_config.xml"), []byte(b.String()), 0o644)
}

// control is a tool that marks regions with a class.
func control(b *strings.Builder, tag, to string, classes []label.Class) {
	fmt.Fprintf(b, "  <%s name=%q toName=%q>\n", tag, strings.ToLower(tag), to)
	for _, c := range classes {
		fmt.Fprintf(b, "    <Label value=\"%s\" hint=\"%s\"/>\n", escape(c.ID), escape(c.Name.ZH))
	}
	fmt.Fprintf(b, "  </%s>\n", tag)
}

// judgement is what a person says on the whole of a picture or a window.
func judgement(b *strings.Builder, to string, classes []label.Class) {
	fmt.Fprintf(b, "  <Choices name=\"verdict_%s\" toName=%q>\n", to, to)
	for v := label.OK; v <= label.NotDecidable; v++ {
		fmt.Fprintf(b, "    <Choice value=%q/>\n", v)
	}
	fmt.Fprintf(b, "  </Choices>\n  <Choices name=\"classes_%s\" toName=%q choice=\"multiple\">\n", to, to)
	for _, c := range classes {
		fmt.Fprintf(b, "    <Choice value=\"%s\"/>\n", escape(c.ID))
	}
	fmt.Fprintf(b, "  </Choices>\n  <TextArea name=\"comment_%s\" toName=%q/>\n", to, to)
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}
