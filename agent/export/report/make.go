package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"edgelabel/agent/export"
)

// The files of a report.
const (
	rowsFile = "rows.jsonl.gz"
	jsonFile = "report.json"
	pageFile = "report.html"
)

// Make writes a report into a folder, which must not exist or be empty. Simulated items count where simulated says so.
func Make(ctx context.Context, src export.Source, out string, simulated bool) (*Report, error) {
	if entries, err := os.ReadDir(out); err == nil && len(entries) > 0 {
		return nil, fmt.Errorf("%s: is not empty", out)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, err
	}
	t, sum, err := gather(ctx, src, filepath.Join(out, rowsFile), simulated)
	if err != nil {
		return nil, err
	}
	r := t.finish(sum)
	files, err := render(r)
	if err != nil {
		return nil, err
	}
	for name, body := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(out, name), body, 0o644))
	}
	return r, err
}

// render is everything but the rows.
func render(r *Report) (map[string][]byte, error) {
	body, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, err
	}
	page, err := r.page()
	return map[string][]byte{jsonFile: append(body, '\n'), pageFile: page}, err
}

// Verify computes a report again from its rows and names the files that differ. With a source, the rows are made again too.
func Verify(ctx context.Context, dir string, src export.Source) (differ []string, err error) {
	f, err := os.Open(filepath.Join(dir, rowsFile))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, sum, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	files, err := render(t.finish(sum))
	if err != nil {
		return nil, err
	}
	for _, name := range []string{jsonFile, pageFile} {
		is, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(is, files[name]) {
			differ = append(differ, name)
		}
	}
	if src == nil {
		return differ, nil
	}
	again, err := rowsAgain(ctx, src, t.head.Simulated)
	if err == nil && again != sum {
		differ = append(differ, rowsFile)
	}
	return differ, err
}

// rowsAgain is the hash of the rows that the source gives now.
func rowsAgain(ctx context.Context, src export.Source, simulated bool) (sum string, err error) {
	dir, err := os.MkdirTemp("", "edgelabel-report-*")
	if err != nil {
		return "", err
	}
	_, sum, err = gather(ctx, src, filepath.Join(dir, rowsFile), simulated)
	return sum, errors.Join(err, os.RemoveAll(dir))
}
