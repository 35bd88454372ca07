package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"edgelabel/agent/export/foreign"
	"edgelabel/agent/export/foreign/upload"
)

// What a dataset's marks come in as.
const (
	asLabels    = "labels"
	asProposals = "proposals"
)

const importTimeout = 2 * time.Minute // for one picture

// runImport brings a dataset of another tool into a running gateway.
func runImport(ctx context.Context, w world, args []string) (err error) {
	readers := foreign.Readers()
	names := strings.Join(slices.Sorted(maps.Keys(readers)), ", ")
	f := flag.NewFlagSet("import", flag.ContinueOnError)
	format := f.String("format", "", names)
	in := f.String("in", "", "folder of the dataset")
	to := f.String("to", "", "address of the gateway's page")
	user := f.String("user", "", "who the labels will be by; the password comes from EDGELABEL_PASSWORD")
	camera := f.String("camera", "", "camera of the gateway that the pictures come in by; it wants select: all and no asset. Its token comes from EDGELABEL_INGEST_TOKEN")
	as := f.String("as", asLabels, "labels, by the user; or proposals, which a person on the gateway confirms or rejects like those of a detector")
	ca := f.String("ca", "", "PEM file of a private authority")
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	read, known := readers[*format]
	if !known || *in == "" || *to == "" || *user == "" || *camera == "" || *as != asLabels && *as != asProposals || len(rest) > 0 {
		return misused("want --format (%s), --in, --to, --user, --camera and --as labels or proposals", names)
	}
	root, err := os.OpenRoot(*in)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	client, err := importClient(*ca)
	if err != nil {
		return err
	}
	source := ""
	if *as == asProposals {
		source = *format
	}
	gateway, err := upload.Open(ctx, upload.Config{URL: *to, User: *user, Password: os.Getenv("EDGELABEL_PASSWORD"),
		Token: os.Getenv("EDGELABEL_INGEST_TOKEN"), Camera: *camera, Source: source, HTTP: client})
	if err != nil {
		return err
	}
	s, err := gateway.Bring(ctx, read, root.FS(), func(file, reason string) { fmt.Fprintf(w.stdout, "lost %s: %s\n", file, reason) })
	fmt.Fprintf(w.stdout, "%d pictures, %d labels and %d proposals with %d regions; %d losses\n", s.Pictures, s.Labels, s.Proposals, s.Regions, s.Lost)
	return err
}

func importClient(ca string) (*http.Client, error) {
	client := &http.Client{Timeout: importTimeout}
	if ca == "" {
		return client, nil
	}
	pem, err := os.ReadFile(ca)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: holds no certificate", ca)
	}
	client.Transport = &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	return client, nil
}
