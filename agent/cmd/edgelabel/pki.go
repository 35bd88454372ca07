package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"edgelabel/collectors/opcua"
)

// runPKI manages the certificates of OPC UA servers. It works while the agent runs, which heeds a change at its next connection.
func runPKI(_ context.Context, w world, args []string) error {
	f := flag.NewFlagSet("pki", flag.ContinueOnError)
	dir := f.String("d", "edgelabel-data", "data directory of the agent")
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	store := opcua.PKI{Dir: filepath.Join(*dir, "pki")}
	switch {
	case len(rest) == 1 && rest[0] == "list":
		return listCertificates(w, store)
	case len(rest) == 2 && rest[0] == "trust":
		c, err := trustCertificate(store, rest[1])
		return tell(w, c, "trusted", errors.Join(err, owned(*dir, "pki")))
	case len(rest) == 2 && rest[0] == "reject":
		c, err := store.Reject(rest[1])
		return tell(w, c, "rejected; a connection that stands goes on until it ends", errors.Join(err, owned(*dir, "pki")))
	}
	return misused("want list, trust THUMBPRINT|FILE or reject THUMBPRINT")
}

// trustCertificate takes a file's certificate, or a rejected one by its thumbprint.
func trustCertificate(store opcua.PKI, which string) (opcua.Certificate, error) {
	if _, err := os.Stat(which); err == nil {
		return store.Import(which)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return opcua.Certificate{}, err
	}
	return store.Trust(which)
}

func tell(w world, c opcua.Certificate, what string, err error) error {
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "%s %s: %s\n", c.Thumbprint(), c.Cert.Subject, what)
	return nil
}

func listCertificates(w world, store opcua.PKI) error {
	all, err := store.List()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FOLDER\tTHUMBPRINT\tVALID UNTIL\tSOURCE\tSUBJECT")
	for _, c := range all {
		if c.Err != nil {
			fmt.Fprintf(table, "%s\t-\t-\t-\t%s: %v\n", c.Folder, filepath.Base(c.File), c.Err)
			continue
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", c.Folder, c.Thumbprint(), c.Cert.NotAfter.UTC().Format(time.DateOnly), c.Source, c.Cert.Subject)
	}
	return table.Flush()
}
