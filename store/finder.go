package store

import (
	"context"
	"fmt"
	"slices"

	"edgelabel/agent/label"
)

// ItemOfImage returns the id of an item that shows the picture: the same bytes from the same camera under the same name. ErrNotFound.
func (s *Store) ItemOfImage(ctx context.Context, im label.Image) (id string, err error) {
	err = s.view(func(t *txn) error {
		b, _ := t.blob(im.SHA256)
		for _, candidate := range b.Items {
			r, ok := t.row(candidate)
			if !ok {
				return t.err
			}
			same := func(o label.Image) bool {
				return o.SHA256 == im.SHA256 && o.Camera == im.Camera && o.Name == im.Name
			}
			if slices.ContainsFunc(r.item.Images, same) {
				id = candidate
				return ctx.Err()
			}
		}
		return ctx.Err()
	})
	if err == nil && id == "" {
		err = fmt.Errorf("item of picture %s of %s: %w", im.Name, im.Camera, label.ErrNotFound)
	}
	return id, err
}
