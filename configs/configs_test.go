package configs_test

import (
	"os"
	"strings"
	"testing"
)

// TestUnitIsHardened holds the directives that keep the agent away from everything that it does not need, and that it starts with a check
// of its configuration.
func TestUnitIsHardened(t *testing.T) {
	text, err := os.ReadFile("edgelabel.service")
	if err != nil {
		t.Fatal(err)
	}
	section, got := "", map[string]string{}
	for n, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			section = line
		default:
			key, value, ok := strings.Cut(line, "=")
			if !ok || section == "" {
				t.Errorf("line %d is no directive: %q", n+1, line)
			}
			got[section+key] += value
		}
	}
	for key, want := range map[string]string{
		"[Service]ExecStart":       "/usr/local/bin/edgelabel run -c /etc/edgelabel/edgelabel.yaml",
		"[Service]ExecStartPre":    "/usr/local/bin/edgelabel check -c /etc/edgelabel/edgelabel.yaml",
		"[Service]DynamicUser":     "yes",
		"[Service]ProtectSystem":   "strict",
		"[Service]NoNewPrivileges": "yes",
		"[Service]UMask":           "0077",
		"[Service]Restart":         "always",
		"[Service]StateDirectory":  "edgelabel",
		"[Install]WantedBy":        "multi-user.target",
	} {
		if got[key] != want {
			t.Errorf("%s=%q, want %q", key, got[key], want)
		}
	}
}
