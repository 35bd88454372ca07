package parquet

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"

	"edgelabel/agent/export"
)

// tableItem is a row of the items table. Site, line and date are in its path.
type tableItem struct {
	Item      string   `parquet:"item_id"`
	Kind      string   `parquet:"kind,dict"`
	At        *int64   `parquet:"event_time,optional,timestamp(nanosecond)"`
	Area      string   `parquet:"area,dict"`
	Cell      string   `parquet:"cell,dict"`
	Asset     string   `parquet:"asset,dict"`
	Part      string   `parquet:"part_id"`
	Product   string   `parquet:"product_id,dict"`
	Recipe    string   `parquet:"external_recipe_id,dict"`
	Job       string   `parquet:"job_id,dict"`
	Simulated bool     `parquet:"is_simulated"`
	Partial   bool     `parquet:"is_partial"`
	Machine   string   `parquet:"machine,dict"`
	Score     float64  `parquet:"score"`
	From      *int64   `parquet:"window_from,optional,timestamp(nanosecond)"`
	To        *int64   `parquet:"window_to,optional,timestamp(nanosecond)"`
	Images    []string `parquet:"images,list"`
	People    int32    `parquet:"people"`
	Verdict   *string  `parquet:"verdict,optional,dict"`
}

func tableItemOf(k *kept) tableItem {
	x := itemOf(&export.Example{Item: k.Item})
	row := tableItem{Item: x.Item, Kind: x.Kind, At: x.At, Area: x.Area, Cell: x.Cell, Asset: x.Asset, Part: x.Part, Product: x.Product,
		Recipe: x.Recipe, Job: x.Job, Simulated: x.Simulated, Partial: k.Item.IsPartial, Machine: x.Machine, Score: x.Score,
		From: x.From, To: x.To, People: int32(len(k.Labels))}
	for _, im := range k.Item.Images {
		row.Images = append(row.Images, im.SHA256)
	}
	if n := len(k.Labels); n > 0 {
		verdict := k.Labels[n-1].Verdict.String()
		row.Verdict = &verdict
	}
	return row
}

// partition makes the three files of a partition.
func (h *hive) partition(p string) (err error) {
	items, err := newTable[tableItem](h.work, "items")
	if err != nil {
		return err
	}
	labels, err := newTable[labelRow](h.work, "labels")
	if err != nil {
		return errors.Join(err, items.Close())
	}
	regions, err := newTable[regionRow](h.work, "regions")
	if err != nil {
		return errors.Join(err, items.Close(), labels.Close())
	}
	err = eachKept(h.spools[p], func(k *kept) error {
		h.sum.Items++
		err := items.add(tableItemOf(k))
		for i := range k.Labels {
			rows, wrong := regionsOf(&k.Item, &k.Labels[i])
			h.sum.Labels++
			h.sum.Regions += len(rows)
			err = errors.Join(err, wrong, labels.add(labelOf(&k.Labels[i])), regions.add(rows...))
		}
		return err
	})
	if err := errors.Join(err, items.Close(), labels.Close(), regions.Close()); err != nil {
		return err
	}
	return errors.Join(h.publish(p, "items"), h.publish(p, "labels"), h.publish(p, "regions"), os.Remove(h.spools[p]))
}

func eachKept(file string, yield func(*kept) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	d := json.NewDecoder(bufio.NewReader(f))
	for {
		var k kept
		if err := d.Decode(&k); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := yield(&k); err != nil {
			return err
		}
	}
}
