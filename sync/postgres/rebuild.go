package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"edgelabel/sync/uplink"
)

// Rebuild makes the catalogue again from a bucket, in one transaction: until it commits, everybody sees what was there before, or waits.
// Gateways wait too, and what they bring meanwhile is in the bucket first. progress, which may be nil, is told how many batches are in.
// It needs the owner of the tables.
func (c *Catalogue) Rebuild(ctx context.Context, from uplink.Target, progress func(batches int)) (batches int, err error) {
	if err := c.stage(ctx); err != nil {
		return 0, err
	}
	err = c.inTransaction(ctx, func(t pgx.Tx) error {
		if err := empty(ctx, t); err != nil {
			return err
		}
		return uplink.EachBatch(ctx, from, "", nil, func(b *uplink.Contents) error {
			r, err := read(ctx, b)
			if err == nil {
				err = load(ctx, t, b, r)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", b.Key, err)
			}
			if batches++; progress != nil {
				progress(batches)
			}
			return nil
		})
	})
	if err != nil {
		return 0, fmt.Errorf("rebuild the catalogue: %w", err)
	}
	if _, err := c.conn.Exec(ctx, "vacuum (analyze) edgelabel.batches, edgelabel.items, edgelabel.labels"); err != nil {
		return batches, fmt.Errorf("vacuum the catalogue: %w", err)
	}
	return batches, nil
}

func empty(ctx context.Context, t pgx.Tx) error {
	names := []string{"edgelabel.batches", "edgelabel.weekly"}
	for _, to := range tables() {
		names = append(names, "edgelabel."+to.name)
	}
	_, err := t.Exec(ctx, "truncate "+strings.Join(names, ", "))
	return err
}
