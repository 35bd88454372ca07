package postgres

import (
	"slices"
	"strings"
	"time"

	"edgelabel/agent/label"
	"edgelabel/sync/uplink"
)

// table is where rows go. What has the same key is there already.
type table struct {
	name    string
	columns []string
	key     string
}

// tables are all, the batches apart: their row says that the others are in.
func tables() []table {
	columns := strings.Fields
	ordinal := "gateway, epoch, number, ordinal"
	return []table{
		{"items", columns("gateway id epoch number kind at created site area line cell asset part product job simulated machine score images cameras detectors window_from window_to created_by"), "gateway, id"},
		{"labels", columns("gateway id epoch number item rev verdict classes regions mode mechanism cause confidence comment origin input person name role taxonomy opened decided saved review review_of"), "gateway, id"},
		{"gaps", columns("gateway epoch number ordinal source tag since until reason detail"), ordinal},
		{"evictions", columns("gateway epoch number ordinal class key since until bytes reason at"), ordinal},
		{"absences", columns("gateway epoch number ordinal what key sha256 reason"), ordinal},
		{"classes", columns("gateway revision id name_zh name_en retired"), "gateway, revision, id"},
	}
}

// rows are what a batch brings, by table.
type rows map[string][][]any

// add notes a row; texts lose the one character that PostgreSQL does not hold.
func (r rows) add(table string, values ...any) {
	for i, v := range values {
		switch v := v.(type) {
		case string:
			values[i] = text(v)
		case []string:
			for k := range v {
				v[k] = text(v[k])
			}
		}
	}
	r[table] = append(r[table], values)
}

func text(s string) string { return strings.ReplaceAll(s, "\x00", "\uFFFD") }

// moment is nil for a time that nobody knows.
func moment(ns int64) any {
	if ns == 0 {
		return nil
	}
	return time.Unix(0, ns).UTC()
}

func (r rows) item(b *uplink.Manifest, it label.Item) {
	images, cameras, detectors := []string{}, []string{}, []string{}
	for _, im := range it.Images {
		images, cameras = append(images, im.SHA256), append(cameras, im.Camera)
	}
	for _, c := range it.Candidates {
		detectors = append(detectors, c.Detector)
	}
	var from, to any
	if it.Window != nil {
		from, to = moment(it.Window.From), moment(it.Window.To)
	}
	p := it.Place
	r.add("items", b.Gateway, it.ID, int64(b.Epoch), int64(b.Number), string(it.Kind), time.Unix(0, it.At).UTC(), moment(it.Created),
		p.Site, p.Area, p.Line, p.Cell, p.Asset, it.Part.PartID, it.Part.ProductID, it.Part.JobID, it.IsSimulated, it.Machine.String(), it.Score,
		images, cameras, once(detectors), from, to, it.CreatedBy)
}

func (r rows) label(b *uplink.Manifest, l label.Label) {
	fault, review := label.Fault{}, label.Review{}
	if l.Fault != nil {
		fault = *l.Fault
	}
	if l.Review != nil {
		review = *l.Review
	}
	classes := slices.Clone(l.Classes)
	for _, region := range l.Regions {
		if region.Class != "" {
			classes = append(classes, region.Class)
		}
	}
	r.add("labels", b.Gateway, l.ID, int64(b.Epoch), int64(b.Number), l.Item, l.Rev, l.Verdict.String(), once(classes), len(l.Regions),
		fault.Mode, fault.Mechanism, fault.Cause, int16(l.Confidence), l.Comment, string(l.Origin), string(l.Input),
		l.By.ID, l.By.Name, l.By.Role, l.Taxonomy, moment(l.Opened), moment(l.Decided), time.Unix(0, l.Saved).UTC(), string(review.Result), review.Of)
}

// once sorts a list and takes each value once; it is never nil, which would be null.
func once(list []string) []string {
	slices.Sort(list)
	return append([]string{}, slices.Compact(list)...)
}

// records are what the manifest itself tells.
func (r rows) records(b *uplink.Manifest) {
	at := func(i int) []any { return []any{b.Gateway, int64(b.Epoch), int64(b.Number), i} }
	for i, g := range b.Gaps {
		r.add("gaps", append(at(i), g.Source, g.Tag, moment(g.From), moment(g.To), g.Reason, g.Detail)...)
	}
	for i, e := range b.Evictions {
		r.add("evictions", append(at(i), e.Class, e.Key, moment(e.From), moment(e.To), e.Bytes, e.Reason, moment(e.At))...)
	}
	for i, m := range b.Missing {
		r.add("absences", append(at(i), "file", m.Item, m.SHA256, m.Reason)...)
	}
	for i, u := range b.Unreadable {
		r.add("absences", append(at(len(b.Missing)+i), string(u.Kind), u.Key, "", u.Reason)...)
	}
	for _, t := range b.Taxonomy {
		for _, c := range t.Classes {
			r.add("classes", b.Gateway, t.Revision, c.ID, c.Name.ZH, c.Name.EN, c.Retired)
		}
	}
}
