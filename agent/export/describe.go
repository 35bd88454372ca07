package export

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"edgelabel/agent/label"
)

// Description is dataset.json: how a dataset was made.
type Description struct {
	Format   string                 `json:"format"`
	Taxonomy int                    `json:"taxonomyRevision"` // it is in taxonomy.json, whole
	Policy   Policy                 `json:"policy"`
	Split    *Split                 `json:"split,omitempty"`
	Splits   map[string]*SplitCount `json:"splits,omitempty"`
	Cuts     []string               `json:"cuts,omitempty"` // by time: UTC moments where val and test begin
	Aligned  *Alignment             `json:"aligned,omitempty"`
	Summary  Summary                `json:"summary"`
}

// describe writes dataset.json, taxonomy.json, the card and, last, what lists them all.
func (r *run) describe(format string, tax *label.Taxonomy) error {
	d := Description{Format: format, Taxonomy: tax.Revision, Policy: r.options.Policy, Split: r.options.Split, Aligned: r.options.alignment(), Summary: r.sum}
	if d.Policy == "" {
		d.Policy = Newest
	}
	if r.split != nil {
		d.Splits = r.split.counts
		for _, cut := range r.split.cuts {
			d.Cuts = append(d.Cuts, time.Unix(0, cut).UTC().Format(time.RFC3339Nano))
		}
	}
	err := errors.Join(writeJSON(filepath.Join(r.dir, "dataset.json"), d), writeJSON(filepath.Join(r.dir, "taxonomy.json"), tax), r.card(&d))
	return errors.Join(err, r.croissant(&d))
}

func writeJSON(file string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(b, '\n'), 0o644)
}
