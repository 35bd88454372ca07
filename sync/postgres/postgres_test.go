package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/sync/postgres"
	"edgelabel/sync/postgres/postgrestest"
	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

// plant is a bucket that two gateways send to, and the catalogue of it.
type plant struct {
	url    func(login string) string
	bucket *uplinktest.Memory
	sends  map[string]*uplinktest.Outbox
	admin  *pgx.Conn
}

func newPlant(t *testing.T) *plant {
	t.Helper()
	p := &plant{url: postgrestest.Start(t), bucket: &uplinktest.Memory{}, sends: map[string]*uplinktest.Outbox{}}
	owner := p.open(t, "postgres")
	for _, want := range []struct{ before, after int }{{0, 4}, {4, 4}} {
		if before, after, err := owner.Migrate(t.Context()); err != nil || before != want.before || after != want.after {
			t.Fatalf("migrated from %d to %d: %v, want %v", before, after, err, want)
		}
	}
	var err error
	if p.admin, err = pgx.Connect(t.Context(), p.url("postgres")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.admin.Close(context.Background()) })
	for _, sql := range []string{"create role gw1 login", "create role gw2 login", "create role analyst login in role edgelabel_reader",
		"select edgelabel.admit('gw-1', 'gw1')", "select edgelabel.admit('gw-2', 'gw2')"} {
		if _, err := p.admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func (p *plant) open(t *testing.T, login string) *postgres.Catalogue {
	t.Helper()
	c, err := postgres.Open(t.Context(), postgres.Config{URL: p.url(login)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// send brings n more items of a gateway to the bucket.
func (p *plant) send(t *testing.T, gateway, prefix string, n int) {
	t.Helper()
	out, blobs := p.sends[gateway], uplinktest.Blobs{}
	if out == nil {
		out = &uplinktest.Outbox{}
		p.sends[gateway] = out
	}
	uplinktest.Fill(t, out, blobs, prefix, n)
	odd := label.Label{ID: "odd" + prefix, Item: "nowhere", Rev: 1, Saved: 1, By: label.Person{ID: "li"},
		Draft: label.Draft{Verdict: label.NotOK, Comment: "a\x00b", Regions: []label.Region{{Class: "dent"}, {Class: "dent"}}}}
	out.Add(t, journal.Label, odd.ID, odd)
	f, err := uplink.New(uplink.Config{Gateway: gateway, Site: "Plant 1", Line: "line 1", Name: "central", Target: p.bucket, Outbox: out, Blobs: blobs,
		MaxBatchEntries: 7, Linger: time.Millisecond, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	until(t, f.Run, func() bool { return out.Left() == 0 })
}

// until runs a component until it is done.
func until(t *testing.T, run func(context.Context) error, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := run(ctx); err != nil {
			t.Error(err)
		}
	})
	for !done() && ctx.Err() == nil {
		time.Sleep(5 * time.Millisecond)
	}
	if ctx.Err() != nil {
		t.Error("not done in a minute")
	}
	cancel()
	wg.Wait()
}

func (p *plant) follower(t *testing.T, gateway, login string) *postgres.Follower {
	t.Helper()
	f, err := postgres.NewFollower(postgres.FollowConfig{Database: postgres.Config{URL: p.url(login)}, Gateway: gateway, Name: "central",
		Target: p.bucket, Receipts: p.sends[gateway], Poll: time.Millisecond, Rand: func() float64 { return 0 }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// dump is every row of every table, as text.
func (p *plant) dump(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, table := range []string{"batches", "items", "labels", "gaps", "evictions", "absences", "classes", "weekly"} {
		lines := p.query(t, p.admin, "select t::text from edgelabel."+table+" t order by 1")
		fmt.Fprintf(&b, "%s: %d\n%s\n", table, len(lines), strings.Join(lines, "\n"))
	}
	return b.String()
}

func (p *plant) query(t *testing.T, conn *pgx.Conn, sql string) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (string, error) {
		values, err := r.Values()
		return strings.TrimSuffix(fmt.Sprintln(values...), "\n"), err
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return list
}

func TestCatalogue(t *testing.T) {
	p := newPlant(t)
	p.send(t, "gw-1", "A", 10)
	p.send(t, "gw-2", "B", 4)
	for gateway, login := range map[string]string{"gw-1": "gw1", "gw-2": "gw2"} {
		last, _, _ := p.sends[gateway].Last(t.Context(), "central")
		f := p.follower(t, gateway, login)
		until(t, f.Run, func() bool { return f.State().Number == last.Number && f.State().Error == "" })
	}
	follower := p.follower(t, "gw-1", "gw1")
	sent := false
	until(t, follower.Run, func() bool {
		if follower.State().Number > 0 && !sent { // new batches while it follows
			sent = true
			p.send(t, "gw-1", "C", 8)
		}
		last, _, _ := p.sends["gw-1"].Last(t.Context(), "central")
		return sent && follower.State().Number == last.Number
	})
	fed := p.dump(t)
	if s := follower.State(); s.Failures != 0 || s.Behind != 0 || !strings.Contains(fed, "items: 22\n") || !strings.Contains(fed, "labels: 25\n") {
		t.Fatalf("%+v\n%s", follower.State(), fed)
	}
	t.Run("a rebuilt one equals the one that was fed", func(t *testing.T) {
		if _, err := p.admin.Exec(t.Context(), "delete from edgelabel.labels where id < 'LA0005'; update edgelabel.items set line = 'x'"); err != nil {
			t.Fatal(err)
		}
		if p.dump(t) == fed {
			t.Fatal("nothing was damaged")
		}
		n, err := p.open(t, "postgres").Rebuild(t.Context(), p.bucket, nil)
		if got := p.dump(t); err != nil || n == 0 || got != fed {
			t.Errorf("%d batches, %v; fed:\n%s\nrebuilt:\n%s", n, err, fed, got)
		}
	})
	t.Run("twice is harmless", func(t *testing.T) {
		c := p.open(t, "gw1")
		err := uplink.EachBatch(t.Context(), p.bucket, "gw-1", nil, func(b *uplink.Contents) error { return c.Load(t.Context(), b) })
		if err != nil || p.dump(t) != fed {
			t.Errorf("%v", err)
		}
	})
	t.Run("another batch under the same number is refused", func(t *testing.T) {
		b, err := uplink.ReadBatch(t.Context(), p.bucket, "gw-1", 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		b.SHA256 = strings.Repeat("0", 64)
		if err := p.open(t, "gw1").Load(t.Context(), b); !errors.Is(err, uplink.ErrDiffers) {
			t.Errorf("%v", err)
		}
	})
	t.Run("a gateway may add its own and nothing else", p.leastRights)
	t.Run("views answer", p.views)
}

func (p *plant) leastRights(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), p.url("gw2"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if got := p.query(t, conn, "select distinct gateway from edgelabel.items"); !slices.Equal(got, []string{"gw-2"}) {
		t.Errorf("gw-2 sees %v", got)
	}
	if got := p.query(t, conn, "select gateway from edgelabel.gateways"); !slices.Equal(got, []string{"gw-2"}) {
		t.Errorf("through a view gw-2 sees %v", got)
	}
	for _, sql := range []string{
		"insert into edgelabel.gaps values ('gw-1', 1, 1, 99, '', '', now(), now(), '', '')",
		"update edgelabel.items set line = 'x'", "delete from edgelabel.labels", "truncate edgelabel.items",
		"select * from edgelabel.logins", "select edgelabel.admit('gw-1', 'gw2')", "create table edgelabel.mine ()",
	} {
		var refused *pgconn.PgError
		if _, err := conn.Exec(t.Context(), sql); !errors.As(err, &refused) || refused.Code != "42501" {
			t.Errorf("%s: %v, want insufficient_privilege", sql, err)
		}
	}
}

func (p *plant) views(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), p.url("analyst"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	got := p.query(t, conn, "select line, class, verdict, sum(items)::int from edgelabel.labels_per_week group by 1, 2, 3 order by 1, 2, 3")
	if want := []string{" dent not_ok 2", "press/2 scratch not_ok 22"}; !slices.Equal(got, want) {
		t.Errorf("per week: %q, want %q", got, want)
	}
	got = p.query(t, conn, "select gateway, what, count(*) from edgelabel.missing group by 1, 2 order by 1, 2")
	if want := []string{"gw-1 item 2", "gw-1 series 2", "gw-1 signal 2", "gw-2 item 1", "gw-2 series 1", "gw-2 signal 1"}; !slices.Equal(got, want) {
		t.Errorf("missing: %q, want %q", got, want)
	}
	if _, err := p.admin.Exec(t.Context(), "delete from edgelabel.batches where gateway = 'gw-1' and number in (2, 3)"); err != nil {
		t.Fatal(err)
	}
	got = p.query(t, conn, "select number, detail from edgelabel.missing where what = 'batch'")
	if want := []string{"4 2 batches before it"}; !slices.Equal(got, want) {
		t.Errorf("holes: %q, want %q", got, want)
	}
}

// recount is what labels_per_week has to say, from the labels themselves.
const recount = `select date_trunc('week', l.saved at time zone 'UTC')::date, coalesce(i.site, ''), coalesce(i.line, ''), c.class, l.verdict, count(*)
	from edgelabel.newest_labels l left join edgelabel.items i on i.gateway = l.gateway and i.id = l.item
	cross join lateral unnest(case when l.classes = '{}' then '{""}' else l.classes end) as c (class)
	where not coalesce(i.simulated, false) group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`

// TestWeeksFollowWhatComes brings labels and items in every order that a bucket can have them in.
func TestWeeksFollowWhatComes(t *testing.T) {
	p := newPlant(t)
	label := func(item string, rev int, day, verdict, classes string) string {
		return fmt.Sprintf(`insert into edgelabel.labels values ('gw-1', '%s-%d', 1, 1, '%[1]s', %[2]d, '%[4]s', '%[5]s', 0, '', '', '', 0, '', '', '', 'li', '', '', 1,
			null, null, '%[3]s', '', 0)`, item, rev, day, verdict, classes)
	}
	item := func(id, line string, simulated bool) string {
		return fmt.Sprintf(`insert into edgelabel.items values ('gw-1', '%s', 1, 1, 'image', now(), null, 's', '', '%s', '', '', '', '', '', %t, '', 0, '{}', '{}', '{}', null, null, '')`,
			id, line, simulated)
	}
	for name, sql := range map[string][]string{
		"an item, then its label":     {item("a", "l1", false), label("a", 1, "2026-01-05", "not_ok", "{dent}")},
		"a label, then its item":      {label("b", 1, "2026-01-05", "ok", "{}"), item("b", "l1", false)},
		"a newer label":               {item("c", "l2", false), label("c", 1, "2026-01-05", "ok", "{}"), label("c", 2, "2026-01-19", "not_ok", "{dent,pit}")},
		"an older label comes late":   {item("d", "l2", false), label("d", 2, "2026-01-19", "ok", "{}"), label("d", 1, "2026-01-05", "not_ok", "{dent}")},
		"a simulated item":            {item("e", "l1", true), label("e", 1, "2026-01-05", "ok", "{}")},
		"a simulated item comes late": {label("f", 1, "2026-01-05", "ok", "{}"), item("f", "l1", true)},
		"the same again":              {item("g", "l1", false), label("g", 1, "2026-01-05", "ok", "{}"), label("g", 1, "2026-01-05", "ok", "{}") + " on conflict do nothing"},
		"a label of nothing":          {label("h", 1, "2026-01-05", "ok", "{pit}")},
	} {
		for _, s := range sql {
			if _, err := p.admin.Exec(t.Context(), s); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			view := p.query(t, p.admin, "select * from edgelabel.labels_per_week order by 1, 2, 3, 4, 5")
			if want := p.query(t, p.admin, recount); !slices.Equal(view, want) || len(p.query(t, p.admin, "select from edgelabel.weekly where items <= 0")) > 0 {
				t.Fatalf("%s: %q, want %q", name, view, want)
			}
		}
	}
}

// A program and a database of different versions do not touch each other.
func TestAnotherSchemaIsRefused(t *testing.T) {
	url := postgrestest.Start(t)
	c, err := postgres.Open(t.Context(), postgres.Config{URL: url("postgres")})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Check(t.Context()); !errors.Is(err, postgres.ErrSchema) {
		t.Errorf("an empty database: %v", err)
	}
	if _, _, err := c.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.Check(t.Context()); err != nil {
		t.Errorf("after migrating: %v", err)
	}
	admin, err := pgx.Connect(t.Context(), url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(t.Context())
	if _, err := admin.Exec(t.Context(), "insert into edgelabel.schema_version (version) values (99)"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Migrate(t.Context()); !errors.Is(err, postgres.ErrSchema) {
		t.Errorf("a newer one: %v", err)
	}
}

func TestAServerElsewhereIsVerified(t *testing.T) {
	for url, verified := range map[string]bool{
		"postgres://u@db.example.com/x":                 true,
		"postgres://u@db.example.com/x?sslmode=disable": false,
		"postgres://u@127.0.0.1/x":                      false,
		"postgres:///x?host=/run/postgresql":            false,
	} {
		cfg, err := postgres.Parse(postgres.Config{URL: url, Password: "secret"})
		if err != nil || cfg.Password != "secret" {
			t.Fatalf("%s: %v", url, err)
		}
		if got := cfg.TLSConfig != nil && !cfg.TLSConfig.InsecureSkipVerify; got != verified || verified && len(cfg.Fallbacks) > 0 {
			t.Errorf("%s: verified %v", url, got)
		}
	}
	if _, err := postgres.Parse(postgres.Config{URL: "postgres://u:p4ss@h:port/x"}); err == nil || strings.Contains(err.Error(), "p4ss") {
		t.Errorf("%v: want an error that keeps the password", err)
	}
}
