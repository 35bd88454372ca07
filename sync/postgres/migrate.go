package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

//go:embed schema/*.sql
var schema embed.FS

// migrationLock keeps two programs from changing the schema at the same time: "edgelabe" in ASCII.
const migrationLock = 0x656467656c616265

// ErrSchema is wrapped by errors about a database whose schema this program does not fit.
var ErrSchema = errors.New("schema of the catalogue")

// steps are the schema's changes in order: the first makes version 1.
func steps() ([]string, error) {
	files, err := schema.ReadDir("schema")
	if err != nil {
		return nil, err
	}
	var list []string
	for _, f := range files {
		b, err := schema.ReadFile("schema/" + f.Name())
		if err != nil {
			return nil, err
		}
		list = append(list, string(b))
	}
	return list, nil
}

// SQL is the whole schema, as a database administrator may want to read it before.
func SQL() (string, error) {
	list, err := steps()
	return begin + strings.Join(list, "\n"), err
}

const begin = `create schema if not exists edgelabel;
create table if not exists edgelabel.schema_version (version integer primary key, applied timestamptz not null default now());

`

// Migrate brings the schema up to this program's version, in one transaction, and returns the versions before and after. It needs the
// schema's owner, who may create roles.
func (c *Catalogue) Migrate(ctx context.Context) (before, after int, err error) {
	list, err := steps()
	if err != nil {
		return 0, 0, err
	}
	err = c.inTransaction(ctx, func(t pgx.Tx) error {
		if _, err := t.Exec(ctx, "select pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
			return err
		}
		if _, err := t.Exec(ctx, begin); err != nil {
			return err
		}
		if before, err = version(ctx, t); err != nil {
			return err
		}
		for after = before; after < len(list); after++ {
			if err := step(ctx, t, after+1, list[after]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("migrate the catalogue: %w", err)
	}
	if before > len(list) {
		return before, before, fmt.Errorf("%w: version %d, this program knows up to %d", ErrSchema, before, len(list))
	}
	return before, after, nil
}

func step(ctx context.Context, t pgx.Tx, number int, sql string) error {
	if _, err := t.Exec(ctx, sql); err != nil {
		return fmt.Errorf("version %d: %w", number, err)
	}
	_, err := t.Exec(ctx, "insert into edgelabel.schema_version (version) values ($1)", number)
	return err
}

type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func version(ctx context.Context, q querier) (v int, err error) {
	err = q.QueryRow(ctx, "select coalesce(max(version), 0) from edgelabel.schema_version").Scan(&v)
	return v, err
}

// undefinedTable is PostgreSQL's code for a table that is not there.
const undefinedTable = "42P01"

// Check says whether the schema is the one that this program writes. The error wraps ErrSchema when it is another.
func (c *Catalogue) Check(ctx context.Context) error {
	list, err := steps()
	if err != nil {
		return err
	}
	v, err := version(ctx, c.conn)
	var answer *pgconn.PgError
	if errors.As(err, &answer) && answer.Code == undefinedTable {
		v, err = 0, nil
	}
	if err != nil {
		return fmt.Errorf("catalogue's version: %w", err)
	}
	if v != len(list) {
		return fmt.Errorf("%w: version %d, this program writes %d; edgelabel catalogue init brings it up to date", ErrSchema, v, len(list))
	}
	return nil
}
