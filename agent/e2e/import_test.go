//go:build e2e

package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// importedRow is what the queue says about an item.
type importedRow struct {
	ID         string
	State      string
	Candidates []struct {
		Rule, Detector string
		Regions        []struct{ Class, Origin string }
	}
}

// TestImportAsProposals brings a COCO dataset as proposals: each picture waits in the queue with its marks, a second time changes nothing,
// and what a person judged meanwhile stays as it is.
func TestImportAsProposals(t *testing.T) {
	b := startBucket(t)
	s := newSender(t, "gw-import", b.url(), b.cert)
	person(t, s.data, "anna", "labeler")
	s.tune("unlabeled: true", "unlabeled: false") // what left cannot change
	s.run()
	dataset := t.TempDir()
	for n := range 2 {
		if err := os.WriteFile(filepath.Join(dataset, fmt.Sprintf("%d.png", n)), pictureOf(t, n, 100), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dataset, "annotations.json"), `{"images":[{"id":1,"file_name":"0.png","width":8,"height":8},{"id":2,"file_name":"1.png","width":8,"height":8}],
		"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,1,3,4]}],"categories":[{"id":1,"name":"Scratch"}]}`)
	bring := func() string {
		t.Helper()
		out, err := command(t, []string{"EDGELABEL_PASSWORD=anna-password", "EDGELABEL_INGEST_TOKEN=e2e-ingest-token"}, binary(t), "import",
			"--format", "coco", "--in", dataset, "--to", s.base, "--user", "anna", "--camera", "push", "--as", "proposals")
		if err != nil {
			t.Fatalf("import: %v\n%s", err, out)
		}
		return out
	}
	for range 2 {
		if out := bring(); !strings.Contains(out, "2 pictures, 0 labels and 1 proposals with 1 regions; 0 losses") {
			t.Errorf("import says %s", out)
		}
	}
	anna := signIn(t, s.base, "anna", "anna-password")
	marked := waiting(t, anna, 2)
	draft := map[string]any{"verdict": "ok", "parent": 0, "taxonomy": 1}
	if err := anna.send(http.MethodPost, "/api/v1/items/"+marked.ID+"/labels", draft, http.Header{"Idempotency-Key": {"k"}}, nil); err != nil {
		t.Fatal(err)
	}
	if out := bring(); !strings.Contains(out, "takes no proposals any more") {
		t.Errorf("import over a label says %s", out)
	}
}

// waiting is the one of so many open items that has marks.
func waiting(t *testing.T, c *client, items int) (marked importedRow) {
	t.Helper()
	eventually(t, 10*time.Second, "the pictures wait in the queue", func() error {
		var page struct{ Items []importedRow }
		if err := c.get("/api/v1/items?state=open", &page); err != nil {
			return err
		}
		if len(page.Items) != items {
			return fmt.Errorf("%d items", len(page.Items))
		}
		for _, row := range page.Items {
			for _, candidate := range row.Candidates {
				if len(candidate.Regions) > 0 {
					marked = row
				}
			}
		}
		return nil
	})
	for _, candidate := range marked.Candidates {
		if candidate.Rule == "import.coco" && len(candidate.Regions) == 1 && candidate.Regions[0].Class == "scratch" && candidate.Regions[0].Origin == "machine" {
			return marked
		}
	}
	t.Errorf("%+v", marked)
	return marked
}
