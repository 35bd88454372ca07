package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"edgelabel/agent/label"
	"edgelabel/sync/uplink"
)

// Load puts a batch into the catalogue: all of it, or nothing. Twice is harmless. The error wraps uplink.ErrDiffers when another batch is
// there under the same number.
func (c *Catalogue) Load(ctx context.Context, b *uplink.Contents) error {
	r, err := read(ctx, b)
	if err != nil {
		return err
	}
	if err := c.stage(ctx); err != nil {
		return err
	}
	err = c.inTransaction(ctx, func(t pgx.Tx) error { return load(ctx, t, b, r) })
	if err != nil {
		return fmt.Errorf("load %s: %w", b.Key, err)
	}
	return nil
}

func read(ctx context.Context, b *uplink.Contents) (rows, error) {
	r := rows{}
	r.records(b.Manifest)
	err := b.Rows(ctx, func(it label.Item) error {
		r.item(b.Manifest, it)
		return nil
	}, func(l label.Label) error {
		r.label(b.Manifest, l)
		return nil
	})
	return r, err
}

func load(ctx context.Context, t pgx.Tx, b *uplink.Contents, r rows) error {
	known, err := batch(ctx, t, b)
	if err != nil || known {
		return err
	}
	for _, to := range tables() {
		if len(r[to.name]) == 0 {
			continue
		}
		if err := to.copy(ctx, t, r[to.name]); err != nil {
			return fmt.Errorf("%s: %w", to.name, err)
		}
	}
	return nil
}

// batch adds the batch's own row; known is true when it was there.
func batch(ctx context.Context, t pgx.Tx, b *uplink.Contents) (known bool, err error) {
	bytes := int64(0)
	for _, o := range b.Objects {
		bytes += o.Size
	}
	done, err := t.Exec(ctx, `insert into edgelabel.batches (gateway, epoch, number, created, manifest_sha256, prev_sha256, objects, bytes, items, labels,
		above_clearance, unasked) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing`,
		b.Gateway, int64(b.Epoch), int64(b.Number), time.Unix(0, b.Created).UTC(), b.SHA256, b.Previous, len(b.Objects), bytes, len(b.Items), len(b.Labels),
		b.Above, b.Unasked)
	if err != nil || done.RowsAffected() == 1 {
		return false, err
	}
	var sum string
	err = t.QueryRow(ctx, "select manifest_sha256 from edgelabel.batches where gateway = $1 and epoch = $2 and number = $3",
		b.Gateway, int64(b.Epoch), int64(b.Number)).Scan(&sum)
	if err == nil && sum != b.SHA256 {
		err = fmt.Errorf("%w: the catalogue has a manifest with sha256 %s, the bucket %s", uplink.ErrDiffers, sum, b.SHA256)
	}
	return true, err
}

// stage makes the temporary tables that rows are copied to, because COPY knows neither conflicts nor the security of rows.
func (c *Catalogue) stage(ctx context.Context) error {
	if c.staged {
		return nil
	}
	for _, to := range tables() {
		if _, err := c.conn.Exec(ctx, fmt.Sprintf("create temp table if not exists stage_%s (like edgelabel.%[1]s) on commit delete rows", to.name)); err != nil {
			return fmt.Errorf("stage %s: %w", to.name, err)
		}
	}
	c.staged = true
	return nil
}

// copy adds rows to a table and passes over those that are there.
func (to table) copy(ctx context.Context, t pgx.Tx, list [][]any) error {
	stage := "stage_" + to.name
	if _, err := t.CopyFrom(ctx, pgx.Identifier{stage}, to.columns, pgx.CopyFromRows(list)); err != nil {
		return err
	}
	columns := strings.Join(to.columns, ", ")
	_, err := t.Exec(ctx, fmt.Sprintf("insert into edgelabel.%s (%s) select %[2]s from %[3]s on conflict (%[4]s) do nothing", to.name, columns, stage, to.key))
	if err != nil {
		return err
	}
	_, err = t.Exec(ctx, "truncate "+stage)
	return err
}
