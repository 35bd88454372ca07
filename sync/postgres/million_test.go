package postgres_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/sync/postgres"
	"edgelabel/sync/postgres/postgrestest"
	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

// year is a bucket that is too large to hold: batches of a thousand items with a label each over fifty weeks, made when they are read.
type year struct {
	uplinktest.Memory
	batches int

	made          int // the batch whose rows these are
	items, labels []byte
}

const perBatch = 1000

func (y *year) List(_ context.Context, _ string, yield func(uplink.Info) bool) error {
	for n := 1; n <= y.batches; n++ {
		if !yield(uplink.Info{Key: fmt.Sprintf("v1/commits/gw=gw-1/epoch=1/%020d.json", n)}) {
			return nil
		}
	}
	return nil
}

func (y *year) Get(_ context.Context, key string) (io.ReadCloser, error) {
	n, err := strconv.Atoi(strings.TrimSuffix(key[strings.LastIndex(key, "/")+1:], ".json"))
	if err != nil {
		return nil, err
	}
	var body []byte
	switch items, labels := y.rows(n); {
	case strings.HasPrefix(key, "v1/items/"):
		body = items
	case strings.HasPrefix(key, "v1/labels/"):
		body = labels
	default:
		body, err = json.Marshal(y.manifest(n))
	}
	return io.NopCloser(bytes.NewReader(body)), err
}

func (y *year) manifest(n int) *uplink.Manifest {
	items, labels := y.rows(n)
	m := &uplink.Manifest{Version: 1, Gateway: "gw-1", Epoch: 1, Number: uint64(n), Created: at(n, 0), Items: make([]string, perBatch), Labels: make([]string, perBatch)}
	m.Objects = []journal.Object{
		{Key: fmt.Sprintf("v1/items/%d", n), Size: int64(len(items)), SHA256: uplinktest.Sum(items), Rows: perBatch},
		{Key: fmt.Sprintf("v1/labels/%d", n), Size: int64(len(labels)), SHA256: uplinktest.Sum(labels), Rows: perBatch},
	}
	return m
}

func at(n, i int) int64 {
	return time.Date(2025, 1, 6, 0, 0, 0, 0, time.UTC).UnixNano() + int64(n)*int64(8*time.Hour) + int64(i)*int64(20*time.Second)
}

func (y *year) rows(n int) (items, labels []byte) {
	classes := []string{"scratch", "dent", "burr", "crack", "stain", "chip", "void", "flash"}
	if y.made == n {
		return y.items, y.labels
	}
	var a, b bytes.Buffer
	za, zb := gzip.NewWriter(&a), gzip.NewWriter(&b)
	ea, eb := json.NewEncoder(za), json.NewEncoder(zb)
	for i := range perBatch {
		id := fmt.Sprintf("01J%08d%06d", n, i)
		_ = ea.Encode(label.Item{ID: id, Kind: label.KindImage, At: at(n, i), Created: at(n, i), Place: label.Place{Site: "plant-1", Line: fmt.Sprintf("line-%d", i%5), Asset: "press1"},
			Part: label.Part{PartID: fmt.Sprintf("P%09d", n*perBatch+i)}, Images: []label.Image{{SHA256: uplinktest.Sum([]byte(id)), Bytes: 1, Format: "jpeg", Camera: "top"}}})
		l := label.Label{ID: "L" + id, Item: id, Rev: 1, Saved: at(n, i) + 1, By: label.Person{ID: "li", Role: "labeler"}, Draft: label.Draft{Verdict: label.OK}}
		if i%3 == 0 {
			l.Verdict, l.Classes = label.NotOK, []string{classes[(n+i)%len(classes)]}
		}
		_ = eb.Encode(l)
	}
	_, _ = za.Close(), zb.Close()
	y.made, y.items, y.labels = n, a.Bytes(), b.Bytes()
	return y.items, y.labels
}

// BenchmarkRebuild makes a catalogue from a bucket and asks it what people ask: of a million items and as many labels with
// EDGELABEL_BENCH_LARGE=1, else of a twentieth.
func BenchmarkRebuild(b *testing.B) {
	batches := 50
	if os.Getenv("EDGELABEL_BENCH_LARGE") == "1" {
		batches = 1000
	}
	url := postgrestest.Start(b)
	c, err := postgres.Open(b.Context(), postgres.Config{URL: url("postgres")})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	if _, _, err := c.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		began := time.Now()
		if _, err := c.Rebuild(b.Context(), &year{batches: batches}, nil); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(batches*perBatch*2)/time.Since(began).Seconds(), "rows/s")
	}
	conn, err := pgx.Connect(b.Context(), url("postgres"))
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	for _, q := range []struct{ name, sql string }{
		{"items", "select count(*) from edgelabel.items"},
		{"week", "select count(*) from edgelabel.labels_per_week"},
		{"missing", "select count(*) from edgelabel.missing"},
		{"gateways", "select count(*) from edgelabel.gateways"},
		{"part", "select count(*) from edgelabel.items where part = 'P000030500'"},
		{"size", "select pg_database_size('postgres') / 1000000"},
	} {
		began, n := time.Now(), 0
		if err := conn.QueryRow(b.Context(), q.sql).Scan(&n); err != nil {
			b.Fatalf("%s: %v", q.sql, err)
		}
		b.Logf("%s: %d in %v", q.name, n, time.Since(began).Round(time.Millisecond))
	}
}
