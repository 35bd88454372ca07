//go:build e2e

package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDrill cuts the line of a running gateway by its own command, collects meanwhile, and believes the command's proof only when the
// bucket says the same.
func TestDrill(t *testing.T) {
	b := startBucket(t)
	s := newSender(t, "gw-drill", b.url(), b.cert)
	person(t, s.data, "chief", "admin")
	s.run()
	s.pushAll(0, 3, 1000, 0)
	s.drained(20 * time.Second)
	drill := start(t, "drill", []string{"EDGELABEL_PASSWORD=chief-password"}, binary(t), "drill", "-c", s.config, "--user", "chief", "--offline", "6s", "--wait", "1m")
	drill.expect(t, `(the line is cut until)`, 20*time.Second)
	s.pushAll(3, 8, 1000, 0)
	if _, items, _ := verified(t, b); items != 3 {
		t.Errorf("%d items at the centre while the line is cut", items)
	}
	said := drill.expect(t, `(?s)(collected meanwhile.*nothing was lost)`, 2*time.Minute)
	if !strings.Contains(said, "meanwhile: 5 items") || !strings.Contains(said, "8 items and 0 labels are there") {
		t.Errorf("the drill says\n%s", said)
	}
	if _, items, _ := verified(t, b); items != 8 {
		t.Errorf("%d items at the centre after the drill", items)
	}
	s.matches(b, 0)
	// a bucket that lost something is found out
	victim := filepath.Join(b.dir, "labels", "plant", "v1", "blobs")
	if err := os.RemoveAll(victim); err != nil {
		t.Fatal(err)
	}
	again := start(t, "drill", []string{"EDGELABEL_PASSWORD=chief-password"}, binary(t), "drill", "-c", s.config, "--user", "chief", "--offline", "1s", "--wait", "20s")
	again.expect(t, `(differences)`, time.Minute)
}
