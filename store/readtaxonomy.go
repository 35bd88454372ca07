package store

import (
	"context"
	"fmt"

	"edgelabel/agent/label"
	"edgelabel/store/frame"
)

// ReadTaxonomy returns the newest taxonomy of a data directory, under the same rules as ReadDir. Its Revision is 0 when there is none.
func ReadTaxonomy(ctx context.Context, dir string) (newest label.Taxonomy, err error) {
	r, err := openReader(dir)
	if err != nil {
		return newest, err
	}
	defer r.close()
	for _, f := range r.files {
		_, err := frame.Scan(f.f, frame.FileHeader, f.size, func(_ int64, payload []byte) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			var rec record
			if err := r.p.unpackJSON(payload, &rec); err != nil || rec.Taxonomy == nil {
				return err
			}
			if rec.Taxonomy.Revision >= newest.Revision {
				newest = *rec.Taxonomy
			}
			return nil
		})
		if err != nil {
			return newest, fmt.Errorf("taxonomy of %s: %w", dir, err)
		}
	}
	return newest, nil
}
