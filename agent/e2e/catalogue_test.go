//go:build e2e

package e2e_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"edgelabel/sync/postgres/postgrestest"
)

// TestCatalogueOutage stops PostgreSQL under a gateway: what it collects goes to the bucket all the same, and the catalogue has it once
// the database is back, equal to one that is made anew from the bucket.
func TestCatalogueOutage(t *testing.T) {
	db := postgrestest.Run(t)
	url := db.URL("postgres")
	if out, err := command(t, nil, binary(t), "catalogue", "init", "--to", url); err != nil {
		t.Fatalf("catalogue init: %v\n%s", err, out)
	}
	b := startBucket(t)
	s := newSender(t, "gw-cat", b.url(), b.cert)
	s.tune("  targets:", fmt.Sprintf("  catalogue: {url: %q}\n  targets:", url))
	db.Query(t, "insert into edgelabel.logins values ('postgres', 'gw-cat')")
	s.run()
	s.pushAll(0, 5, 1000, 0)
	s.catalogued(db, 5)
	db.Stop(t)
	s.pushAll(5, 12, 1000, 0)
	s.drained(30 * time.Second)
	if _, items, _ := verified(t, b); items != 12 {
		t.Errorf("%d items at the centre while the catalogue is away", items)
	}
	eventually(t, 30*time.Second, "the status says that the catalogue is behind", func() error {
		all, err := metrics(s.base)
		if err == nil && (all["edgelabel_catalogue_failures_total"] == 0 || all["edgelabel_catalogue_behind_batches"] == 0) {
			err = fmt.Errorf("%.0f failures, %.0f behind", all["edgelabel_catalogue_failures_total"], all["edgelabel_catalogue_behind_batches"])
		}
		return err
	})
	db.Start(t)
	s.catalogued(db, 12)
	fed := db.Query(t, inCatalogue)
	out, err := command(t, s3Keys(), binary(t), "catalogue", "rebuild", "-ca", b.cert, "--from", b.url(), "--to", url)
	if err != nil {
		t.Fatalf("catalogue rebuild: %v\n%s", err, out)
	}
	if rebuilt := db.Query(t, inCatalogue); rebuilt != fed {
		t.Errorf("rebuilt\n%s\nfed\n%s", rebuilt, fed)
	}
}

// inCatalogue is everything that a gateway told.
const inCatalogue = "select gateway, id, number, images::text from edgelabel.items order by id"

// catalogued waits until the catalogue has so many items. After an outage the follower tries again within a bound that doubles.
func (s *sender) catalogued(db *postgrestest.Server, items int) {
	s.t.Helper()
	eventually(s.t, time.Minute, "the catalogue has everything", func() error {
		if got := strings.TrimSpace(db.Query(s.t, "select count(*) from edgelabel.items")); got != fmt.Sprint(items) {
			return fmt.Errorf("%s items, want %d", got, items)
		}
		return nil
	})
}
