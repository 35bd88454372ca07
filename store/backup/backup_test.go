package backup_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"edgelabel/store/backup"
)

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"version":1,"files":[{"path":"blobs/a","chunks":[{"sha256":"00"}]}]}`))
	f.Add([]byte(`{"version":1,"files":[{"path":"../a"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := backup.Parse(b)
		if err != nil {
			return
		}
		for _, file := range s.Files {
			if !filepath.IsLocal(file.Path) {
				t.Errorf("path %q is accepted", file.Path)
			}
		}
		if _, err := json.Marshal(s); err != nil {
			t.Error(err)
		}
	})
}
