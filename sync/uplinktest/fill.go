package uplinktest

import (
	"fmt"
	"math"
	"testing"
	"time"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Day is the event date of the first item that Fill makes; every fourth item is a day later.
const Day = "2026-03-01"

// Fill journals n items with a label each, and a taxonomy, a gap and an eviction. Images and windows go to blobs. Every third item is a
// joint one with two signals of 50 samples, of which one is no number; the others are images.
func Fill(t testing.TB, o *Outbox, blobs Blobs, prefix string, n int) {
	t.Helper()
	day, err := time.Parse(time.DateOnly, Day)
	if err != nil {
		t.Fatal(err)
	}
	o.Add(t, journal.Taxonomy, "1", label.Taxonomy{Revision: 1, Classes: []label.Class{{ID: "scratch"}, {ID: "dent"}}})
	for i := range n {
		it := item(t, blobs, fmt.Sprintf("%s%04d", prefix, i), day.AddDate(0, 0, i/4).UnixNano())
		if i%3 == 2 {
			addWindow(t, &it, blobs)
		}
		o.Add(t, journal.Item, it.ID, it)
		l := label.Label{ID: "L" + it.ID, Item: it.ID, Rev: 1, By: label.Person{ID: "li", Role: "labeler"}, Saved: it.At + 1,
			Draft: label.Draft{Verdict: label.NotOK, Classes: []string{"scratch"}, Comment: "划痕\n第二行"}}
		o.Add(t, journal.Label, l.ID, l)
	}
	o.Add(t, journal.Gap, "g1", series.Gap{Source: "plc", From: 1, To: 2, Reason: series.GapDisconnected})
	o.Add(t, journal.Eviction, "e1", journal.Evicted{Class: "series", Key: "s1", Bytes: 10, Reason: "budget"})
}

func item(t testing.TB, blobs Blobs, id string, at int64) label.Item {
	t.Helper()
	picture := fmt.Appendf(nil, "picture of %s", id)
	return label.Item{ID: id, Kind: label.KindImage, At: at, Place: label.Place{Site: "Plant 1", Line: "press/2"},
		Images: []label.Image{{SHA256: blobs.Add(picture), Bytes: int64(len(picture)), Format: "jpeg", Width: 64, Height: 48, Camera: "cam"}}}
}

func addWindow(t testing.TB, it *label.Item, blobs Blobs) {
	t.Helper()
	w := series.Window{From: it.At, To: it.At + 50}
	for _, tag := range []string{"force", "Accel"} {
		tr := series.Trace{Tag: tag, Name: tag + " name", Unit: "kN"}
		for k := range 50 {
			tr.T, tr.V, tr.Status = append(tr.T, it.At+int64(k)), append(tr.V, float64(k)), append(tr.Status, 0)
		}
		tr.V[7], tr.Status[7] = math.NaN(), series.StatusBad
		w.Traces = append(w.Traces, tr)
	}
	b, err := series.EncodeWindow(&w)
	if err != nil {
		t.Fatal(err)
	}
	it.Kind = label.KindJoint
	it.Window = &label.WindowRef{From: w.From, To: w.To, Tags: []string{"force", "Accel"}, SHA256: blobs.Add(b), Bytes: int64(len(b))}
}
