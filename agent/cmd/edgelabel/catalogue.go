package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"edgelabel/sync/postgres"
)

// openCatalogue connects to a database. Its password comes from the environment, or from the file that libpq knows.
func openCatalogue(ctx context.Context, url string) (*postgres.Catalogue, error) {
	if url == "" {
		return nil, misused("want --to postgres://user@host:port/database")
	}
	return postgres.Open(ctx, postgres.Config{URL: url, Password: os.Getenv("EDGELABEL_DB_PASSWORD")})
}

// runCatalogue makes and fills the tables of a PostgreSQL database from a bucket.
func runCatalogue(ctx context.Context, w world, args []string) error {
	f := flag.NewFlagSet("catalogue", flag.ContinueOnError)
	from := f.String("from", "", "URL of the bucket")
	to := f.String("to", "", "URL of the database; the password comes from EDGELABEL_DB_PASSWORD")
	flags := bucketFlags(f)
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return misused("want init, rebuild or sql")
	}
	switch rest[0] {
	case "sql":
		return catalogueSQL(w)
	case "init":
		return catalogueInit(ctx, w, *to)
	case "rebuild":
		return catalogueRebuild(ctx, w, *from, *to, flags)
	}
	return misused("%q: want init, rebuild or sql", rest[0])
}

// catalogueSQL prints the schema with its roles for whoever has to approve it.
func catalogueSQL(w world) error {
	text, err := postgres.SQL()
	if err != nil {
		return err
	}
	fmt.Fprint(w.stdout, text)
	return nil
}

func catalogueInit(ctx context.Context, w world, to string) error {
	c, err := openCatalogue(ctx, to)
	if err != nil {
		return err
	}
	defer c.Close()
	before, after, err := c.Migrate(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "schema edgelabel: version %d, before %d\n", after, before)
	return nil
}

// progressEvery is after how many batches a rebuild says how far it is.
const progressEvery = 1000

func catalogueRebuild(ctx context.Context, w world, from, to string, flags targetFlags) error {
	if from == "" {
		return misused("want --from BUCKET_URL")
	}
	target, err := flags.open(from)
	if err != nil {
		return err
	}
	c, err := openCatalogue(ctx, to)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, _, err := c.Migrate(ctx); err != nil {
		return err
	}
	n, err := c.Rebuild(ctx, target, func(batches int) {
		if batches%progressEvery == 0 {
			fmt.Fprintf(w.stderr, "%d batches\n", batches)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "%d batches are in the catalogue\n", n)
	return nil
}
