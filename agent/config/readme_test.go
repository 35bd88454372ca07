package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"edgelabel/agent/config"
)

// TestReadmeExampleParses holds that what the README shows works when it is copied.
func TestReadmeExampleParses(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(readme, -1)
	if len(blocks) != 1 {
		t.Fatalf("%d blocks of YAML in the README, want 1", len(blocks))
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`file:/etc/edgelabel/[\w-]+`).ReplaceAll(blocks[0][1], []byte("file:"+secret))
	text = regexp.MustCompile(`/etc/edgelabel/tls\.\w+`).ReplaceAll(text, []byte(secret))
	if _, err := config.Parse("README.md", text); err != nil {
		t.Error(err)
	}
}
