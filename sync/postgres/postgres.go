// Package postgres keeps a catalogue of a bucket in PostgreSQL: what its manifests name, as tables that answer questions. The bucket stays
// the system of record; everything here follows from it and can be made again.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// dialDeadline is how long a server may take to answer a new connection.
const dialDeadline = 15 * time.Second

// Config names a database.
type Config struct {
	URL      string // postgres://user@host:port/database, as libpq reads it
	CA       string // PEM file of a private authority; empty: those of the machine
	Password string // empty: that of the URL
}

// Parse checks the configuration and connects to nothing. A server on another machine is spoken to only with its certificate verified,
// unless the URL says otherwise.
func Parse(c Config) (*pgx.ConnConfig, error) {
	cfg, err := pgx.ParseConfig(c.URL)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err) // pgx leaves the password out
	}
	added := url.Values{}
	if !strings.Contains(c.URL, "sslmode=") && !local(cfg.Host) {
		added.Set("sslmode", "verify-full")
	}
	if c.CA != "" {
		added.Set("sslrootcert", c.CA)
	}
	if len(added) > 0 {
		mark := "?"
		if strings.Contains(c.URL, mark) {
			mark = "&"
		}
		if cfg, err = pgx.ParseConfig(c.URL + mark + added.Encode()); err != nil {
			return nil, fmt.Errorf("catalogue: %w", err)
		}
	}
	if c.Password != "" {
		cfg.Password = c.Password
	}
	cfg.ConnectTimeout = dialDeadline
	cfg.RuntimeParams["timezone"] = "UTC"
	cfg.RuntimeParams["application_name"] = "edgelabel"
	return cfg, nil
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return strings.HasPrefix(host, "/") || host == "localhost" || ip != nil && ip.IsLoopback()
}

// Catalogue is one connection to a catalogue. One goroutine at a time may use it.
type Catalogue struct {
	conn   *pgx.Conn
	staged bool // the temporary tables of load are there
}

// Open connects. Close the catalogue after use.
func Open(ctx context.Context, c Config) (*Catalogue, error) {
	cfg, err := Parse(c)
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	return &Catalogue{conn: conn}, nil
}

// Close ends the connection. It waits for the server a moment only.
func (c *Catalogue) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), dialDeadline)
	defer cancel()
	return c.conn.Close(ctx)
}

// Position is how far the catalogue is with a gateway: its highest batch in each epoch.
func (c *Catalogue) Position(ctx context.Context, gateway string) (map[uint64]uint64, error) {
	rows, err := c.conn.Query(ctx, "select epoch, max(number) from edgelabel.batches where gateway = $1 group by epoch", gateway)
	if err != nil {
		return nil, fmt.Errorf("catalogue's position: %w", err)
	}
	at := map[uint64]uint64{}
	var epoch, number int64
	_, err = pgx.ForEachRow(rows, []any{&epoch, &number}, func() error {
		at[uint64(epoch)] = uint64(number)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("catalogue's position: %w", err)
	}
	return at, nil
}

// inTransaction commits what do did, or nothing of it.
func (c *Catalogue) inTransaction(ctx context.Context, do func(pgx.Tx) error) error {
	t, err := c.conn.Begin(ctx)
	if err != nil {
		return err
	}
	if err := do(t); err != nil {
		if undone := t.Rollback(context.WithoutCancel(ctx)); undone != nil && !errors.Is(undone, pgx.ErrTxClosed) {
			err = errors.Join(err, undone)
		}
		return err
	}
	return t.Commit(ctx)
}
