package ui

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"edgelabel/agent/label"
	"edgelabel/ui/stats"
)

const (
	maxStatItems = 10_000 // items of a period that are counted, the newest ones
	statsPeriod  = 7 * 24 * time.Hour
)

// statsQuery is a period and what is wanted of it; an empty filter lets everything through.
type statsQuery struct {
	from, to                     int64 // UTC ns, by event time
	line, station, asset, camera string
}

func (s *Server) statsQuery(v url.Values) (q statsQuery, err error) {
	if q.from, err = moment(v, "from"); err != nil {
		return q, err
	}
	if q.to, err = moment(v, "to"); err != nil {
		return q, err
	}
	if q.to == 0 {
		q.to = s.cfg.Now().UnixNano()
	}
	if q.from == 0 {
		q.from = q.to - int64(statsPeriod)
	}
	if q.from >= q.to {
		return q, invalid("from, to: %d is not before %d", q.from, q.to)
	}
	for name, field := range map[string]*string{"line": &q.line, "station": &q.station, "asset": &q.asset, "camera": &q.camera} {
		if *field = v.Get(name); len(*field) > maxText {
			return q, invalid("%s: at most %d bytes", name, maxText)
		}
	}
	return q, nil
}

func (q *statsQuery) wants(row *label.Row) bool {
	is := func(want, have string) bool { return want == "" || want == have }
	return is(q.line, row.Place.Line) && is(q.station, row.Place.Cell) && is(q.asset, row.Place.Asset) &&
		(q.camera == "" || slices.ContainsFunc(row.Images, func(im label.Image) bool { return im.Camera == q.camera }))
}

// getStats counts a period. One is counted at a time: it reads the labels of up to maxStatItems items.
func (s *Server) getStats(w http.ResponseWriter, r *http.Request, by label.Person) error {
	q, err := s.statsQuery(r.URL.Query())
	if err != nil {
		return err
	}
	leave, err := s.counting.enter(r.Context())
	if err != nil {
		return err
	}
	defer leave()
	tax, err := s.cfg.Labels.Taxonomy(r.Context())
	if err != nil {
		return err
	}
	tally := stats.New(by.ID, q.from, q.to, tax.Follow)
	more, err := s.eachRow(r.Context(), label.Query{From: q.from, To: q.to, Newest: true}, maxStatItems, func(row label.Row) error {
		tally.Offer(&row)
		if !q.wants(&row) {
			return nil
		}
		var labels []label.Label
		if row.Labels > 0 {
			if _, labels, err = s.cfg.Items.Item(r.Context(), row.ID); err != nil {
				return err
			}
		}
		tally.Add(&row, labels)
		return nil
	})
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, tally.Result(more))
}
