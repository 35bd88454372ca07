package agent_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDashboardAsksForMetricsThatExist holds configs/grafana.json against the names that metrics.go writes.
func TestDashboardAsksForMetricsThatExist(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "configs", "grafana.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile("metrics.go")
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, m := range regexp.MustCompile(`m\.(?:gauge|counter)\("([a-z_]+)"`).FindAllStringSubmatch(string(code), -1) {
		known = append(known, m[1])
	}
	asked := 0
	for _, p := range dashboard.Panels {
		for _, target := range p.Targets {
			for _, m := range regexp.MustCompile(`edgelabel_([a-z_]+)`).FindAllStringSubmatch(target.Expr, -1) {
				asked++
				if !slices.Contains(known, m[1]) {
					t.Errorf("panel %q asks for edgelabel_%s, which /metrics does not have: %s", p.Title, m[1], strings.Join(known, " "))
				}
			}
		}
	}
	if asked < 10 {
		t.Errorf("%d metrics asked for", asked)
	}
}
