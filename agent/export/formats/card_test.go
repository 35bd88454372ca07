package formats_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"edgelabel/agent/export"
	"edgelabel/agent/export/formats"
	"edgelabel/agent/label"
)

// TestCard holds the dataset card and the Croissant file of a divided dataset.
func TestCard(t *testing.T) {
	split, err := export.ParseSplit("60/40", 7, export.ByPart)
	if err != nil {
		t.Fatal(err)
	}
	dir, _ := run(t, plant(), "csv", export.Options{Split: split, Name: "Press | line 2", License: "CC-BY-4.0"})
	for _, name := range []string{"README.md", "croissant.json"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "card-"+name, string(b))
	}
}

type croissant struct {
	ConformsTo   []string `json:"conformsTo"`
	License      string   `json:"license"`
	Distribution []struct {
		ID       string `json:"@id"`
		Type     string `json:"@type"`
		URL      string `json:"contentUrl"`
		SHA256   string `json:"sha256"`
		Includes string `json:"includes"`
		Encoding string `json:"encodingFormat"`
	} `json:"distribution"`
	RecordSet []struct {
		ID    string `json:"@id"`
		Field []struct {
			ID     string `json:"@id"`
			Source struct {
				FileObject struct {
					ID string `json:"@id"`
				} `json:"fileObject"`
				Extract struct{ Column string } `json:"extract"`
			} `json:"source"`
		} `json:"field"`
	} `json:"recordSet"`
}

// What the standard demands holds for every format: ids are there once, hashes are those of the files, nothing in the folder is left out, and
// a record set takes its columns from a file that is listed.
func TestCroissantListsEverything(t *testing.T) {
	for name := range formats.All() {
		t.Run(name, func(t *testing.T) {
			s := plant()
			for i := range 25 { // more pictures than are listed one by one
				s.picture("1"+string(rune('A'+i)), label.OK)
			}
			dir, _ := run(t, s, name, export.Options{})
			var c croissant
			readJSON(t, filepath.Join(dir, "croissant.json"), &c)
			ids, listed := map[string]int{}, map[string]bool{"croissant.json": true}
			for _, d := range c.Distribution {
				ids[d.ID]++
				for _, file := range members(t, dir, d.URL+d.Includes) {
					listed[file] = true
				}
				if d.Type == "cr:FileObject" && hashOf(t, filepath.Join(dir, d.URL)) != d.SHA256 || d.Encoding == "" {
					t.Errorf("%+v", d)
				}
			}
			for _, r := range c.RecordSet {
				ids[r.ID]++
				for _, f := range r.Field {
					ids[f.ID]++
					if ids[f.Source.FileObject.ID] != 1 || f.Source.Extract.Column == "" {
						t.Errorf("%+v", f)
					}
				}
			}
			for id, n := range ids {
				if n != 1 {
					t.Errorf("%s is there %d times", id, n)
				}
			}
			for _, file := range allFiles(t, dir) {
				if !listed[file] {
					t.Errorf("%s is not listed", file)
				}
			}
			if c.License != export.DefaultLicense || !slices.Contains(c.ConformsTo, "http://mlcommons.org/croissant/1.0") {
				t.Errorf("%+v", c)
			}
		})
	}
}

// members are the files that a path or a pattern below the folder names.
func members(t *testing.T, dir, pattern string) (list []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %v", pattern, err)
	}
	for _, n := range names {
		rel, err := filepath.Rel(dir, n)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, filepath.ToSlash(rel))
	}
	return list
}

func allFiles(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			list = append(list, members(t, dir, filepath.ToSlash(p[len(dir)+1:]))...)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func hashOf(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
